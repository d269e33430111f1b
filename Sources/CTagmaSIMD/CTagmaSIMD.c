#include "CTagmaSIMD.h"
#include <math.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif
#if defined(__GLIBC__) || defined(__linux__)
#include <malloc.h>
#endif

#if defined(__x86_64__) && defined(__linux__)
#define VECTORISED __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define VECTORISED
#endif
#define INLINE static inline __attribute__((always_inline))
#define R restrict
#pragma clang fp contract(fast)

// exp by range reduction and a polynomial (the coefficients are those of Cephes' expf, after
// Moshier 1989): relative error below 2e-7 on [-87, 88]. The rounding trick needs no instruction
// beyond SSE2, so that every version vectorises.
INLINE float fastExp(float x) {
  x = x < -87.0f ? -87.0f : x;
  x = x > 88.0f ? 88.0f : x;
  const float magic = 12582912.0f;
  float n = (x * 1.44269504088896341f + magic) - magic;
  float r = x - n * 0.693359375f;
  r = r + n * 2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * (r * r) + r + 1.0f;
  union { int32_t i; float f; } scale;
  scale.i = ((int32_t)n + 127) << 23;
  return p * scale.f;
}
INLINE float sigmoid1(float x) { return 1.0f / (1.0f + fastExp(-x)); }
INLINE float tanh1(float x) { return 1.0f - 2.0f / (1.0f + fastExp(2.0f * x)); }

VECTORISED void tagma_sigmoid(ptrdiff_t n, const float *x, float *y) {
  for (ptrdiff_t i = 0; i < n; i++) y[i] = sigmoid1(x[i]);
}
VECTORISED void tagma_tanh(ptrdiff_t n, const float *x, float *y) {
  for (ptrdiff_t i = 0; i < n; i++) y[i] = tanh1(x[i]);
}
VECTORISED void tagma_exp(ptrdiff_t n, const float *x, float *y) {
  for (ptrdiff_t i = 0; i < n; i++) y[i] = fastExp(x[i]);
}
VECTORISED void tagma_relu(ptrdiff_t n, const float *x, float *y) {
  for (ptrdiff_t i = 0; i < n; i++) y[i] = x[i] > 0 ? x[i] : 0;
}
VECTORISED void tagma_activation_backward(int kind, ptrdiff_t n, const float *y, const float *dy,
                                          float *dx) {
  if (kind == 0)
    for (ptrdiff_t i = 0; i < n; i++) dx[i] = dy[i] * y[i] * (1 - y[i]);
  else if (kind == 1)
    for (ptrdiff_t i = 0; i < n; i++) dx[i] = dy[i] * (1 - y[i] * y[i]);
  else
    for (ptrdiff_t i = 0; i < n; i++) dx[i] = y[i] > 0 ? dy[i] : 0;
}

VECTORISED void tagma_axpy(ptrdiff_t n, float a, const float *x, float *y) {
  for (ptrdiff_t i = 0; i < n; i++) y[i] += a * x[i];
}
VECTORISED void tagma_multiply(ptrdiff_t n, const float *x, const float *m, float *y) {
  for (ptrdiff_t i = 0; i < n; i++) y[i] = x[i] * m[i];
}
VECTORISED void tagma_scale(ptrdiff_t n, float s, float *y) {
  for (ptrdiff_t i = 0; i < n; i++) y[i] *= s;
}
VECTORISED double tagma_sum_of_squares(ptrdiff_t n, const float *x) {
  double lanes[16] = {0};
  ptrdiff_t i = 0;
  for (; i + 16 <= n; i += 16)
    for (int k = 0; k < 16; k++) lanes[k] += (double)x[i + k] * x[i + k];
  double sum = 0;
  for (; i < n; i++) sum += (double)x[i] * x[i];
  for (int k = 0; k < 16; k++) sum += lanes[k];
  return sum;
}
int tagma_all_finite(ptrdiff_t n, const float *x) {
  uint32_t bad = 0;
  for (ptrdiff_t i = 0; i < n; i++) {
    uint32_t bits;
    memcpy(&bits, x + i, 4);
    bad |= (bits & 0x7f800000u) == 0x7f800000u;
  }
  return !bad;
}

