// Why this shim exists: oneDNN's matrix product is reached from Swift without its headers, which
// differ between versions 2 and 3; and the OpenMP runtime behind it is told how many threads to use.
#ifndef CTAGMA_ONEDNN_H
#define CTAGMA_ONEDNN_H
#include <stdbool.h>
#include <stddef.h>

/// C[m,n] = alpha * op(A)[m,k] * op(B)[k,n] + beta * C, row-major. Returns 0, or oneDNN's status.
int tagma_sgemm(bool transposeA, bool transposeB, ptrdiff_t m, ptrdiff_t n, ptrdiff_t k,
                float alpha, const float *a, ptrdiff_t lda, const float *b, ptrdiff_t ldb,
                float beta, float *c, ptrdiff_t ldc);

/// Sets the number of OpenMP threads of the calling thread (nothing where oneDNN is built without).
void tagma_set_threads(int count);

/// major * 10000 + minor * 100 + patch of the library that is loaded.
int tagma_onednn_version(void);

/// The instruction set oneDNN chose, a static string.
const char *tagma_onednn_isa(void);
#endif
