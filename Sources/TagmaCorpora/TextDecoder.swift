internal import CTagmaICU
internal import TagmaAnnotations

/// Converts bytes of another encoding to UTF-8, piece by piece.
final class TextDecoder {
  private let name: String
  private let encoding: String
  let converter: OpaquePointer
  private var undecoded: [UInt8] = []
  private var consumed = 0

  /// - Parameters:
  ///   - encoding: A name that ICU knows.
  ///   - name: The file, for messages.
  init(_ encoding: String, name: String) throws(CorpusError) {
    guard let converter = tagma_converter_open(encoding) else {
      throw CorpusError(.unknownEncoding(encoding), at: SourceLocation(file: name, line: 1))
    }
    (self.name, self.encoding, self.converter) = (name, encoding, converter)
  }

  deinit { tagma_converter_close(converter) }

  /// Converts a block; what is no whole character waits for the next.
  func decode(_ block: [UInt8], isLast: Bool) throws(CorpusError) -> [UInt8] {
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
          .invalidInEncoding(encoding, offset: consumed + inCount),
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
