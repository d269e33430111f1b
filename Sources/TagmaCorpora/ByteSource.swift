internal import Foundation
internal import TagmaAnnotations

/// Bytes of a file or of standard input: decompressed where they are gzip, converted to UTF-8 where
/// another encoding is named or their beginning tells of one, checked to be UTF-8 by whoever cuts them.
public final class ByteSource {
  /// Expanded bytes for each compressed one that are still believed.
  public static let ratioLimit = 1000
  private static let blockSize = 1 << 16
  private static let mark: [UInt8] = [0xef, 0xbb, 0xbf]

  public let name: String
  /// Bytes that were taken from the file so far, compressed as they are.
  public private(set) var bytesRead = 0
  /// −1 where the bytes are given.
  private let descriptor: Int32
  private var given: ArraySlice<UInt8> = []
  /// What was read to recognise what it is: bytes of the file, and expanded ones.
  private var (unread, unexpanded): ([UInt8], [UInt8]) = ([], [])
  /// Text that was read to see what kind it is of.
  private var seen: [UInt8] = []
  private var gzip: GzipDecoder?
  private var decoder: TextDecoder?
  /// In lower case; nil is to be recognised.
  private let encoding: String?
  private let keepsByteOrderMark: Bool
  private let recognizesEncoding: Bool
  private var isRecognized = false
  private var (isReadToEnd, isAtEnd) = (false, false)

  /// Opens a file; `-` is standard input.
  ///
  /// - Parameters:
  ///   - encoding: The encoding; without one UTF-16 and UTF-32 are recognised.
  ///   - keepsByteOrderMark: Whether U+FEFF at the beginning of UTF-8 belongs to the text.
  ///   - recognizesEncoding: Whether bytes in another encoding than UTF-8 are converted without being told.
  public init(
    _ path: String, encoding: String? = nil, keepsByteOrderMark: Bool = false,
    recognizesEncoding: Bool = true
  ) throws(CorpusError) {
    (self.keepsByteOrderMark, self.recognizesEncoding) = (keepsByteOrderMark, recognizesEncoding)
    name = path == "-" ? "<stdin>" : path
    self.encoding = encoding?.lowercased()
    descriptor = path == "-" ? STDIN_FILENO : FileSystem.open(path, O_RDONLY)
    guard descriptor >= 0 else { throw CorpusError(opening: name, code: errno) }
    var status = stat()
    if fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
      if path != "-" { close(descriptor) }
      throw CorpusError(opening: name, code: EISDIR)
    }
    if let encoding = self.encoding, !isUTF8 {
      decoder = try TextDecoder(encoding, name: name)
    }
  }

  /// Gives bytes that are there already, as they are.
  public init(bytes: [UInt8], name: String) {
    (self.name, descriptor, encoding) = (name, -1, "utf-8")
    (keepsByteOrderMark, recognizesEncoding) = (true, false)
    (given, isRecognized) = (bytes[...], true)
  }

  /// Whether bytes come as somebody sends them, as from a pipe or a terminal.
  public var isLive: Bool {
    var status = stat()
    return fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT != S_IFREG
  }

  deinit {
    if descriptor != STDIN_FILENO, descriptor >= 0 { close(descriptor) }
  }

  private var isUTF8: Bool { encoding == "utf-8" || encoding == "utf8" }

  /// The next bytes, or an empty array at the end.
  public func next() throws(CorpusError) -> [UInt8] {
    if !seen.isEmpty {
      defer { seen = [] }
      return seen
    }
    return isRecognized ? try converted() : try first()
  }

  /// Refuses what is plainly of a kind that is not read, by its first line, of which nothing is lost.
  ///
  /// - Parameters:
  ///   - known: Kinds that are read, or taken for plain text.
  ///   - expected: What is read instead of a kind, and what may be done about it.
  package func check(
    known: Set<FileKind> = [], expected: (FileKind) -> String
  ) throws(CorpusError) {
    seen = try beginning(of: next) { $0.count < FileKind.sample && !$0.contains(0x0a) }
    guard let kind = FileKind(firstBytes: seen.prefix(FileKind.sample)), !known.contains(kind)
    else { return }
    throw CorpusError(
      .otherKind(kind, expected: expected(kind)), at: SourceLocation(file: name, line: 1))
  }

  /// The beginning of the text, as far as `check` has read it, in UTF-8.
  package var sample: String { String(decoding: seen.prefix(Self.sampleBytes), as: UTF8.self) }

  private static let sampleBytes = 2000

  /// The next bytes; a fault is told of by the line that they would go on with.
  func next(line: Int) throws(CorpusError) -> [UInt8] {
    do {
      return try next()
    } catch {
      throw CorpusError(error.kind, at: SourceLocation(file: name, line: line))
    }
  }
}