typedef float Row16 __attribute__((vector_size(64)));
// Each step interleaves rows i and i + 8, as cards are shuffled: log2(16) of them transpose 16 x 16 elements in
// registers (the perfect shuffle: Stone 1971).
INLINE void shuffleRows(const Row16 *from, Row16 *to) {
  for (int i = 0; i < 8; i++) {
    to[2 * i] = __builtin_shufflevector(from[i], from[i + 8], 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5,
                                        21, 6, 22, 7, 23);
    to[2 * i + 1] = __builtin_shufflevector(from[i], from[i + 8], 8, 24, 9, 25, 10, 26, 11, 27, 12,
                                            28, 13, 29, 14, 30, 15, 31);
  }
}
// Column blocks outside, so that what is written is written in a few ascending streams.
VECTORISED void tagma_transpose(ptrdiff_t rows, ptrdiff_t cols, const float *x, float *y,
                                ptrdiff_t ldy) {
  enum { B = 16 };
  for (ptrdiff_t c = 0; c < cols; c += B)
    for (ptrdiff_t r = 0; r < rows; r += B) {
      if (r + B <= rows && c + B <= cols) {
        Row16 a[B], b[B];
        for (int i = 0; i < B; i++) memcpy(&a[i], x + (r + i) * cols + c, sizeof a[i]);
        shuffleRows(a, b);
        shuffleRows(b, a);
        shuffleRows(a, b);
        shuffleRows(b, a);
        for (int j = 0; j < B; j++) memcpy(y + (c + j) * ldy + r, &a[j], sizeof a[j]);
        continue;
      }
      ptrdiff_t re = r + B < rows ? r + B : rows, ce = c + B < cols ? c + B : cols;
      for (ptrdiff_t i = r; i < re; i++)
        for (ptrdiff_t j = c; j < ce; j++) y[j * ldy + i] = x[i * cols + j];
    }
}
void tagma_fill_rows(ptrdiff_t rows, ptrdiff_t cols, const float *bias, float *y, ptrdiff_t ldy) {
  for (ptrdiff_t r = 0; r < rows; r++) memcpy(y + r * ldy, bias, (size_t)cols * sizeof(float));
}
VECTORISED void tagma_add_column_sums(ptrdiff_t rows, ptrdiff_t cols, const float *x, ptrdiff_t ldx,
                                      float *R y) {
  for (ptrdiff_t r = 0; r < rows; r++) {
    const float *row = x + r * ldx;
    for (ptrdiff_t j = 0; j < cols; j++) y[j] += row[j];
  }
}
// Reductions in lanes, since no compiler may change the order of a sum by itself: a fixed order on
// every machine, and as fast as it gets.
enum { lanesOfSums = 32 };
INLINE float sumOf(ptrdiff_t n, const float *x) {
  float lanes[lanesOfSums] = {0}, sum = 0;
  ptrdiff_t i = 0;
  for (; i + lanesOfSums <= n; i += lanesOfSums)
    for (int k = 0; k < lanesOfSums; k++) lanes[k] += x[i + k];
  for (; i < n; i++) sum += x[i];
  for (int k = 0; k < lanesOfSums; k++) sum += lanes[k];
  return sum;
}
INLINE float largestOf(ptrdiff_t n, const float *x) {
  float lanes[lanesOfSums], top = x[0];
  ptrdiff_t i = 0;
  for (int k = 0; k < lanesOfSums; k++) lanes[k] = x[0];
  for (; i + lanesOfSums <= n; i += lanesOfSums)
    for (int k = 0; k < lanesOfSums; k++) lanes[k] = x[i + k] > lanes[k] ? x[i + k] : lanes[k];
  for (; i < n; i++) top = x[i] > top ? x[i] : top;
  for (int k = 0; k < lanesOfSums; k++) top = lanes[k] > top ? lanes[k] : top;
  return top;
}

INLINE void addScaled(ptrdiff_t n, float a, const float *R x, float *R y) {
  for (ptrdiff_t i = 0; i < n; i++) y[i] += a * x[i];
}

VECTORISED ptrdiff_t tagma_first_above(ptrdiff_t from, ptrdiff_t n, const float *x, float least) {
  // Blocks without a larger one are passed over whole.
  for (; from + 64 <= n; from += 64) {
    int some = 0;
    for (int i = 0; i < 64; i++) some |= x[from + i] > least;
    if (some) break;
  }
  while (from < n && !(x[from] > least)) from++;
  return from;
}

VECTORISED void tagma_softmax_rows(ptrdiff_t rows, ptrdiff_t cols, const float *x, ptrdiff_t ldx,
                                   float *y, ptrdiff_t ldy) {
  for (ptrdiff_t r = 0; r < rows; r++) {
    const float *a = x + r * ldx;
    float *b = y + r * ldy;
    float top = largestOf(cols, a);
    for (ptrdiff_t j = 0; j < cols; j++) b[j] = a[j] == -INFINITY ? 0.0f : fastExp(a[j] - top);
    float s = 1.0f / sumOf(cols, b);
    for (ptrdiff_t j = 0; j < cols; j++) b[j] *= s;
  }
}

VECTORISED double tagma_cross_entropy(ptrdiff_t rows, ptrdiff_t cols, float *x, ptrdiff_t ldx,
                                      const float *R bias, float *R dbias, const int32_t *targets,
                                      float smoothing, float weight) {
  const float share = smoothing / (float)cols;
  double loss = 0;
  for (ptrdiff_t r = 0; r < rows; r++) {
    float *R a = x + r * ldx;
    if (targets[r] < 0) {
      memset(a, 0, (size_t)cols * sizeof(float));
      continue;
    }
    if (bias) addScaled(cols, 1, bias, a);
    float top = largestOf(cols, a), plain = sumOf(cols, a), gold = a[targets[r]];
    for (ptrdiff_t j = 0; j < cols; j++) a[j] = fastExp(a[j] - top);
    float sum = sumOf(cols, a);
    // log p_k = x_k - top - log sum, for all k without a logarithm each.
    float logSum = top + logf(sum);
    loss += (1 - smoothing) * (logSum - gold) + share * ((float)cols * logSum - plain);
    float scale = weight / sum, offset = share * weight;
    for (ptrdiff_t j = 0; j < cols; j++) a[j] = a[j] * scale - offset;
    a[targets[r]] -= (1 - smoothing) * weight;
    if (dbias) addScaled(cols, 1, a, dbias);
  }
  return loss * weight;
}

