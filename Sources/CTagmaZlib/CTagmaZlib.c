#include "CTagmaZlib.h"
#include <stdlib.h>
#include <zlib.h>

struct tagma_zstream {
  z_stream z;
  int compresses;
};

tagma_zstream *tagma_inflate_open(void) {
  tagma_zstream *s = calloc(1, sizeof *s);
  if (s && inflateInit2(&s->z, 15 + 16) != Z_OK) free(s), s = NULL;
  return s;
}
tagma_zstream *tagma_deflate_open(int level) {
  tagma_zstream *s = calloc(1, sizeof *s);
  if (s && deflateInit2(&s->z, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
    free(s), s = NULL;
  if (s) s->compresses = 1;
  return s;
}
void tagma_zstream_close(tagma_zstream *s) {
  if (!s) return;
  if (s->compresses) deflateEnd(&s->z);
  else inflateEnd(&s->z);
  free(s);
}
static void point(tagma_zstream *s, const uint8_t *in, size_t inCount, uint8_t *out,
                  size_t outCount) {
  s->z.next_in = (Bytef *)in, s->z.avail_in = (uInt)inCount;
  s->z.next_out = out, s->z.avail_out = (uInt)outCount;
}
int tagma_inflate(tagma_zstream *s, const uint8_t *in, size_t *inCount, uint8_t *out,
                  size_t *outCount) {
  point(s, in, *inCount, out, *outCount);
  int r = inflate(&s->z, Z_NO_FLUSH);
  *inCount -= s->z.avail_in, *outCount -= s->z.avail_out;
  return r == Z_OK || r == Z_BUF_ERROR ? 0 : r == Z_STREAM_END ? 1 : -1;
}
int tagma_inflate_reset(tagma_zstream *s) { return inflateReset(&s->z); }
int tagma_deflate(tagma_zstream *s, const uint8_t *in, size_t *inCount, uint8_t *out,
                  size_t *outCount, int finish) {
  point(s, in, *inCount, out, *outCount);
  int r = deflate(&s->z, finish ? Z_FINISH : Z_NO_FLUSH);
  *inCount -= s->z.avail_in, *outCount -= s->z.avail_out;
  return r == Z_STREAM_END ? 1 : r == Z_OK || r == Z_BUF_ERROR ? 0 : -1;
}
uint32_t tagma_crc32(uint32_t crc, const uint8_t *bytes, size_t count) {
  return (uint32_t)crc32_z(crc, bytes, count);
}
