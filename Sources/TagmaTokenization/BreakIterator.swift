internal import CTagmaICU

/// ICU's break iterator over UTF-8 text, or one made from our own rules.
public struct BreakIterator: ~Copyable {
  public enum Kind: Int32, Sendable {
    case grapheme = 0
    case word = 1
    case sentence = 3
  }

  private let handle: OpaquePointer
  /// ICU reads compiled rules in place, so they live as long as the iterator.
  private let compiled: CompiledRules?

  /// ICU's own rules for a locale such as `en`, `th` or `en@ss=standard`.
  public init(_ kind: Kind, locale: String) throws(TokenizationError) {
    var error: Int32 = 0
    guard let handle = tagma_breaks_open(kind.rawValue, locale, &error) else {
      throw TokenizationError(kind: .icu(String(cString: tagma_icu_error_name(error))))
    }
    self.handle = handle
    compiled = nil
  }

  /// Rules in ICU's language.
  public init(rules: String) throws(TokenizationError) {
    var (line, column, error) = (Int32(0), Int32(0), Int32(0))
    guard let handle = tagma_breaks_open_rules(rules, &line, &column, &error) else {
      throw TokenizationError(
        kind: .rules(
          line: Int(line), column: Int(column), String(cString: tagma_icu_error_name(error))))
    }
    self.handle = handle
    compiled = nil
  }

  /// Rules compiled before: opening them costs next to nothing.
  public init(_ rules: CompiledRules) throws(TokenizationError) {
    var error: Int32 = 0
    let handle = rules.bytes.withUnsafeBufferPointer {
      tagma_breaks_open_binary($0.baseAddress, Int32($0.count), &error)
    }
    guard let handle else {
      throw TokenizationError(kind: .icu(String(cString: tagma_icu_error_name(error))))
    }
    self.handle = handle
    compiled = rules
  }

  /// The rules in ICU's binary form.
  public func compile() throws(TokenizationError) -> CompiledRules {
    var error: Int32 = 0
    let count = tagma_breaks_binary(handle, nil, 0, &error)
    let bytes = [UInt8](unsafeUninitializedCapacity: Int(count)) { buffer, used in
      error = 0
      used = Int(tagma_breaks_binary(handle, buffer.baseAddress, count, &error))
    }
    guard error == 0 else {
      throw TokenizationError(kind: .icu(String(cString: tagma_icu_error_name(error))))
    }
    return CompiledRules(bytes: bytes)
  }

  deinit {
    tagma_breaks_close(handle)
  }

  /// Calls `body` with each piece of the text and the status of the rule that made it.
  public mutating func forEachPiece(
    in utf8: [UInt8], _ body: (_ bytes: Range<Int>, _ status: Int) -> Void
  ) {
    forEachPiece(in: utf8) { bytes, status in
      body(bytes, status)
      return bytes.upperBound
    }
  }

  /// Calls `body` with each piece of the text and the status of the rule that made it.
  ///
  /// - Parameters:
  ///   - start: Where the first piece begins.
  ///   - body: Says where the next piece begins, which is the end of this one or elsewhere; nil is the end of all.
  mutating func forEachPiece(
    in utf8: [UInt8], from start: Int = 0,
    goingOnAt body: (_ bytes: Range<Int>, _ status: Int) -> Int?
  ) {
    utf8.withUnsafeBufferPointer { buffer in
      buffer.withMemoryRebound(to: CChar.self) { text in
        var (start, base, status) = (start, -1, Int32(0))
        while start < text.count {
          if base < 0 {
            base = start
            let rest = text.baseAddress.map { $0 + base }
            guard tagma_breaks_set(handle, rest, Int64(text.count - base)) == 0 else { return }
          }
          let end = base + Int(tagma_breaks_next(handle, &status))
          guard end > start, let next = body(start..<end, Int(status)) else { return }
          start = next
          if next != end { base = -1 }
        }
      }
    }
  }

  /// The boundaries after the first, in bytes.
  public mutating func boundaries(in utf8: [UInt8]) -> [Int] {
    var found: [Int] = []
    forEachPiece(in: utf8) { bytes, _ in found.append(bytes.upperBound) }
    return found
  }
}

/// Rules in ICU's binary form, for the ICU that made them.
///
/// A class, so that its bytes never move.
public final class CompiledRules: Sendable {
  let bytes: [UInt8]

  init(bytes: [UInt8]) {
    self.bytes = bytes
  }
}
