#include "CTagmaXML.h"

#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/xmlerror.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_ATTRIBUTES 256

struct tagma_xml {
  tagma_xml_handler handler;
  xmlParserCtxtPtr context;
  char message[512];
  long line, column;
};

// The first error counts: those after it mostly follow from it.
static void fail(tagma_xml *xml, const char *message, long line, long column) {
  if (xml->message[0]) return;
  snprintf(xml->message, sizeof xml->message, "%s", message);
  size_t n = strlen(xml->message);
  while (n > 0 && (xml->message[n - 1] == '\n' || xml->message[n - 1] == ' ')) xml->message[--n] = 0;
  xml->line = line;
  xml->column = column;
}

static void stop(tagma_xml *xml, const char *message) {
  fail(xml, message, xmlSAX2GetLineNumber(xml->context), xmlSAX2GetColumnNumber(xml->context));
  xmlStopParser(xml->context);
}

static void onStart(void *user, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
                    int nb_namespaces, const xmlChar **namespaces, int nb_attributes,
                    int nb_defaulted, const xmlChar **attributes) {
  (void)prefix, (void)uri, (void)nb_namespaces, (void)namespaces, (void)nb_defaulted;
  tagma_xml *xml = user;
  if (nb_attributes > MOST_ATTRIBUTES) {
    stop(xml, "an element with more than 256 attributes");
    return;
  }
  // Names and values as strings that end in a zero, one after the other in one block.
  size_t size = 1;
  for (int i = 0; i < nb_attributes; i++) {
    const xmlChar **a = attributes + 5 * i;
    size += strlen((const char *)a[0]) + (a[1] ? strlen((const char *)a[1]) : 0) + 3;
    size += (size_t)(a[4] - a[3]);
  }
  char *block = malloc(size), *at = block;
  const char *pairs[2 * MOST_ATTRIBUTES];
  if (block == NULL) {
    stop(xml, "out of memory");
    return;
  }
  for (int i = 0; i < nb_attributes; i++) {
    const xmlChar **a = attributes + 5 * i;
    pairs[2 * i] = at;
    at += sprintf(at, "%s%s%s", a[1] ? (const char *)a[1] : "", a[1] ? ":" : "", (const char *)a[0]) + 1;
    pairs[2 * i + 1] = at;
    memcpy(at, a[3], (size_t)(a[4] - a[3]));
    at += a[4] - a[3];
    *at++ = 0;
  }
  xml->handler.start(xml->handler.user, (const char *)name, xmlSAX2GetLineNumber(xml->context),
                     pairs, nb_attributes);
  free(block);
}

static void onEnd(void *user, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri) {
  (void)prefix, (void)uri;
  tagma_xml *xml = user;
  xml->handler.end(xml->handler.user, (const char *)name);
}

static void onText(void *user, const xmlChar *text, int n) {
  tagma_xml *xml = user;
  xml->handler.text(xml->handler.user, (const char *)text, n);
}

static void onEntity(void *user, const xmlChar *name, int type, const xmlChar *publicId,
                     const xmlChar *systemId, xmlChar *content) {
  (void)name, (void)type, (void)publicId, (void)systemId, (void)content;
  stop(user, "the document declares an entity, which is refused");
}

// Only where an external subset, which is never read, might have declared it.
static void onReference(void *user, const xmlChar *name) {
  char message[128];
  snprintf(message, sizeof message, "entity '%.60s' is not known", (const char *)name);
  stop(user, message);
}

static xmlParserInputPtr onResolve(void *user, const xmlChar *publicId, const xmlChar *systemId) {
  (void)user, (void)publicId, (void)systemId;
  return NULL;
}

static void onError(void *user, const xmlError *error) {
  tagma_xml *xml = user;
  if (error->level < XML_ERR_ERROR) return;
  // Exporters use prefixes that they do not declare; names are read without their prefixes.
  if (error->code == XML_NS_ERR_UNDEFINED_NAMESPACE) return;
  fail(xml, error->message ? error->message : "not well-formed", error->line, error->int2);
}

#if LIBXML_VERSION >= 21200
static void onStructuredError(void *user, const xmlError *error) { onError(user, error); }
#else
static void onStructuredError(void *user, xmlErrorPtr error) { onError(user, error); }
#endif

tagma_xml *tagma_xml_open(tagma_xml_handler handler) {
  tagma_xml *xml = calloc(1, sizeof *xml);
  if (xml == NULL) return NULL;
  xml->handler = handler;
  xmlSAXHandler sax;
  memset(&sax, 0, sizeof sax);
  sax.initialized = XML_SAX2_MAGIC;
  sax.startElementNs = onStart;
  sax.endElementNs = onEnd;
  sax.characters = onText;
  sax.ignorableWhitespace = onText;
  sax.cdataBlock = onText;
  sax.entityDecl = onEntity;
  sax.reference = onReference;
  sax.resolveEntity = onResolve;
  sax.serror = onStructuredError;
  xml->context = xmlCreatePushParserCtxt(&sax, xml, NULL, 0, NULL);
  if (xml->context == NULL) {
    free(xml);
    return NULL;
  }
  // Neither NOENT (which substitutes entities) nor anything that loads or lifts limits.
  xmlCtxtUseOptions(xml->context, XML_PARSE_NONET | XML_PARSE_BIG_LINES
#if LIBXML_VERSION >= 21300
                                      | XML_PARSE_NO_XXE
#endif
  );
  return xml;
}

void tagma_xml_close(tagma_xml *xml) {
  if (xml == NULL) return;
  xmlFreeParserCtxt(xml->context);
  free(xml);
}

int tagma_xml_feed(tagma_xml *xml, const char *bytes, int n, int isLast) {
  int status = xmlParseChunk(xml->context, bytes, n, isLast);
  if (xml->message[0]) return 1;
  if (status == 0 || xml->context->wellFormed) return 0;
  fail(xml, "not well-formed", xmlSAX2GetLineNumber(xml->context),
       xmlSAX2GetColumnNumber(xml->context));
  return 1;
}

const char *tagma_xml_message(const tagma_xml *xml) { return xml->message; }
long tagma_xml_line(const tagma_xml *xml) { return xml->line; }
long tagma_xml_column(const tagma_xml *xml) { return xml->column; }
const char *tagma_xml_version(void) { return LIBXML_DOTTED_VERSION; }