// One row at a time in functions of their own: `restrict` on parameters survives inlining, while on
// locals of a loop it is forgotten, and checks over all rows would then choose the scalar loop.
INLINE void lstmRow(ptrdiff_t H, float *R gi, float *R gf, float *R gg, float *R go,
                    const float *R p, float *R c, float *R tanhC, float *R h) {
  for (ptrdiff_t j = 0; j < H; j++) {
    float i = sigmoid1(gi[j]), f = sigmoid1(gf[j]), g = tanh1(gg[j]), o = sigmoid1(go[j]);
    float v = f * p[j] + i * g, t = tanh1(v);
    gi[j] = i, gf[j] = f, gg[j] = g, go[j] = o, c[j] = v, tanhC[j] = t, h[j] = o * t;
  }
}
INLINE void lstmFirstRow(ptrdiff_t H, float *R gi, float *R gf, float *R gg, float *R go, float *R c,
                         float *R tanhC, float *R h) {
  for (ptrdiff_t j = 0; j < H; j++) {
    float i = sigmoid1(gi[j]), f = sigmoid1(gf[j]), g = tanh1(gg[j]), o = sigmoid1(go[j]);
    float v = i * g, t = tanh1(v);
    gi[j] = i, gf[j] = f, gg[j] = g, go[j] = o, c[j] = v, tanhC[j] = t, h[j] = o * t;
  }
}
VECTORISED void tagma_lstm_forward(ptrdiff_t n, ptrdiff_t nPrev, ptrdiff_t H, float *gates,
                                   const float *cPrev, float *c, float *tanhC, float *h,
                                   ptrdiff_t ldh) {
  for (ptrdiff_t r = 0; r < n; r++) {
    float *g = gates + r * 4 * H;
    if (cPrev != NULL && r < nPrev)
      lstmRow(H, g, g + H, g + 2 * H, g + 3 * H, cPrev + r * H, c + r * H, tanhC + r * H,
              h + r * ldh);
    else
      lstmFirstRow(H, g, g + H, g + 2 * H, g + 3 * H, c + r * H, tanhC + r * H, h + r * ldh);
  }
}

INLINE void lstmRowBackward(ptrdiff_t H, const float *R x, float *R d, const float *R p, float keep,
                            const float *R t, const float *R dy, const float *R dh, float *R dc) {
  for (ptrdiff_t j = 0; j < H; j++) {
    float i = x[j], f = x[j + H], g = x[j + 2 * H], o = x[j + 3 * H];
    float dhj = dy[j] + dh[j];
    float dcj = dc[j] + dhj * o * (1 - t[j] * t[j]);
    d[j] = dcj * g * i * (1 - i);
    d[j + H] = dcj * f * (1 - f) * (keep * p[j]);
    d[j + 2 * H] = dcj * i * (1 - g * g);
    d[j + 3 * H] = dhj * t[j] * o * (1 - o);
    dc[j] = dcj * f;
  }
}
VECTORISED void tagma_lstm_backward(ptrdiff_t n, ptrdiff_t nPrev, ptrdiff_t H, const float *gates,
                                    float *dgates, ptrdiff_t ldd, const float *cPrev,
                                    const float *tanhC, const float *dy, ptrdiff_t ldy,
                                    const float *dh, float *dc) {
  for (ptrdiff_t r = 0; r < n; r++) {
    const int has = cPrev != NULL && r < nPrev;
    // Without a step before there is nothing to read: any row will do, times 0.
    lstmRowBackward(H, gates + r * 4 * H, dgates + r * ldd, has ? cPrev + r * H : tanhC + r * H,
                    has ? 1.0f : 0.0f, tanhC + r * H, dy + r * ldy, dh + r * H, dc + r * H);
  }
}

INLINE void gruRow(ptrdiff_t H, float *R xr, float *R xz, float *R xn, const float *R rr,
                   const float *R rz, const float *R rn, float *R h) {
  for (ptrdiff_t j = 0; j < H; j++) {
    float a = sigmoid1(xr[j] + rr[j]), z = sigmoid1(xz[j] + rz[j]);
    float m = tanh1(xn[j] + a * rn[j]);
    xr[j] = a, xz[j] = z, xn[j] = m, h[j] = (1 - z) * m;
  }
}
INLINE void addProductRow(ptrdiff_t H, float *R y, const float *R a, const float *R b) {
  for (ptrdiff_t j = 0; j < H; j++) y[j] += a[j] * b[j];
}
VECTORISED void tagma_gru_forward(ptrdiff_t n, ptrdiff_t nPrev, ptrdiff_t H, float *x,
                                  const float *r, const float *hPrev, ptrdiff_t ldp, float *h,
                                  ptrdiff_t ldh) {
  for (ptrdiff_t k = 0; k < n; k++) {
    float *a = x + k * 3 * H;
    const float *b = r + k * 3 * H;
    gruRow(H, a, a + H, a + 2 * H, b, b + H, b + 2 * H, h + k * ldh);
    if (hPrev != NULL && k < nPrev) addProductRow(H, h + k * ldh, a + H, hPrev + k * ldp);
  }
}

