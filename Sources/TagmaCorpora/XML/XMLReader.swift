internal import CTagmaXML
internal import TagmaAnnotations

/// The version of libxml2, such as `2.9.14`.
public var libxml2Version: String { String(cString: tagma_xml_version()) }

/// What happens in an XML document.
enum XMLEvent: Equatable {
  /// Names without their prefixes, names of attributes with them.
  case start(name: String, attributes: [String: String], line: Int)
  case end(name: String)
  /// A run of text may come in several pieces.
  case text(String)
}

/// Hands a document's bytes to libxml2, and what is wrong with them to whoever gave them.
///
/// A `DOCTYPE` is accepted and not loaded; declared entities are refused; nothing else is opened.
final class XMLParser {
  /// Elements within elements.
  private static let depthLimit = 200

  let name: String
  private let handle: OpaquePointer
  private let queue: Queue

  /// Where the callbacks of C put what they see.
  private final class Queue {
    let keepsEvents: Bool
    var events: [XMLEvent] = []
    var depth = 0
    var deepest = 0

    init(keepsEvents: Bool) { self.keepsEvents = keepsEvents }
  }

  /// - Parameter keepsEvents: Whether `takeEvents` will ask for what happened.
  init(name: String, keepsEvents: Bool) throws(CorpusError) {
    self.name = name
    let queue = Queue(keepsEvents: keepsEvents)
    self.queue = queue
    var handler = tagma_xml_handler()
    handler.user = Unmanaged.passUnretained(queue).toOpaque()
    handler.start = { user, name, line, attributes, count in
      guard let user, let name else { return }
      let queue = Unmanaged<Queue>.fromOpaque(user).takeUnretainedValue()
      queue.depth += 1
      queue.deepest = max(queue.deepest, queue.depth)
      guard queue.keepsEvents else { return }
      var found: [String: String] = [:]
      for i in 0..<Int(count) {
        guard let key = attributes?[2 * i], let value = attributes?[2 * i + 1] else { continue }
        found[String(cString: key)] = String(cString: value)
      }
      queue.events.append(
        .start(name: String(cString: name), attributes: found, line: Int(line)))
    }
    handler.end = { user, name in
      guard let user, let name else { return }
      let queue = Unmanaged<Queue>.fromOpaque(user).takeUnretainedValue()
      queue.depth -= 1
      if queue.keepsEvents { queue.events.append(.end(name: String(cString: name))) }
    }
    handler.text = { user, text, count in
      guard let user, let text else { return }
      let queue = Unmanaged<Queue>.fromOpaque(user).takeUnretainedValue()
      guard queue.keepsEvents else { return }
      let bytes = UnsafeBufferPointer(start: text, count: Int(count))
      queue.events.append(
        .text(bytes.withMemoryRebound(to: UInt8.self) { String(decoding: $0, as: UTF8.self) }))
    }
    guard let handle = tagma_xml_open(handler) else {
      throw CorpusError(.xml("out of memory"), at: SourceLocation(file: name, line: 1))
    }
    self.handle = handle
  }

  deinit { tagma_xml_close(handle) }

  /// Parses more of the document; no bytes end it.
  func feed(_ block: [UInt8]) throws(CorpusError) {
    let status = block.withUnsafeBytes {
      tagma_xml_feed(
        handle, $0.baseAddress?.assumingMemoryBound(to: CChar.self), Int32($0.count),
        block.isEmpty ? 1 : 0)
    }
    guard status == 0 else { throw failure(String(cString: tagma_xml_message(handle))) }
    guard queue.deepest <= Self.depthLimit else {
      throw failure("elements lie more than \(Self.depthLimit) deep")
    }
  }

  /// What happened since this was asked last.
  func takeEvents() -> [XMLEvent] {
    defer { queue.events = [] }
    return queue.events
  }

  private func failure(_ message: String) -> CorpusError {
    let (line, column) = (tagma_xml_line(handle), tagma_xml_column(handle))
    return CorpusError(
      .xml(message),
      at: SourceLocation(
        file: name, line: max(Int(line), 1), column: column > 0 ? Int(column) : nil))
  }
}

/// Reads an XML document piece by piece, in memory that does not grow with it.
final class XMLReader {
  var name: String { source.name }
  private let source: ByteSource
  private let parser: XMLParser
  private var events: [XMLEvent] = []
  private var at = 0
  private var isAtEnd = false

  init(_ path: String) throws(CorpusError) {
    source = try ByteSource(path, keepsByteOrderMark: true, recognizesEncoding: false)
    parser = try XMLParser(name: source.name, keepsEvents: true)
  }

  /// The next event; nil at the end of the document.
  func next() throws(CorpusError) -> XMLEvent? {
    while at == events.count {
      guard !isAtEnd else { return nil }
      let block = try source.next()
      isAtEnd = block.isEmpty
      try parser.feed(block)
      (events, at) = (parser.takeEvents(), 0)
    }
    at += 1
    return events[at - 1]
  }

  /// Reads the root element's start tag, which must have one of these names.
  @discardableResult
  func expectRoot(_ names: String...) throws(CorpusError) -> String {
    guard case .start(let name, _, _) = try next(), names.contains(name) else {
      throw CorpusError(
        .xml("expected a document of type \(names.joined(separator: " or "))"),
        at: SourceLocation(file: self.name, line: 1))
    }
    return name
  }
}
