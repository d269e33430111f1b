#include "CTagmaICU.h"
#include <stdlib.h>
#include <string.h>
#include <unicode/ubrk.h>
#include <unicode/ucasemap.h>
#include <unicode/uchar.h>
#include <unicode/ucnv.h>
#include <unicode/uloc.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/ustring.h>
#include <unicode/utext.h>
#include <unicode/uversion.h>

struct tagma_breaks {
  UBreakIterator *iterator;
  UText text;
};

static tagma_breaks *wrap(UBreakIterator *iterator, UErrorCode status, int *error) {
  *error = U_FAILURE(status) ? (int)status : 0;
  if (U_FAILURE(status)) return NULL;
  tagma_breaks *b = calloc(1, sizeof *b);
  if (!b) {
    ubrk_close(iterator);
    *error = U_MEMORY_ALLOCATION_ERROR;
    return NULL;
  }
  b->iterator = iterator;
  UText empty = UTEXT_INITIALIZER;
  b->text = empty;
  return b;
}

tagma_breaks *tagma_breaks_open(int kind, const char *locale, int *error) {
  UErrorCode status = U_ZERO_ERROR;
  UBreakIterator *i = ubrk_open((UBreakIteratorType)kind, locale, NULL, 0, &status);
  return wrap(i, status, error);
}

tagma_breaks *tagma_breaks_open_rules(const char *utf8, int *line, int *column, int *error) {
  UErrorCode status = U_ZERO_ERROR;
  UParseError place = {0};
  int32_t count = (int32_t)strlen(utf8), used = 0;
  UChar *rules = malloc(((size_t)count + 1) * sizeof(UChar));
  if (!rules) return *error = U_MEMORY_ALLOCATION_ERROR, NULL;
  u_strFromUTF8(rules, count + 1, &used, utf8, count, &status);
  UBreakIterator *i = ubrk_openRules(rules, used, NULL, 0, &place, &status);
  free(rules);
  *line = place.line, *column = place.offset;
  return wrap(i, status, error);
}

tagma_breaks *tagma_breaks_open_binary(const uint8_t *rules, int32_t count, int *error) {
  UErrorCode status = U_ZERO_ERROR;
  UBreakIterator *i = ubrk_openBinaryRules(rules, count, NULL, 0, &status);
  return wrap(i, status, error);
}

int32_t tagma_breaks_binary(tagma_breaks *b, uint8_t *out, int32_t capacity, int *error) {
  UErrorCode status = U_ZERO_ERROR;
  int32_t n = ubrk_getBinaryRules(b->iterator, out, capacity, &status);
  *error = U_FAILURE(status) ? (int)status : 0;
  return n;
}

void tagma_breaks_close(tagma_breaks *b) {
  if (!b) return;
  ubrk_close(b->iterator);
  utext_close(&b->text);
  free(b);
}

int tagma_breaks_set(tagma_breaks *b, const char *utf8, int64_t count) {
  UErrorCode status = U_ZERO_ERROR;
  utext_openUTF8(&b->text, utf8, count, &status);
  ubrk_setUText(b->iterator, &b->text, &status);
  return U_FAILURE(status) ? (int)status : 0;
}

int32_t tagma_breaks_next(tagma_breaks *b, int *status) {
  int32_t at = ubrk_next(b->iterator);
  *status = at == UBRK_DONE ? 0 : ubrk_getRuleStatus(b->iterator);
  return at;
}

int32_t tagma_normalize(int form, const char *utf8, int32_t count, char *out, int32_t capacity) {
  UErrorCode status = U_ZERO_ERROR;
  const UNormalizer2 *n = form == 0   ? unorm2_getNFCInstance(&status)
                          : form == 1 ? unorm2_getNFKCInstance(&status)
                          : form == 2 ? unorm2_getNFDInstance(&status)
                          : form == 3 ? unorm2_getNFKDInstance(&status)
                                      : unorm2_getNFKCCasefoldInstance(&status);
  UChar *a = malloc(((size_t)count + 1) * sizeof(UChar));
  int32_t used = 0, length = 0, bytes = 0;
  u_strFromUTF8(a, count + 1, &used, utf8, count, &status);
  length = unorm2_normalize(n, a, used, NULL, 0, &status);
  if (status == U_BUFFER_OVERFLOW_ERROR) status = U_ZERO_ERROR;
  UChar *b = malloc(((size_t)length + 1) * sizeof(UChar));
  unorm2_normalize(n, a, used, b, length + 1, &status);
  u_strToUTF8(out, capacity, &bytes, b, length, &status);
  free(a), free(b);
  if (status == U_BUFFER_OVERFLOW_ERROR) return bytes;
  return U_FAILURE(status) ? -(int32_t)status : bytes;
}

