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

/// Reads an XML document piece by piece, in memory that does not grow with it.
///
/// A `DOCTYPE` is accepted and not loaded; declared entities are refused; nothing else is opened.
final class XMLReader {
  /// Elements within elements.
  private static let depthLimit = 200

  let name: String
  private let source: ByteSource
  private let handle: OpaquePointer
  private let queue: Queue
  private var isAtEnd = false

  /// Where the callbacks of C put what they see.
  private final class Queue {
    var events: [XMLEvent] = []
    var next = 0
    var depth = 0
    var deepest = 0
  }

  init(_ path: String) throws(CorpusError) {
    source = try ByteSource(path, keepsByteOrderMark: true)
    name = source.name
    let queue = Queue()
    self.queue = queue
    var handler = tagma_xml_handler()
    handler.user = Unmanaged.passUnretained(queue).toOpaque()
    handler.start = { user, name, line, attributes, count in
      guard let user, let name else { return }
      var found: [String: String] = [:]
      for i in 0..<Int(count) {
        guard let key = attributes?[2 * i], let value = attributes?[2 * i + 1] else { continue }
        found[String(cString: key)] = String(cString: value)
      }
      let queue = Unmanaged<Queue>.fromOpaque(user).takeUnretainedValue()
      queue.depth += 1
      queue.deepest = max(queue.deepest, queue.depth)
      queue.events.append(
        .start(name: String(cString: name), attributes: found, line: Int(line)))
    }
    handler.end = { user, name in
      guard let user, let name else { return }
      let queue = Unmanaged<Queue>.fromOpaque(user).takeUnretainedValue()
      queue.depth -= 1
      queue.events.append(.end(name: String(cString: name)))
    }
    handler.text = { user, text, count in
      guard let user, let text else { return }
      let bytes = UnsafeBufferPointer(start: text, count: Int(count))
      Unmanaged<Queue>.fromOpaque(user).takeUnretainedValue().events.append(
        .text(bytes.withMemoryRebound(to: UInt8.self) { String(decoding: $0, as: UTF8.self) }))
    }
    guard let handle = tagma_xml_open(handler) else {
      throw CorpusError(.xml("out of memory"), at: SourceLocation(file: name, line: 1))
    }
    self.handle = handle
  }

  deinit { tagma_xml_close(handle) }

  /// The next event; nil at the end of the document.
  func next() throws(CorpusError) -> XMLEvent? {
    while queue.next == queue.events.count {
      guard !isAtEnd else { return nil }
      queue.events.removeAll(keepingCapacity: true)
      queue.next = 0
      let block = try source.next()
      isAtEnd = block.isEmpty
      let status = block.withUnsafeBytes {
        tagma_xml_feed(
          handle, $0.baseAddress?.assumingMemoryBound(to: CChar.self), Int32($0.count),
          isAtEnd ? 1 : 0)
      }
      guard status == 0 else { throw failure(String(cString: tagma_xml_message(handle))) }
      guard queue.deepest <= Self.depthLimit else {
        throw failure("elements lie more than \(Self.depthLimit) deep")
      }
    }
    queue.next += 1
    return queue.events[queue.next - 1]
  }

  /// Reads the root element's start tag, which must have one of these names.
  func expectRoot(_ names: String...) throws(CorpusError) {
    guard case .start(let name, _, _) = try next(), names.contains(name) else {
      throw CorpusError(
        .xml("expected a document of type \(names.joined(separator: " or "))"),
        at: SourceLocation(file: self.name, line: 1))
    }
  }

  private func failure(_ message: String) -> CorpusError {
    let (line, column) = (tagma_xml_line(handle), tagma_xml_column(handle))
    return CorpusError(
      .xml(message),
      at: SourceLocation(
        file: name, line: max(Int(line), 1), column: column > 0 ? Int(column) : nil))
  }
}
