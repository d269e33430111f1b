import Foundation
import TagmaCorpora
import TestSupport
import Testing

@Suite("Raw text in blocks")
struct TextReaderTests {
  private func blocks(_ text: String, limit: Int) throws -> [String] {
    let path = TestData.temporaryFolder() + "/text.txt"
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    let reader = try TextReader(path, limit: limit)
    var found: [String] = []
    while let block = try reader.next() {
      found.append(String(decoding: block.bytes, as: UTF8.self))
    }
    return found
  }

  @Test("paragraphs end at blank lines, whatever stands on them")
  func paragraphs() throws {
    #expect(try blocks("a b\nc\n \t\nd\n", limit: 100) == ["a b\nc\n \t\n", "d\n"])
    #expect(try blocks("", limit: 100) == [])
  }

  @Test("nothing is lost and no block is longer than the limit, with or without places to cut")
  func limits() throws {
    let texts = [
      String(repeating: "Ein Satz steht hier. ", count: 900),
      String(repeating: "one line\nand one more.\n", count: 900),
      String(repeating: "x", count: 20_000), String(repeating: "語", count: 20_000),
      String(repeating: "これは文です。", count: 3_000),
    ]
    for text in texts {
      let found = try blocks(text, limit: 1000)
      #expect(found.joined() == text)
      #expect(found.allSatisfy { $0.utf8.count <= 1000 })
      #expect(found.dropLast().allSatisfy { $0.utf8.count >= 490 })
    }
  }

  @Test("a long paragraph is cut after a sentence, best at the end of a line")
  func cuts() throws {
    let sentence = "The sixth sheik's sixth sheep is sick (\"quite sick\"). "
    for block in try blocks(String(repeating: sentence, count: 200), limit: 1000).dropLast() {
      #expect(block.hasSuffix("sick\"). "))
    }
    let line = "A line may end within a sentence\nbut better after it. And then\nsome more.\n"
    for block in try blocks(String(repeating: line, count: 200), limit: 1000).dropLast() {
      #expect(block.hasSuffix("some more.\n"))
    }
    for block in try blocks(String(repeating: "これは文です。", count: 900), limit: 1000).dropLast() {
      #expect(block.hasSuffix("。"))
    }
  }
}
