internal import CTagmaZlib
internal import TagmaAnnotations

/// Expands gzip data, members one after the other.
final class GzipDecoder {
  private static let blockSize = 1 << 18

  private let name: String
  private let stream: OpaquePointer
  private var pending: [UInt8] = []
  private var isBetweenMembers = false
  private var (consumed, produced) = (0, 0)

  /// - Parameter name: The file, for messages.
  init(name: String) throws(CorpusError) {
    guard let stream = tagma_inflate_open() else {
      throw CorpusError(
        .cannotRead("no memory to expand it"), at: SourceLocation(file: name, line: 1))
    }
    (self.name, self.stream) = (name, stream)
  }

  deinit { tagma_zstream_close(stream) }

  /// The next expanded bytes, empty at the end.
  ///
  /// - Parameter read: Gives more compressed bytes, none at the end.
  func next(_ read: () throws(CorpusError) -> [UInt8]) throws(CorpusError) -> [UInt8] {
    while true {
      if pending.isEmpty {
        pending = try read()
        if pending.isEmpty {
          guard isBetweenMembers else { throw failure(.damagedGzip) }
          return []
        }
      }
      if isBetweenMembers {
        passPadding()
        if pending.isEmpty { continue }
        try beginMember()
      }
      let block = try inflate()
      if !block.isEmpty { return block }
    }
  }

  /// Files that were written in blocks may be filled up with zeros.
  private func passPadding() {
    let zeros = pending.firstIndex { $0 != 0 } ?? pending.count
    pending.removeFirst(zeros)
    consumed += zeros
  }

  private func beginMember() throws(CorpusError) {
    guard pending.first == 0x1f else { throw failure(.bytesAfterGzip(offset: consumed)) }
    tagma_inflate_reset(stream)
    isBetweenMembers = false
  }

  private func inflate() throws(CorpusError) -> [UInt8] {
    var (inCount, outCount, status) = (pending.count, Self.blockSize, Int32(0))
    let block = [UInt8](unsafeUninitializedCapacity: outCount) { buffer, used in
      status = pending.withUnsafeBufferPointer {
        tagma_inflate(stream, $0.baseAddress, &inCount, buffer.baseAddress, &outCount)
      }
      used = outCount
    }
    guard status >= 0 else { throw failure(.damagedGzip) }
    pending.removeFirst(inCount)
    consumed += inCount
    produced += outCount
    guard produced <= ByteSource.ratioLimit * max(consumed, 1024) else {
      throw failure(.compressionRatio(limit: ByteSource.ratioLimit))
    }
    isBetweenMembers = status == 1
    return block
  }

  private func failure(_ kind: CorpusError.Kind) -> CorpusError {
    CorpusError(kind, at: SourceLocation(file: name, line: 1))
  }
}
