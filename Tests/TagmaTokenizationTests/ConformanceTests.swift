import Foundation
import TagmaTokenization
import TestSupport
import Testing

/// The Unicode consortium's own tests (UAX #29, UAX #15), against the ICU we are linked with.
@Suite("Unicode 15.0 conformance")
struct ConformanceTests {
  private static let isRightVersion = Unicode.icuUnicodeVersion.hasPrefix("15.0")

  /// Lines as text and expected boundaries in bytes.
  private func lines(_ name: String) throws -> [(text: String, ends: [Int])]? {
    guard Self.isRightVersion, let path = TestData.corpus("suites/unicode-15.0/\(name).txt.gz")
    else { return nil }
    return try readGzip(path).split(separator: "\n").compactMap { line in
      let body = line.prefix { $0 != "#" }
      guard body.contains("÷") else { return nil }
      var (text, ends) = ("", [Int]())
      for part in body.split(whereSeparator: { $0 == " " || $0 == "\t" }) {
        if part == "÷" {
          ends.append(text.utf8.count)
        } else if part != "×", let value = UInt32(part, radix: 16), let s = Unicode.Scalar(value) {
          text.unicodeScalars.append(s)
        }
      }
      return (text, ends.filter { $0 > 0 })
    }
  }

  private func readGzip(_ path: String) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["gzip", "-dc", path]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    return String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
  }

  private func differences(
    _ name: String, _ kind: BreakIterator.Kind, _ locale: String
  ) throws -> (wrong: [String], count: Int)? {
    guard let lines = try lines(name) else { return nil }
    var iterator = try BreakIterator(kind, locale: locale)
    var wrong: [String] = []
    for line in lines where iterator.boundaries(in: Array(line.text.utf8)) != line.ends {
      wrong.append(line.text)
    }
    return (wrong, lines.count)
  }

  @Test("graphemes and sentences pass every line")
  func graphemesAndSentences() throws {
    for (name, kind) in [
      ("GraphemeBreakTest", BreakIterator.Kind.grapheme), ("SentenceBreakTest", .sentence),
    ] {
      guard let (wrong, count) = try differences(name, kind, "root") else { return }
      #expect(count > 400 && wrong.isEmpty, "\(name): \(wrong)")
    }
  }

  @Test("words pass every line in Swedish; elsewhere 15 lines differ, all on a colon in a word")
  func words() throws {
    guard let swedish = try differences("WordBreakTest", .word, "sv") else { return }
    #expect(swedish.count == 1823 && swedish.wrong.isEmpty)
    for locale in ["root", "en"] {
      let found = try #require(try differences("WordBreakTest", .word, locale))
      #expect(found.wrong.count == 15 && found.wrong.allSatisfy { $0.unicodeScalars.contains(":") })
    }
  }

  @Test("normalisation passes every line")
  func normalization() throws {
    guard Self.isRightVersion,
      let path = TestData.corpus("suites/unicode-15.0/NormalizationTest.txt.gz")
    else { return }
    var count = 0
    for line in try readGzip(path).split(separator: "\n")
    where !line.hasPrefix("#") && !line.hasPrefix("@") {
      let columns = line.split(separator: ";").prefix(5).map { field -> String in
        var text = ""
        for code in field.split(separator: " ") {
          if let value = UInt32(code, radix: 16), let s = Unicode.Scalar(value) {
            text.unicodeScalars.append(s)
          }
        }
        return text
      }
      guard columns.count == 5 else { continue }
      count += 1
      func same(_ a: String, _ b: String) -> Bool { Array(a.utf8) == Array(b.utf8) }
      #expect(same(columns[0].normalized(.nfc), columns[1]))
      #expect(same(columns[0].normalized(.nfd), columns[2]))
      #expect(same(columns[0].normalized(.nfkc), columns[3]))
      #expect(same(columns[0].normalized(.nfkd), columns[4]))
    }
    #expect(count > 18_000)
  }
}
