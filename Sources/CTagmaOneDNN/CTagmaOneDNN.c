#define _GNU_SOURCE
#include "CTagmaOneDNN.h"
#include <dlfcn.h>
#include <oneapi/dnnl/dnnl.h>

int tagma_sgemm(bool transposeA, bool transposeB, ptrdiff_t m, ptrdiff_t n, ptrdiff_t k,
                float alpha, const float *a, ptrdiff_t lda, const float *b, ptrdiff_t ldb,
                float beta, float *c, ptrdiff_t ldc) {
  return (int)dnnl_sgemm(transposeA ? 'T' : 'N', transposeB ? 'T' : 'N', m, n, k, alpha, a, lda, b,
                         ldb, beta, c, ldc);
}

void tagma_set_threads(int count) {
  // Looked up at run time: oneDNN may be built over OpenMP, a thread pool or nothing.
  typedef void (*setter)(int);
  static _Thread_local int current = 0;
  if (current == count) return;
  current = count;
  setter set = (setter)dlsym(RTLD_DEFAULT, "omp_set_num_threads");
  if (set) set(count);
}

int tagma_onednn_version(void) {
  const dnnl_version_t *v = dnnl_version();
  return v->major * 10000 + v->minor * 100 + v->patch;
}

const char *tagma_onednn_isa(void) {
  switch ((int)dnnl_get_effective_cpu_isa()) {
  case 0x1: return "SSE4.1";
  case 0x3: return "AVX";
  case 0x7: return "AVX2";
  case 0xf: return "AVX2-VNNI";
  case 0x27: return "AVX-512";
  case 0x67: return "AVX-512 VNNI";
  case 0xe7: return "AVX-512 BF16";
  default: return "other";
  }
}
