// Why this shim exists: libxml2's SAX interface is a struct of variadic callbacks, which Swift cannot fill, and its
// defaults read other files. Here every document is parsed as it comes, nothing else is opened, and entities may not
// be declared, so that neither their expansion nor what they name can do harm.
#ifndef CTAGMA_XML_H
#define CTAGMA_XML_H
#include <stddef.h>

typedef struct tagma_xml tagma_xml;

typedef struct {
  void *user;
  /// A start tag by its local name; attributes are pairs of name (with its prefix, if any) and value, 2 * count of them.
  void (*start)(void *user, const char *name, long line, const char *const *attributes, int count);
  void (*end)(void *user, const char *name);
  /// Text of n bytes, not ended by a zero.
  void (*text)(void *user, const char *text, int n);
} tagma_xml_handler;

/// NULL where there is no memory.
tagma_xml *tagma_xml_open(tagma_xml_handler handler);
void tagma_xml_close(tagma_xml *xml);
/// Parses n bytes more; isLast with the last ones. Returns 0, or another number after an error, which is then told by
/// the functions below.
int tagma_xml_feed(tagma_xml *xml, const char *bytes, int n, int isLast);
const char *tagma_xml_message(const tagma_xml *xml);
long tagma_xml_line(const tagma_xml *xml);
long tagma_xml_column(const tagma_xml *xml);
/// The version of libxml2, such as 2.9.14.
const char *tagma_xml_version(void);
#endif
