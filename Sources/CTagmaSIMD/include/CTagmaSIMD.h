// Why this shim exists: elementwise loops that want the machine's widest vectors. C can compile one
// function for several instruction sets and choose at load time (`target_clones`); Swift cannot yet.
// Every pointer is to row-major floats; `ld…` is the distance between rows.
#ifndef CTAGMA_SIMD_H
#define CTAGMA_SIMD_H
#include <stddef.h>
#include <stdint.h>

// Elementwise, y may equal x.
void tagma_sigmoid(ptrdiff_t n, const float *x, float *y);
void tagma_tanh(ptrdiff_t n, const float *x, float *y);
void tagma_exp(ptrdiff_t n, const float *x, float *y);
/// dx = dy * f'(x), written through y = f(x). kind: 0 sigmoid, 1 tanh, 2 relu.
void tagma_activation_backward(int kind, ptrdiff_t n, const float *y, const float *dy, float *dx);
void tagma_relu(ptrdiff_t n, const float *x, float *y);

// y += a * x;  y = x * s;  y = x ⊙ m;  y += x ⊙ m
void tagma_axpy(ptrdiff_t n, float a, const float *x, float *y);
void tagma_multiply(ptrdiff_t n, const float *x, const float *m, float *y);
void tagma_scale(ptrdiff_t n, float s, float *y);
double tagma_sum_of_squares(ptrdiff_t n, const float *x);
int tagma_all_finite(ptrdiff_t n, const float *x);

void tagma_transpose(ptrdiff_t rows, ptrdiff_t cols, const float *x, float *y, ptrdiff_t ldy);
void tagma_fill_rows(ptrdiff_t rows, ptrdiff_t cols, const float *bias, float *y, ptrdiff_t ldy);
void tagma_add_column_sums(ptrdiff_t rows, ptrdiff_t cols, const float *x, ptrdiff_t ldx, float *y);
/// The first place from `from` on where `x` is larger than `least`; `n` where it is nowhere.
ptrdiff_t tagma_first_above(ptrdiff_t from, ptrdiff_t n, const float *x, float least);
/// Each row of y becomes softmax of the row of x (may be the same); returns nothing, −∞ gives 0.
void tagma_softmax_rows(ptrdiff_t rows, ptrdiff_t cols, const float *x, ptrdiff_t ldx, float *y,
                        ptrdiff_t ldy);

/// Softmax cross-entropy with label smoothing on a block of columns: x [rows, ldx] holds logits and
/// becomes the gradient times weight. Rows with a negative target have none. Returns the loss. Where
/// they are given, bias is added to the logits first, and the sum of the gradients to dbias: a row
/// is still in the cache then.
double tagma_cross_entropy(ptrdiff_t rows, ptrdiff_t cols, float *x, ptrdiff_t ldx,
                           const float *bias, float *dbias, const int32_t *targets, float smoothing,
                           float weight);

/// LSTM cell for n rows. gates [n,4H] holds pre-activations of i f g o and is overwritten with the
/// activations; cPrev may be NULL for zeros (of the first nPrev rows only are read).
void tagma_lstm_forward(ptrdiff_t n, ptrdiff_t nPrev, ptrdiff_t H, float *gates, const float *cPrev,
                        float *c, float *tanhC, float *h, ptrdiff_t ldh);
/// Writes the gradient of the pre-activations to dgates [n, ldd]; dc [n,H] becomes that of cPrev. dh [n,H]
/// holds the carried gradient; dy [n, ldy] is added to it.
void tagma_lstm_backward(ptrdiff_t n, ptrdiff_t nPrev, ptrdiff_t H, const float *gates,
                         float *dgates, ptrdiff_t ldd, const float *cPrev, const float *tanhC,
                         const float *dy, ptrdiff_t ldy, const float *dh, float *dc);

/// GRU cell as PyTorch defines it. x [n,3H] = x-side of r z n; r [n,3H] = recurrent side with its
/// bias. x is overwritten with r z n activations, r's third part keeps the recurrent pre-activation.
void tagma_gru_forward(ptrdiff_t n, ptrdiff_t nPrev, ptrdiff_t H, float *x, const float *r,
                       const float *hPrev, ptrdiff_t ldp, float *h, ptrdiff_t ldh);
/// Writes the gradients of the x-side and of the recurrent side to dx and dr [n, ldd]; dh becomes the part of
/// the gradient of hPrev that does not go through the recurrent product.
void tagma_gru_backward(ptrdiff_t n, ptrdiff_t nPrev, ptrdiff_t H, const float *x, const float *r,
                        float *dx, float *dr, ptrdiff_t ldd, const float *hPrev, ptrdiff_t ldp,
                        const float *dy, ptrdiff_t ldy, float *dh);

// One step of n rows with nothing kept for a pass back. Row k of the input's side lies at x + rows[k] * ldx,
// of the recurrent side at r + k * G * H; c and m [n,H] are the cell and the GRU's state, read and written.
void tagma_lstm_predict(ptrdiff_t n, ptrdiff_t H, const float *x, ptrdiff_t ldx,
                        const ptrdiff_t *rows, const float *r, float *c, float *h, ptrdiff_t ldh);
