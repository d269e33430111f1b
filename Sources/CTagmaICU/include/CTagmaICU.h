// Why this shim exists: ICU renames every symbol with its version (`ubrk_open` → `ubrk_open_72`),
// so Swift can only reach it through C. All text is UTF-8, all places are byte offsets.
#ifndef CTAGMA_ICU_H
#define CTAGMA_ICU_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct tagma_breaks tagma_breaks;
enum { TAGMA_GRAPHEME = 0, TAGMA_WORD = 1, TAGMA_SENTENCE = 3 };

/// A break iterator of the locale, or one made from rules; NULL with *error set on failure.
tagma_breaks *tagma_breaks_open(int kind, const char *locale, int *error);
tagma_breaks *tagma_breaks_open_rules(const char *utf8Rules, int *line, int *column, int *error);
tagma_breaks *tagma_breaks_open_binary(const uint8_t *rules, int32_t count, int *error);
/// Copies the compiled rules to out (NULL to ask for the size); returns their size.
int32_t tagma_breaks_binary(tagma_breaks *b, uint8_t *out, int32_t capacity, int *error);
void tagma_breaks_close(tagma_breaks *b);
/// Points the iterator at text, which must stay in place until the next call or close.
int tagma_breaks_set(tagma_breaks *b, const char *utf8, int64_t count);
/// The next boundary, or -1; *status receives the rule status of the piece before it.
int32_t tagma_breaks_next(tagma_breaks *b, int *status);

/// form: 0 NFC, 1 NFKC, 2 NFD, 3 NFKD, 4 NFKC with case folding. Returns the length, negative on
/// error; a length over capacity wrote nothing.
int32_t tagma_normalize(int form, const char *utf8, int32_t count, char *out, int32_t capacity);
/// 0 fold, 1 lower, 2 upper. Same return.
int32_t tagma_map_case(int kind, const char *locale, const char *utf8, int32_t count, char *out,
                       int32_t capacity);
/// ICU's general category of a scalar (UCharCategory), and its script code.
int tagma_category(uint32_t scalar);
int tagma_script(uint32_t scalar);

typedef struct tagma_converter tagma_converter;
tagma_converter *tagma_converter_open(const char *encoding);
void tagma_converter_close(tagma_converter *c);
/// Decodes bytes to UTF-8. *inCount and *outCount become what was used. Returns 0, or 1 at a byte
/// sequence that the encoding does not have (in points at it).
int tagma_converter_decode(tagma_converter *c, const uint8_t *in, size_t *inCount, char *out,
                           size_t *outCount, bool flush);
/// Encodes UTF-8; characters that the encoding has not are written as XML's references (&#x1F600;).
/// Returns the number of bytes, which may be more than were asked for: nothing is written then; negative on failure.
long tagma_converter_encode(tagma_converter *c, const char *in, size_t inCount, char *out,
                            size_t outCount);

/// Whether a code in small letters, of two or three, is a language that ICU knows.
bool tagma_language_known(const char *code);

const char *tagma_icu_version(void);
const char *tagma_unicode_version(void);
const char *tagma_icu_error_name(int error);
#endif