// 2^x for x in [-40, 40], clamped: a polynomial that is best on [-1/2, 1/2] (relative error below 8e-8; Remez), and
// the whole part added to the exponent by way of the bits of x + 1.5 · 2^23.
INLINE float exp2Within40(float x) {
  x = x < -40.0f ? -40.0f : x;
  x = x > 40.0f ? 40.0f : x;
  union { int32_t i; float f; } whole, p;
  whole.f = x + 12582912.0f;
  float r = x - (whole.f - 12582912.0f);
  p.f = 1.32764725e-3f;
  p.f = p.f * r + 9.67554096e-3f;
  p.f = p.f * r + 5.55071309e-2f;
  p.f = p.f * r + 2.40221202e-1f;
  p.f = p.f * r + 6.93146944e-1f;
  p.f = p.f * r + 1.00000012f;
  p.i = (int32_t)((uint32_t)p.i + ((uint32_t)whole.i << 23));
  return p.f;
}
// Prediction keeps nothing for a pass back, so that quotients can share a division: with a = e^-i,
// b = e^2g, d = e^-f, q = e^-o, e = e^2c
//   c = σ(f) p + σ(i) tanh(g) = (p (1 + a)(1 + b) + (b - 1)(1 + d)) / ((1 + a)(1 + b)(1 + d))
//   h = σ(o) tanh(c) = (e - 1) / ((1 + q)(1 + e))
// At 2^±40 σ and tanh are 0 or 1 to the last digit, and three such factors still fit a float. Two short
// loops keep the processor busier than one whose values wait for each other.
#define LOG2E 1.44269504f
INLINE void lstmPredictRow(ptrdiff_t H, const float *R x, const float *R r, float *R c, float *R h) {
  for (ptrdiff_t j = 0; j < H; j++) {
    float a = 1 + exp2Within40(-LOG2E * (x[j] + r[j]));
    float d = 1 + exp2Within40(-LOG2E * (x[j + H] + r[j + H]));
    float b = exp2Within40(2 * LOG2E * (x[j + 2 * H] + r[j + 2 * H]));
    float ab = a * (1 + b);
    c[j] = (c[j] * ab + (b - 1) * d) / (ab * d);
  }
  for (ptrdiff_t j = 0; j < H; j++) {
    float q = 1 + exp2Within40(-LOG2E * (x[j + 3 * H] + r[j + 3 * H]));
    float e = exp2Within40(2 * LOG2E * c[j]);
    h[j] = (e - 1) / (q * (1 + e));
  }
}
VECTORISED void tagma_lstm_predict(ptrdiff_t n, ptrdiff_t H, const float *x, ptrdiff_t ldx,
                                   const ptrdiff_t *rows, const float *r, float *c, float *h,
                                   ptrdiff_t ldh) {
  for (ptrdiff_t k = 0; k < n; k++)
    lstmPredictRow(H, x + rows[k] * ldx, r + k * 4 * H, c + k * H, h + k * ldh);
}
INLINE void gruPredictRow(ptrdiff_t H, const float *R x, const float *R r, float *R m, float *R h) {
  for (ptrdiff_t j = 0; j < H; j++) {
    float a = sigmoid1(x[j] + r[j]), z = sigmoid1(x[j + H] + r[j + H]);
    float v = tanh1(x[j + 2 * H] + a * r[j + 2 * H]);
    m[j] = v + z * (m[j] - v);
    h[j] = m[j];
  }
}
VECTORISED void tagma_gru_predict(ptrdiff_t n, ptrdiff_t H, const float *x, ptrdiff_t ldx,
                                  const ptrdiff_t *rows, const float *r, float *m, float *h,
                                  ptrdiff_t ldh) {
  for (ptrdiff_t k = 0; k < n; k++)
    gruPredictRow(H, x + rows[k] * ldx, r + k * 3 * H, m + k * H, h + k * ldh);
}
INLINE void elmanPredictRow(int kind, ptrdiff_t H, const float *R x, const float *R r, float *R h) {
  if (kind == 0)
    for (ptrdiff_t j = 0; j < H; j++) h[j] = sigmoid1(x[j] + r[j]);
  else if (kind == 1)
    for (ptrdiff_t j = 0; j < H; j++) h[j] = tanh1(x[j] + r[j]);
  else
    for (ptrdiff_t j = 0; j < H; j++) h[j] = x[j] + r[j] > 0 ? x[j] + r[j] : 0;
}
VECTORISED void tagma_elman_predict(int kind, ptrdiff_t n, ptrdiff_t H, const float *x,
                                    ptrdiff_t ldx, const ptrdiff_t *rows, const float *r, float *h,
                                    ptrdiff_t ldh) {
  for (ptrdiff_t k = 0; k < n; k++)
    elmanPredictRow(kind, H, x + rows[k] * ldx, r + k * H, h + k * ldh);
}