// MARK: - The beginning

extension ByteSource {
  /// The first bytes, once enough were read to say what they are: a pipe may give one at a time.
  private func first() throws(CorpusError) -> [UInt8] {
    isRecognized = true
    unread = try beginning(of: readRaw) { $0 == [0x1f] }
    if unread.starts(with: [0x1f, 0x8b]) { gzip = try GzipDecoder(name: name) }
    try recognizeEncoding()
    var block = try beginning(of: converted) { $0.count < 3 && Self.mark.starts(with: $0) }
    // Converted text has no signature of its bytes any more.
    if !keepsByteOrderMark || decoder != nil, block.starts(with: Self.mark) {
      block.removeFirst(3)
    }
    return block.isEmpty ? try converted() : block
  }

  private func recognizeEncoding() throws(CorpusError) {
    let isOrdered = encoding.map { !$0.hasPrefix("utf-16") && !$0.hasPrefix("utf-32") } ?? false
    guard recognizesEncoding, !isUTF8, !isOrdered else { return }
    let head = try beginning(of: expanded, while: EncodingGuess.needsMore)
    unexpanded = head
    if let encoding = encoding ?? EncodingGuess.encoding(of: head) {
      decoder = try TextDecoder(EncodingGuess.ordered(encoding, head), name: name)
    }
  }

  /// What is read until it is enough, or all.
  private func beginning(
    of read: () throws(CorpusError) -> [UInt8], while isTooShort: ([UInt8]) -> Bool
  ) throws(CorpusError) -> [UInt8] {
    var head = try read()
    while !head.isEmpty, isTooShort(head) {
      let more = try read()
      if more.isEmpty { break }
      head += more
    }
    return head
  }
}

// MARK: - From bytes of the file to text

extension ByteSource {
  /// Expanded bytes in UTF-8, none at the end.
  private func converted() throws(CorpusError) -> [UInt8] {
    while !isAtEnd {
      let block = try expanded()
      isAtEnd = block.isEmpty
      guard let decoder else { return block }
      let text = try decoder.decode(block, isLast: isAtEnd)
      if !text.isEmpty { return text }
    }
    return []
  }

  /// Expanded bytes, none at the end.
  private func expanded() throws(CorpusError) -> [UInt8] {
    if !unexpanded.isEmpty {
      defer { unexpanded = [] }
      return unexpanded
    }
    guard let gzip else { return try readRaw() }
    return try gzip.next(readRaw)
  }

  /// Bytes of the file, none at the end.
  private func readRaw() throws(CorpusError) -> [UInt8] {
    if !unread.isEmpty {
      defer { unread = [] }
      return unread
    }
    guard descriptor >= 0 else {
      // Block by block, as from a file: whoever cuts them moves what is left of a block each time.
      defer { given = given.dropFirst(Self.blockSize) }
      return Array(given.prefix(Self.blockSize))
    }
    // A terminal would ask for more after its end.
    if isReadToEnd { return [] }
    let block = try readDescriptor()
    isReadToEnd = block.isEmpty
    return block
  }

  private func readDescriptor() throws(CorpusError) -> [UInt8] {
    var count = 0
    let block = [UInt8](unsafeUninitializedCapacity: Self.blockSize) { buffer, used in
      repeat {
        count = read(descriptor, buffer.baseAddress, Self.blockSize)
      } while count < 0 && errno == EINTR
      used = max(count, 0)
    }
    guard count >= 0 else { throw CorpusError(opening: name, code: errno) }
    bytesRead += count
    return block
  }
}

extension CorpusError {
  /// What the system says of a file that it does not open.
  package init(opening path: String, code: Int32) {
    let kind: Kind =
      switch code {
      case ENOENT, ENOTDIR: .notFound
      case EACCES, EPERM: .noPermission
      case EISDIR: .cannotRead("it is a directory")
      default: .cannotRead(String(cString: strerror(code)))
      }
    self.init(kind, at: SourceLocation(file: path, line: 1))
  }
}
