import Foundation
import TagmaModels
import Testing

@Suite("Settings files")
struct TOMLReaderTests {
  private func read(_ text: String) throws -> [String: TOMLValue] {
    let settings = try TOMLReader.settings(in: text)
    return Dictionary(
      uniqueKeysWithValues: settings.map { ($0.path.joined(separator: "."), $0.value) })
  }

  @Test("values of all kinds, with the lines where they stand")
  func values() throws {
    let text = """
      top = 1 # a comment

      [ a . "b c" ]
      n = [1, -2, 0x1_f, 0o17, 0b11, 1_000] # one
      f = [1.5, -1e-3, 1_0.2_5E+2, 6.02e23]
      t = "a\\t\\"\\u00e9\\U0001F600"
      l = 'C:\\x'
      b = [true, false,
        # within a list
      ]
      long = \"\"\"
      one \\
         two ""quoted\"\"\"\"
      raw = '''a'b
      c'''
      i = { x = 1, y.z = "q", e = {} }
      e = []
      [a]
      d.e = 2.0
      """
    let found = try read(text)
    #expect(found["top"] == .integer(1))
    #expect(
      found["a.b c.n"]
        == .list([1, -2, 31, 15, 3, 1000].map(TOMLValue.integer)))
    #expect(found["a.b c.f"] == .list([1.5, -0.001, 1025, 6.02e23].map(TOMLValue.number)))
    #expect(found["a.b c.t"] == .text("a\t\"é😀") && found["a.b c.l"] == .text("C:\\x"))
    #expect(found["a.b c.b"] == .list([.truth(true), .truth(false)]))
    #expect(found["a.b c.long"] == .text("one two \"\"quoted\""))
    #expect(found["a.b c.raw"] == .text("a'b\nc"))
    #expect(found["a.b c.i.x"] == .integer(1) && found["a.b c.i.y.z"] == .text("q"))
    #expect(found["a.b c.e"] == .list([]) && found["a.d.e"] == .number(2))
    let lines = try TOMLReader.settings(in: text.replacingOccurrences(of: "\n", with: "\r\n"))
    #expect(lines.map(\.line) == [1, 4, 5, 6, 7, 8, 11, 14, 16, 16, 17, 19])
    #expect(try read("").isEmpty && read("# only this").isEmpty)
  }

  @Test(
    "what is no TOML, or no setting, is refused with its place",
    arguments: [
      ("[", 1, 2), ("[#]", 1, 2), ("[=a]", 1, 2), ("[.a]", 1, 2), ("[ ]\n", 1, 3), ("[]", 1, 2),
      ("[a\n]", 1, 3), ("[a]]", 1, 4), ("[[a]]", 1, 2), ("[a]\n[a]", 2, 1), ("a", 1, 2),
      ("a =", 1, 4), ("= 1", 1, 1), ("a = 1 b = 2", 1, 7), ("a = 1\na = 2", 2, 1),
      ("a = 1\na.b = 2", 2, 1), ("a.b = 1\na = 2", 2, 1), ("a = {}\n[a]", 2, 1),
      ("a = {b = 1\n}", 1, 11), ("a = {b = 1,}", 1, 12), ("a = [1 2]", 1, 8), ("a = [1,,2]", 1, 8),
      ("a = \"x", 1, 5), ("a = \"x\ny\"", 1, 7), ("a = \"\\x\"", 1, 6), ("a = \"\\ud800\"", 1, 6),
      ("a = '''x", 1, 5), ("a = lstm", 1, 5), ("a = 01", 1, 5), ("a = 1__0", 1, 5),
      ("a = .5", 1, 5),
      ("a = 1.", 1, 5), ("a = 0x", 1, 5), ("a = 99999999999999999999", 1, 5),
      ("a = 2024-01-02", 1, 5), ("a = 07:32:00", 1, 5), ("é = 1", 1, 1), ("a = 1 # \u{1}", 1, 9),
      ("a = 1\r", 1, 6), ("\"\"\"a\"\"\" = 1", 1, 1), ("a. = 1", 1, 4),
    ])
  func refused(text: String, line: Int, column: Int) {
    let error = #expect(throws: TOMLError.self, "\(text)") { try TOMLReader.settings(in: text) }
    #expect(error?.line == line && error?.column == column, "\(text): \(String(describing: error))")
  }

  @Test("neither depth nor damage makes it trap")
  func hostile() throws {
    for text in [
      "a = " + String(repeating: "[", count: 100_000),
      "a = " + String(repeating: "{a=", count: 100_000),
      "[" + String(repeating: "a.", count: 100_000) + "a]",
      String(repeating: "a.", count: 100_000) + "a = 1",
    ] {
      #expect(throws: TOMLError.self) { try TOMLReader.settings(in: text) }
    }
    let seed = Array(
      "[a.b]\nc = [1, 2.5e3, \"x\\n\"]\nd = { e = 'y', f.g = true } # z\n\"h\" = \"\"\"i\"\"\"\n"
        .utf8)
    var state: UInt64 = 7
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(bound))
    }
    let marks = Array("[]{}=.,\"'\\#\n\r -+_:0ae\u{e9}".utf8)
    var accepted = 0
    for _ in 0..<20_000 {
      var bytes = seed
      for _ in 0...next(4) {
        let place = next(bytes.count)
        switch next(3) {
        case 0: bytes[place] = marks[next(marks.count)]
        case 1: bytes.insert(marks[next(marks.count)], at: place)
        default: bytes.removeSubrange(place..<min(place + next(9), bytes.count))
        }
        if bytes.isEmpty { bytes = seed }
      }
      let text = String(decoding: bytes, as: UTF8.self)
      if (try? TOMLReader.settings(in: text)) != nil { accepted += 1 }
    }
    #expect(accepted > 100 && accepted < 19_000)
  }
}