INLINE void gruRowBackward(ptrdiff_t H, const float *R x, const float *R r, float *R dx, float *R dr,
                           const float *R p, float keep, const float *R dy, float *R dh) {
  for (ptrdiff_t j = 0; j < H; j++) {
    float a = x[j], z = x[j + H], m = x[j + 2 * H], g = dh[j] + dy[j], q = keep * p[j];
    float dm = g * (1 - z) * (1 - m * m), dz = g * (q - m) * z * (1 - z);
    float da = dm * r[j + 2 * H] * a * (1 - a);
    dx[j] = da, dx[j + H] = dz, dx[j + 2 * H] = dm;
    dr[j] = da, dr[j + H] = dz, dr[j + 2 * H] = dm * a;
    dh[j] = g * z;
  }
}
VECTORISED void tagma_gru_backward(ptrdiff_t n, ptrdiff_t nPrev, ptrdiff_t H, const float *x,
                                   const float *r, float *dx, float *dr, ptrdiff_t ldd,
                                   const float *hPrev, ptrdiff_t ldp, const float *dy,
                                   ptrdiff_t ldy, float *dh) {
  for (ptrdiff_t k = 0; k < n; k++) {
    const int has = hPrev != NULL && k < nPrev;
    // Without a step before there is nothing to read: any row will do, times 0.
    gruRowBackward(H, x + k * 3 * H, r + k * 3 * H, dx + k * ldd, dr + k * ldd,
                   has ? hPrev + k * ldp : dy + k * ldy, has ? 1.0f : 0.0f, dy + k * ldy,
                   dh + k * H);
  }
}

// Sums in 16 lanes, so that the compiler may use vectors without reordering what the source orders.
INLINE float dot(ptrdiff_t n, const float *R x, const float *R y) {
  float lanes[16] = {0};
  ptrdiff_t i = 0;
  for (; i + 16 <= n; i += 16)
    for (int k = 0; k < 16; k++) lanes[k] += x[i + k] * y[i + k];
  float sum = 0;
  for (; i < n; i++) sum += x[i] * y[i];
  for (int k = 0; k < 16; k++) sum += lanes[k];
  return sum;
}
// v · tanh(q + k).
INLINE float additiveScore(ptrdiff_t n, const float *R v, const float *R q, const float *R k) {
  float lanes[16] = {0};
  ptrdiff_t i = 0;
  for (; i + 16 <= n; i += 16)
    for (int j = 0; j < 16; j++) lanes[j] += v[i + j] * tanh1(q[i + j] + k[i + j]);
  float sum = 0;
  for (; i < n; i++) sum += v[i] * tanh1(q[i] + k[i]);
  for (int j = 0; j < 16; j++) sum += lanes[j];
  return sum;
}
// The gradients of ds · additiveScore are added.
INLINE void additiveScoreBackward(ptrdiff_t n, float ds, const float *R v, const float *R q,
                                  const float *R k, float *R dv, float *R dq, float *R dk) {
  for (ptrdiff_t i = 0; i < n; i++) {
    float t = tanh1(q[i] + k[i]), d = ds * v[i] * (1 - t * t);
    dv[i] += ds * t;
    dq[i] += d;
    dk[i] += d;
  }
}
VECTORISED void tagma_attend(ptrdiff_t n, ptrdiff_t M, ptrdiff_t heads, const float *v,
                             const float *q, ptrdiff_t ldq, const float *keys, const float *values,
                             const ptrdiff_t *first, const ptrdiff_t *count, float scale,
                             float *weights, const ptrdiff_t *places, float *context,
                             ptrdiff_t ldc) {
  const ptrdiff_t width = M / heads;
  for (ptrdiff_t k = 0; k < n; k++)
    for (ptrdiff_t h = 0; h < heads; h++) {
      float *w = weights + places[k] + h * count[k], *out = context + k * ldc + h * width;
      const ptrdiff_t at = first[k] * M + h * width;
      float top = -INFINITY, sum = 0;
      for (ptrdiff_t j = 0; j < count[k]; j++) {
        const float *query = q + k * ldq + h * width, *key = keys + at + j * M;
        w[j] = v ? additiveScore(width, v + h * width, query, key) : scale * dot(width, query, key);
        top = w[j] > top ? w[j] : top;
      }
      for (ptrdiff_t j = 0; j < count[k]; j++) {
        w[j] = fastExp(w[j] - top);
        sum += w[j];
      }
      memset(out, 0, (size_t)width * sizeof(float));
      for (ptrdiff_t j = 0; j < count[k]; j++) {
        w[j] /= sum;
        addScaled(width, w[j], values + at + j * M, out);
      }
    }
}
VECTORISED void tagma_attend_backward(ptrdiff_t n, ptrdiff_t M, ptrdiff_t heads, const float *v,
                                      float *dv, const float *q, ptrdiff_t ldq, const float *keys,
                                      const float *values,
                                      const ptrdiff_t *first, const ptrdiff_t *count, float scale,
                                      const float *weights, const float *guidance,
                                      const ptrdiff_t *places, const float *dcontext,
                                      ptrdiff_t ldc, float *dq, float *dkeys, float *dvalues) {
  const ptrdiff_t width = M / heads;
  for (ptrdiff_t k = 0; k < n; k++)
    for (ptrdiff_t h = 0; h < heads; h++) {
      const float *w = weights + places[k] + h * count[k], *d = dcontext + k * ldc + h * width;
      const float *query = q + k * ldq + h * width;
      float *dquery = dq + k * ldq + h * width;
      const ptrdiff_t at = first[k] * M + h * width;
      // Σ w_j (d · value_j) = d · context, so the derivative of the softmax needs a first pass.
      float mean = 0;
      for (ptrdiff_t j = 0; j < count[k]; j++)
        mean += w[j] * dot(width, d, values + at + j * M);
      memset(dquery, 0, (size_t)width * sizeof(float));
      for (ptrdiff_t j = 0; j < count[k]; j++) {
        float ds = w[j] * (dot(width, d, values + at + j * M) - mean);
        if (guidance) ds += guidance[places[k] + h * count[k] + j];
        addScaled(width, w[j], d, dvalues + at + j * M);
        if (v) {
          additiveScoreBackward(width, ds, v + h * width, query, keys + at + j * M, dv + h * width,
                                dquery, dkeys + at + j * M);
        } else {
          addScaled(width, scale * ds, keys + at + j * M, dquery);
          addScaled(width, scale * ds, query, dkeys + at + j * M);
        }
      }
    }
}