void tagma_gru_predict(ptrdiff_t n, ptrdiff_t H, const float *x, ptrdiff_t ldx,
                       const ptrdiff_t *rows, const float *r, float *m, float *h, ptrdiff_t ldh);
/// kind: 0 sigmoid, 1 tanh, 2 relu.
void tagma_elman_predict(int kind, ptrdiff_t n, ptrdiff_t H, const float *x, ptrdiff_t ldx,
                         const ptrdiff_t *rows, const float *r, float *h, ptrdiff_t ldh);

/// Attention of n queries, each over `count` rows of keys and values from row `first` on, in `heads` blocks
/// of columns. weights [heads, count] of query k, from places[k] on, become softmax(scale * q · key), or where v [M] is
/// given softmax(v · tanh(q + key)), context [n, ldc] the weighted sums of values. q, keys and values are M wide.
void tagma_attend(ptrdiff_t n, ptrdiff_t M, ptrdiff_t heads, const float *v, const float *q,
                  ptrdiff_t ldq, const float *keys, const float *values, const ptrdiff_t *first,
                  const ptrdiff_t *count, float scale, float *weights, const ptrdiff_t *places,
                  float *context, ptrdiff_t ldc);
/// dq is written; dv, dkeys and dvalues are added to; guidance, where the weights lie, is added to
/// the scores' gradients.
void tagma_attend_backward(ptrdiff_t n, ptrdiff_t M, ptrdiff_t heads, const float *v, float *dv,
                           const float *q, ptrdiff_t ldq, const float *keys, const float *values,
                           const ptrdiff_t *first, const ptrdiff_t *count, float scale,
                           const float *weights, const float *guidance, const ptrdiff_t *places,
                           const float *dcontext, ptrdiff_t ldc, float *dq, float *dkeys,
                           float *dvalues);

/// One step of Adam on n values; decay is decoupled (AdamW). nesterov != 0 gives Nadam.
void tagma_adam(ptrdiff_t n, float *w, const float *g, float *m, float *v, float scale, float rate,
                float beta1, float beta2, float epsilon, float correction1, float correction2,
                float correction1Next, float decay, int nesterov);
/// SGD: m = momentum * m + scale * g; w -= rate * (m + decay * w).
void tagma_sgd(ptrdiff_t n, float *w, const float *g, float *m, float scale, float rate,
               float momentum, float decay);
/// average = decay * average + (1 - decay) * w
void tagma_moving_average(ptrdiff_t n, float decay, const float *w, float *average);

// Little-endian numbers as floats.
void tagma_decode_bf16(ptrdiff_t n, const uint8_t *x, float *y);
void tagma_decode_f32(ptrdiff_t n, const uint8_t *x, float *y);

/// The numbers of a row as multiples of what is returned, which spreads 16 bits over the row's range.
float tagma_quantize(ptrdiff_t n, const float *x, int16_t *q);
void tagma_dequantize(ptrdiff_t n, const int16_t *q, float scale, float *y);

// Products of 16-bit integers, which are exact and about half again as fast as those of floats where the machine
// has AVX2 (decision 0010).
/// Whether tagma_product_i16 may be called here.
int tagma_has_product_i16(void);
/// Columns of B that lie together.
enum { tagma_panel_i16 = 16 };
/// c [m, n] = (a [m, k] · b) * scale + offset, k even. b is cut into panels of 16 columns, the last one filled up with
/// zeros, as scale and offset are; in a panel the numbers of two rows stand in turn, column by column: [panels, k/2, 16, 2].
/// No sum may leave 32 bits.
void tagma_product_i16(ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, const int16_t *a, const int16_t *b,
                       const float *scale, const float *offset, float *c, ptrdiff_t ldc);
/// q = round(x * factor) for rows of k numbers, each filled up with zeros to ldq; results must fit.
void tagma_round_i16(ptrdiff_t rows, ptrdiff_t k, const float *x, ptrdiff_t ldx, float factor,
                     int16_t *q, ptrdiff_t ldq);

/// A stretch of running text from which word vectors are learned by negative sampling.
typedef struct {
  /// Numbers of words; a negative one ends a sentence.
  const int32_t *tokens;
  ptrdiff_t count;
  /// For each word the probability with which it is read at all.
  const float *keep;
  /// Rows of the input that a word is made of: features[starts[w]] to features[starts[w + 1]].
  const int32_t *features;
  const int64_t *starts;
  /// Words, each as often as it is to be drawn.
  const int32_t *negatives;
  ptrdiff_t negativeCount;
  float *input, *output;
  ptrdiff_t size;
  int window, samples, isCBOW;
  /// The rate at the first token and at the last.
  float firstRate, lastRate;
  uint64_t seed;
} tagma_word_text;
/// Learns from a text; returns the summed loss, and in *examples how many predictions were made. Several threads may share
/// input and output: what one writes over the other's is lost, and little is (Recht and others 2011).
double tagma_learn_vectors(const tagma_word_text *text, int64_t *examples);

/// Lets the C allocator keep large blocks instead of returning them to the system after each batch.
void tagma_keep_memory(void);
/// Lets it keep blocks of any size, for trainings whose batches fill hundreds of megabytes.
void tagma_keep_all_memory(void);
/// Returns free pages to the system.
void tagma_release_memory(void);
#endif
