/// What a translation memory begins with.
public func tmxHead(source: String) -> String {
  """
  <?xml version="1.0" encoding="UTF-8"?>
  <tmx version="1.4">
  <header creationtool="tagma" creationtoolversion="1" segtype="sentence" o-tmf="none" adminlang="en" \
  srclang="\(escapedForXML(source, inAttribute: true))" datatype="plaintext"/>
  <body>

  """
}

/// A unit of a translation memory.
public func tmxUnit(_ pair: TextPair, _ languages: (source: String, target: String)) -> String {
  func variant(_ language: String, _ text: String) -> String {
    "<tuv xml:lang=\"\(escapedForXML(language, inAttribute: true))\"><seg>\(escapedForXML(text))</seg></tuv>"
  }
  return
    "<tu>\(variant(languages.source, pair.source))\(variant(languages.target, pair.target))</tu>\n"
}

/// What it ends with.
public let tmxTail = "</body>\n</tmx>\n"