// Moments of rows that are not met shrink at each step. Left alone they end among the subnormal numbers, where
// rounding keeps them from ever reaching zero, and arithmetic on those takes many times as long. What is dropped here is
// far below what epsilon hides.
INLINE float settled(float moment) { return fabsf(moment) < 1e-30f ? 0.0f : moment; }

// The built-in root, unlike sqrtf, need not set errno, which keeps a loop from being vectorised.
VECTORISED void tagma_adam(ptrdiff_t n, float *R w, const float *R g, float *R m, float *R v,
                           float scale, float rate, float beta1, float beta2, float epsilon,
                           float correction1, float correction2, float correction1Next,
                           float decay, int nesterov) {
  const float mixM = nesterov ? beta1 * correction1Next : correction1;
  const float mixG = nesterov ? (1 - beta1) * correction1 : 0.0f;
  for (ptrdiff_t i = 0; i < n; i++) {
    float d = g[i] * scale;
    m[i] = settled(beta1 * m[i] + (1 - beta1) * d);
    v[i] = settled(beta2 * v[i] + (1 - beta2) * d * d);
    float step = (m[i] * mixM + d * mixG) / (__builtin_elementwise_sqrt(v[i] * correction2) + epsilon);
    w[i] -= rate * (step + decay * w[i]);
  }
}
VECTORISED void tagma_sgd(ptrdiff_t n, float *R w, const float *R g, float *R m, float scale,
                          float rate, float momentum, float decay) {
  for (ptrdiff_t i = 0; i < n; i++) {
    m[i] = settled(momentum * m[i] + scale * g[i]);
    w[i] -= rate * (m[i] + decay * w[i]);
  }
}
VECTORISED void tagma_moving_average(ptrdiff_t n, float decay, const float *R w, float *R average) {
  for (ptrdiff_t i = 0; i < n; i++) average[i] = decay * average[i] + (1 - decay) * w[i];
}

