// Why this shim exists: zlib's stream is initialised by macros, which Swift does not import.
#ifndef CTAGMA_ZLIB_H
#define CTAGMA_ZLIB_H
#include <stddef.h>
#include <stdint.h>

typedef struct tagma_zstream tagma_zstream;
/// A decompressor of gzip members, or a compressor to gzip; NULL where there is no memory.
tagma_zstream *tagma_inflate_open(void);
tagma_zstream *tagma_deflate_open(int level);
void tagma_zstream_close(tagma_zstream *s);
/// Consumes up to *inCount bytes and writes up to *outCount; both become what was used. Returns 0 to
/// go on, 1 at the end of a gzip member, negative on damaged input.
int tagma_inflate(tagma_zstream *s, const uint8_t *in, size_t *inCount, uint8_t *out,
                  size_t *outCount);
/// Begins the next member of a concatenated gzip file.
int tagma_inflate_reset(tagma_zstream *s);
/// The same for compression; finish != 0 ends the stream and returns 1 once all is written.
int tagma_deflate(tagma_zstream *s, const uint8_t *in, size_t *inCount, uint8_t *out,
                  size_t *outCount, int finish);
uint32_t tagma_crc32(uint32_t crc, const uint8_t *bytes, size_t count);
#endif