int32_t tagma_map_case(int kind, const char *locale, const char *utf8, int32_t count, char *out,
                       int32_t capacity) {
  UErrorCode status = U_ZERO_ERROR;
  UCaseMap *map = ucasemap_open(locale, 0, &status);
  if (U_FAILURE(status)) return -(int32_t)status;
  int32_t n = kind == 0   ? ucasemap_utf8FoldCase(map, out, capacity, utf8, count, &status)
              : kind == 1 ? ucasemap_utf8ToLower(map, out, capacity, utf8, count, &status)
                          : ucasemap_utf8ToUpper(map, out, capacity, utf8, count, &status);
  ucasemap_close(map);
  if (status == U_BUFFER_OVERFLOW_ERROR) return n;
  return U_FAILURE(status) ? -(int32_t)status : n;
}

int tagma_category(uint32_t scalar) { return u_charType((UChar32)scalar); }
int tagma_script(uint32_t scalar) {
  UErrorCode status = U_ZERO_ERROR;
  return (int)uscript_getScript((UChar32)scalar, &status);
}

struct tagma_converter {
  UConverter *from, *to;
  UChar pivot[2048];
  UChar *pivotSource, *pivotTarget;
};

tagma_converter *tagma_converter_open(const char *encoding) {
  UErrorCode status = U_ZERO_ERROR;
  tagma_converter *c = calloc(1, sizeof *c);
  if (!c) return NULL;
  c->from = ucnv_open(encoding, &status);
  c->to = ucnv_open("UTF-8", &status);
  if (U_SUCCESS(status))
    ucnv_setToUCallBack(c->from, UCNV_TO_U_CALLBACK_STOP, NULL, NULL, NULL, &status);
  if (U_FAILURE(status)) {
    tagma_converter_close(c);
    return NULL;
  }
  c->pivotSource = c->pivotTarget = c->pivot;
  return c;
}
void tagma_converter_close(tagma_converter *c) {
  if (!c) return;
  if (c->from) ucnv_close(c->from);
  if (c->to) ucnv_close(c->to);
  free(c);
}
int tagma_converter_decode(tagma_converter *c, const uint8_t *in, size_t *inCount, char *out,
                           size_t *outCount, bool flush) {
  UErrorCode status = U_ZERO_ERROR;
  const char *source = (const char *)in;
  char *target = out;
  ucnv_convertEx(c->to, c->from, &target, out + *outCount, &source, source + *inCount, c->pivot,
                 &c->pivotSource, &c->pivotTarget, c->pivot + 2048, false, flush, &status);
  *inCount = (size_t)(source - (const char *)in);
  *outCount = (size_t)(target - out);
  return U_FAILURE(status) && status != U_BUFFER_OVERFLOW_ERROR;
}
long tagma_converter_encode(tagma_converter *c, const char *in, size_t inCount, char *out,
                            size_t outCount) {
  UErrorCode status = U_ZERO_ERROR;
  UConverterFromUCallback oldCallback;
  const void *oldContext;
  ucnv_setFromUCallBack(c->from, UCNV_FROM_U_CALLBACK_ESCAPE, UCNV_ESCAPE_XML_HEX, &oldCallback,
                        &oldContext, &status);
  ucnv_resetToUnicode(c->to);
  ucnv_resetFromUnicode(c->from);
  UChar pivot[2048], *pivotSource = pivot, *pivotTarget = pivot;
  const char *source = in;
  char *target = out;
  ucnv_convertEx(c->from, c->to, &target, out + outCount, &source, in + inCount, pivot,
                 &pivotSource, &pivotTarget, pivot + 2048, false, true, &status);
  if (status == U_BUFFER_OVERFLOW_ERROR) return (long)(2 * outCount + 16);
  return U_FAILURE(status) ? -1 : (long)(target - out);
}

bool tagma_language_known(const char *code) {
  const char *known = uloc_getISO3Language(code);
  return known && *known;
}

const char *tagma_icu_version(void) { return U_ICU_VERSION; }
const char *tagma_unicode_version(void) { return U_UNICODE_VERSION; }
const char *tagma_icu_error_name(int error) { return u_errorName((UErrorCode)error); }