VECTORISED void tagma_decode_bf16(ptrdiff_t n, const uint8_t *R x, float *R y) {
  for (ptrdiff_t i = 0; i < n; i++) {
    uint32_t bits = (uint32_t)x[2 * i] << 16 | (uint32_t)x[2 * i + 1] << 24;
    memcpy(y + i, &bits, 4);
  }
}
VECTORISED void tagma_decode_f32(ptrdiff_t n, const uint8_t *R x, float *R y) {
  for (ptrdiff_t i = 0; i < n; i++) {
    const uint8_t *b = x + 4 * i;
    uint32_t bits = (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
    memcpy(y + i, &bits, 4);
  }
}

// Bits of floats without their sign grow with their size, so that the largest is found among integers.
VECTORISED float tagma_quantize(ptrdiff_t n, const float *R x, int16_t *R q) {
  int32_t top = 0;
  for (ptrdiff_t i = 0; i < n; i++) {
    int32_t bits;
    memcpy(&bits, x + i, 4);
    bits &= 0x7fffffff;
    top = bits > top ? bits : top;
  }
  float most;
  memcpy(&most, &top, 4);
  const float inverse = most > 0 ? 32767.0f / most : 0;
  for (ptrdiff_t i = 0; i < n; i++) {
    float v = x[i] * inverse;
    v = v > -32767.0f ? v : -32767.0f;
    v = v < 32767.0f ? v : 32767.0f;
    v += 12582912.0f;
    int32_t bits;
    memcpy(&bits, &v, 4);
    q[i] = (int16_t)bits;
  }
  return most / 32767.0f;
}
VECTORISED void tagma_dequantize(ptrdiff_t n, const int16_t *R q, float scale, float *R y) {
  for (ptrdiff_t i = 0; i < n; i++) y[i] = (float)q[i] * scale;
}

VECTORISED void tagma_round_i16(ptrdiff_t rows, ptrdiff_t k, const float *x, ptrdiff_t ldx,
                                float factor, int16_t *q, ptrdiff_t ldq) {
  for (ptrdiff_t r = 0; r < rows; r++) {
    const float *R from = x + r * ldx;
    int16_t *R to = q + r * ldq;
    for (ptrdiff_t i = 0; i < k; i++) {
      float v = from[i] * factor + 12582912.0f;
      int32_t bits;
      memcpy(&bits, &v, 4);
      to[i] = (int16_t)bits;
    }
    for (ptrdiff_t i = k; i < ldq; i++) to[i] = 0;
  }
}

#if defined(__x86_64__)
#define AVX2 __attribute__((target("avx2")))
// M rows of A against one panel: 12 sums, two vectors of B and one number of A fill the 16 registers. The last
// panel may stick out over the columns of C, but not over scales and offsets, which are filled up like B.
INLINE AVX2 void blockI16(int M, ptrdiff_t pairs, const int16_t *a, const int16_t *b,
                          const float *scale, const float *offset, float *c, ptrdiff_t ldc,
                          ptrdiff_t columns) {
  __m256i s[6][2];
  for (int r = 0; r < M; r++) s[r][0] = s[r][1] = _mm256_setzero_si256();
  for (ptrdiff_t p = 0; p < pairs; p++) {
    __m256i b0 = _mm256_loadu_si256((const __m256i *)(b + 32 * p));
    __m256i b1 = _mm256_loadu_si256((const __m256i *)(b + 32 * p + 16));
    for (int r = 0; r < M; r++) {
      int32_t pair;
      memcpy(&pair, a + (r * pairs + p) * 2, 4);
      __m256i v = _mm256_set1_epi32(pair);
      s[r][0] = _mm256_add_epi32(s[r][0], _mm256_madd_epi16(v, b0));
      s[r][1] = _mm256_add_epi32(s[r][1], _mm256_madd_epi16(v, b1));
    }
  }
  __m256 f0 = _mm256_loadu_ps(scale), f1 = _mm256_loadu_ps(scale + 8);
  __m256 o0 = _mm256_loadu_ps(offset), o1 = _mm256_loadu_ps(offset + 8);
  float last[tagma_panel_i16];
  for (int r = 0; r < M; r++) {
    float *out = columns < tagma_panel_i16 ? last : c + r * ldc;
    __m256 y0 = _mm256_mul_ps(_mm256_cvtepi32_ps(s[r][0]), f0);
    __m256 y1 = _mm256_mul_ps(_mm256_cvtepi32_ps(s[r][1]), f1);
    _mm256_storeu_ps(out, _mm256_add_ps(y0, o0));
    _mm256_storeu_ps(out + 8, _mm256_add_ps(y1, o1));
    if (out == last) memcpy(c + r * ldc, last, (size_t)columns * sizeof(float));
  }
}
AVX2 void tagma_product_i16(ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, const int16_t *a,
                            const int16_t *b, const float *scale, const float *offset, float *c,
                            ptrdiff_t ldc) {
  const ptrdiff_t pairs = k / 2;
  // Only so many rows at once that they stay in the cache while the panels pass.
  const ptrdiff_t some = k < 32768 / 12 ? 32768 / (k + 1) / 6 * 6 : 6;
  for (ptrdiff_t from = 0; from < m; from += some) {
    const ptrdiff_t to = m - from < some ? m : from + some;
    const int16_t *panel = b;
    for (ptrdiff_t j = 0; j < n; j += tagma_panel_i16, panel += pairs * 2 * tagma_panel_i16) {
      const ptrdiff_t columns = n - j < tagma_panel_i16 ? n - j : tagma_panel_i16;
      for (ptrdiff_t i = from; i < to; i += 6) {
        const int16_t *row = a + i * k;
        float *out = c + i * ldc + j;
        switch (to - i) {
          case 1: blockI16(1, pairs, row, panel, scale + j, offset + j, out, ldc, columns); break;
          case 2: blockI16(2, pairs, row, panel, scale + j, offset + j, out, ldc, columns); break;
          case 3: blockI16(3, pairs, row, panel, scale + j, offset + j, out, ldc, columns); break;
          case 4: blockI16(4, pairs, row, panel, scale + j, offset + j, out, ldc, columns); break;
          case 5: blockI16(5, pairs, row, panel, scale + j, offset + j, out, ldc, columns); break;
          default: blockI16(6, pairs, row, panel, scale + j, offset + j, out, ldc, columns);
        }
      }
    }
  }
}
int tagma_has_product_i16(void) { return __builtin_cpu_supports("avx2") != 0; }
#else
void tagma_product_i16(ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, const int16_t *a, const int16_t *b,
                       const float *scale, const float *offset, float *c, ptrdiff_t ldc) {
  (void)m, (void)n, (void)k, (void)a, (void)b, (void)scale, (void)offset, (void)c, (void)ldc;
  __builtin_trap();  // nobody may call it here
}
int tagma_has_product_i16(void) { return 0; }
#endif

void tagma_keep_memory(void) {
#if defined(__linux__)
  mallopt(M_MMAP_THRESHOLD, 16 << 20);
  mallopt(M_TRIM_THRESHOLD, 64 << 20);
  // A thread's own arena returns its pages whenever a block of 64 MB has no use at the moment, whatever the threshold.
  mallopt(M_ARENA_MAX, 1);
#endif
}

void tagma_keep_all_memory(void) {
#if defined(__linux__)
  // Buffers beyond the largest threshold that the allocator takes would be mapped, and cleared page by page, each time.
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
#endif
}

void tagma_release_memory(void) {
#if defined(__GLIBC__)
  malloc_trim(0);
#endif
}

// Word vectors.

INLINE uint64_t nextRandom(uint64_t *state) {
  uint64_t z = (*state += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

// What one word predicts of another: the gradient of h is added to g. Words that are drawn by chance are drawn anew where they
// are the neighbour itself.
INLINE double predict(const tagma_word_text *t, const float *R h, float *R g, int32_t word,
                      float rate, uint64_t *random) {
  ptrdiff_t d = t->size;
  double loss = 0;
  for (int k = 0; k <= t->samples; k++) {
    int32_t target = word;
    if (k > 0) {
      for (int tries = 0; target == word && tries < 16; tries++)
        target = t->negatives[(nextRandom(random) >> 16) % (uint64_t)t->negativeCount];
      if (target == word) break;  // hardly any other word to draw
    }
    float *R o = t->output + target * d;
    float p = 1 / (1 + fastExp(-dot(d, h, o)));
    loss -= logf((k == 0 ? p : 1 - p) + 1e-7f);
    float step = rate * ((k == 0 ? 1.0f : 0.0f) - p);
    for (ptrdiff_t i = 0; i < d; i++) {
      g[i] += step * o[i];
      o[i] += step * h[i];
    }
  }
  return loss;
}

INLINE ptrdiff_t addFeatures(const tagma_word_text *t, int32_t word, float *R h) {
  ptrdiff_t d = t->size;
  for (int64_t f = t->starts[word]; f < t->starts[word + 1]; f++) {
    const float *R row = t->input + t->features[f] * d;
    for (ptrdiff_t i = 0; i < d; i++) h[i] += row[i];
  }
  return (ptrdiff_t)(t->starts[word + 1] - t->starts[word]);
}

INLINE void updateFeatures(const tagma_word_text *t, int32_t word, const float *R g) {
  ptrdiff_t d = t->size;
  for (int64_t f = t->starts[word]; f < t->starts[word + 1]; f++) {
    float *R row = t->input + t->features[f] * d;
    for (ptrdiff_t i = 0; i < d; i++) row[i] += g[i];
  }
}

enum { longestSentence = 1000, largestVector = 1024 };

VECTORISED double tagma_learn_vectors(const tagma_word_text *t, int64_t *examples) {
  int32_t words[longestSentence];
  float h[largestVector], g[largestVector], sum[largestVector];
  ptrdiff_t d = t->size, at = 0;
  uint64_t random = t->seed;
  double loss = 0;
  *examples = 0;
  while (at < t->count) {
    float done = (float)at / (float)t->count;
    float rate = t->firstRate + (t->lastRate - t->firstRate) * done;
    ptrdiff_t n = 0;
    while (at < t->count && n < longestSentence) {
      int32_t word = t->tokens[at++];
      if (word < 0) break;
      if ((float)(nextRandom(&random) >> 40) * 0x1p-24f < t->keep[word]) words[n++] = word;
    }
    for (ptrdiff_t i = 0; i < n; i++) {
      ptrdiff_t reach = 1 + (ptrdiff_t)((nextRandom(&random) >> 16) % (uint64_t)t->window);
      ptrdiff_t low = i < reach ? 0 : i - reach, high = i + reach >= n ? n - 1 : i + reach;
      ptrdiff_t rows = 0;
      memset(h, 0, (size_t)d * sizeof *h);
      memset(sum, 0, (size_t)d * sizeof *sum);
      if (t->isCBOW) {
        for (ptrdiff_t j = low; j <= high; j++)
          if (j != i) rows += addFeatures(t, words[j], h);
      } else {
        rows = addFeatures(t, words[i], h);
      }
      if (rows == 0 || low == high) continue;
      float share = 1 / (float)rows;
      for (ptrdiff_t k = 0; k < d; k++) h[k] *= share;
      for (ptrdiff_t j = low; j <= high; j++) {
        if (t->isCBOW ? j != i : j == i) continue;
        memset(g, 0, (size_t)d * sizeof *g);
        loss += predict(t, h, g, words[j], rate, &random);
        // Each row will move by g, so their mean does: the next neighbour is predicted from where the rows would be by now.
        for (ptrdiff_t k = 0; k < d; k++) {
          h[k] += g[k];
          sum[k] += g[k];
        }
        *examples += 1;
      }
      for (ptrdiff_t j = low; j <= high; j++)
        if (t->isCBOW ? j != i : j == i) updateFeatures(t, words[j], sum);
    }
  }
  return loss;
}
