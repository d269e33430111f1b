internal import CTagmaICU
internal import CTagmaZlib
internal import Foundation
internal import TagmaAnnotations

/// Bytes of a file or of standard input: decompressed where they are gzip, converted to UTF-8 where
/// another encoding is named, checked to be UTF-8 by whoever cuts them.
public final class ByteSource {
  /// Expanded bytes for each compressed one that are still believed.
  public static let ratioLimit = 1000
  private static let blockSize = 1 << 16

  public let name: String
  /// Bytes that were taken from the file so far, compressed as they are.
  public private(set) var bytesRead = 0
  /// −1 where the bytes are given.
  private let descriptor: Int32
  private var given: ArraySlice<UInt8> = []
  private var gzip: OpaquePointer?
  private var converter: OpaquePointer?
  private let encoding: String?
  private let keepsByteOrderMark: Bool
  private var isFirstBlock = true
  private var isAtEnd = false
  private var (consumed, produced) = (0, 0)
  private var pending: [UInt8] = []
  private var memberEnded = false
  private var undecoded: [UInt8] = []

  /// Opens a file; `-` is standard input.
  public init(_ path: String, encoding: String? = nil, keepsByteOrderMark: Bool = false)
    throws(CorpusError)
  {
    self.keepsByteOrderMark = keepsByteOrderMark
    name = path == "-" ? "<stdin>" : path
    let place = SourceLocation(file: name, line: 1)
    self.encoding = encoding.map { $0.lowercased() }.flatMap {
      ["utf-8", "utf8"].contains($0) ? nil : $0
    }
    descriptor = path == "-" ? STDIN_FILENO : FileSystem.open(path, O_RDONLY)
    guard descriptor >= 0 else { throw CorpusError(opening: name, code: errno) }
    var status = stat()
    if fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
      close(descriptor)
      throw CorpusError(.cannotRead("it is a directory"), at: place)
    }
    if let encoding = self.encoding {
      converter = tagma_converter_open(encoding)
      guard converter != nil else {
        throw CorpusError(.unknownEncoding(encoding), at: place)
      }
    }
  }

  /// Gives bytes that are there already, as they are.
  public init(bytes: [UInt8], name: String) {
    (self.name, descriptor, encoding, keepsByteOrderMark) = (name, -1, nil, true)
    (given, isFirstBlock) = (bytes[...], false)
  }

  /// Whether bytes come as somebody sends them, as from a pipe or a terminal.
  public var isLive: Bool {
    var status = stat()
    return fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT != S_IFREG
  }

  deinit {
    if descriptor != STDIN_FILENO, descriptor >= 0 { close(descriptor) }
    if let gzip { tagma_zstream_close(gzip) }
    if let converter { tagma_converter_close(converter) }
  }

  /// The next bytes, or an empty array at the end.
  public func next() throws(CorpusError) -> [UInt8] {
    while !isAtEnd {
      var block = try gzip == nil ? readRaw() : inflateNext()
      if isFirstBlock {
        isFirstBlock = false
        if block.count >= 2, block[0] == 0x1f, block[1] == 0x8b {
          gzip = tagma_inflate_open()
          pending = block
          block = try inflateNext()
        }
        if encoding == nil, !keepsByteOrderMark, block.starts(with: [0xef, 0xbb, 0xbf]) {
          block.removeFirst(3)
        }
      }
      if block.isEmpty { isAtEnd = true }
      if encoding != nil { block = try decode(block, isLast: isAtEnd) }
      if !block.isEmpty { return block }
    }
    return []
  }

  private func readRaw() throws(CorpusError) -> [UInt8] {
    guard descriptor >= 0 else {
      // Block by block, as from a file: whoever cuts them moves what is left of a block each time.
      defer { given = given.dropFirst(Self.blockSize) }
      return Array(given.prefix(Self.blockSize))
    }
    var count = 0
    let block = [UInt8](unsafeUninitializedCapacity: Self.blockSize) { buffer, used in
      repeat {
        count = read(descriptor, buffer.baseAddress, Self.blockSize)
      } while count < 0
        && errno == EINTR
      used = max(count, 0)
    }
    guard count >= 0 else {
      throw CorpusError(
        .cannotRead(String(cString: strerror(errno))), at: SourceLocation(file: name, line: 1))
    }
    bytesRead += count
    return block
  }

  private func inflateNext() throws(CorpusError) -> [UInt8] {
    let place = SourceLocation(file: name, line: 1)
    while true {
      if pending.isEmpty {
        pending = try readRaw()
        if pending.isEmpty {
          guard memberEnded else { throw CorpusError(.damagedGzip, at: place) }
          return []
        }
      }
      if memberEnded {
        guard pending.first == 0x1f else { return [] }  // padding after the last member
        tagma_inflate_reset(gzip)
        memberEnded = false
      }
      var (inCount, outCount, status) = (pending.count, Self.blockSize * 4, Int32(0))
      let block = [UInt8](unsafeUninitializedCapacity: outCount) { buffer, used in
        status = pending.withUnsafeBufferPointer {
          tagma_inflate(gzip, $0.baseAddress, &inCount, buffer.baseAddress, &outCount)
        }
        used = outCount
      }
      guard status >= 0 else { throw CorpusError(.damagedGzip, at: place) }
      pending.removeFirst(inCount)
      consumed += inCount
      produced += outCount
      guard produced <= Self.ratioLimit * max(consumed, 1024) else {
        throw CorpusError(.compressionRatio(limit: Self.ratioLimit), at: place)
      }
      if status == 1 { memberEnded = true }
      if !block.isEmpty { return block }
    }
  }

  private func decode(_ block: [UInt8], isLast: Bool) throws(CorpusError) -> [UInt8] {
    var input = undecoded + block
    undecoded = []
    var output: [UInt8] = []
    while true {
      var (inCount, outCount, status) = (input.count, input.count * 4 + 64, Int32(0))
      let piece = [UInt8](unsafeUninitializedCapacity: outCount) { buffer, used in
        status = input.withUnsafeBufferPointer { source in
          buffer.withMemoryRebound(to: CChar.self) {
            tagma_converter_decode(
              converter, source.baseAddress, &inCount, $0.baseAddress, &outCount, isLast)
          }
        }
        used = outCount
      }
      guard status == 0 else {
        throw CorpusError(
          .invalidInEncoding(encoding ?? "", offset: consumed + inCount),
          at: SourceLocation(file: name, line: 1))
      }
      output += piece
      consumed += inCount
      input.removeFirst(inCount)
      if input.isEmpty || inCount == 0 { break }
    }
    undecoded = input
    return output
  }
}

extension CorpusError {
  /// What the system says of a file that it does not open.
  package init(opening path: String, code: Int32) {
    let kind: Kind =
      switch code {
      case ENOENT, ENOTDIR: .notFound
      case EACCES, EPERM: .noPermission
      default: .cannotRead(String(cString: strerror(code)))
      }
    self.init(kind, at: SourceLocation(file: path, line: 1))
  }
}
