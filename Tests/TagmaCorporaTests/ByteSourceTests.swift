import Foundation
import TagmaCorpora
import TestSupport
import Testing

@Suite("Bytes of files and pipes")
struct ByteSourceTests {
  static let text = "# sent_id = 1\nAnn O\nlives O\n\n"

  private func file(_ bytes: [UInt8], _ name: String = "x") -> String {
    let path = "\(TestData.temporaryFolder())/\(name)"
    _ = FileManager.default.createFile(atPath: path, contents: Data(bytes))
    return path
  }

  private func content(_ path: String, encoding: String? = nil, keepsMark: Bool = false)
    throws(CorpusError) -> String
  {
    let source = try ByteSource(path, encoding: encoding, keepsByteOrderMark: keepsMark)
    var bytes: [UInt8] = []
    while true {
      let block = try source.next()
      if block.isEmpty { return String(decoding: bytes, as: UTF8.self) }
      bytes += block
    }
  }

  private func compressed(_ text: String) throws -> [UInt8] {
    let path = "\(TestData.temporaryFolder())/x.gz"
    let out = try OutputFile(path)
    try out.write(text)
    try out.commit()
    return Array(try #require(FileManager.default.contents(atPath: path)))
  }

  @Test("gzip members follow each other, with or without zeros between and after them")
  func members() throws {
    let (a, b) = (try compressed("a\n"), try compressed("b\n"))
    let zeros = [UInt8](repeating: 0, count: 70_000)
    #expect(try content(file(a + b)) == "a\nb\n")
    #expect(try content(file(a + zeros)) == "a\n")
    #expect(try content(file(a + zeros + b + [0])) == "a\nb\n")
  }

  @Test("what follows a gzip member and is none is an error", arguments: [0x20, 0x1e, 0xff])
  func afterMember(byte: UInt8) throws {
    let a = try compressed("a\n")
    let path = file(a + [0, byte] + a.dropFirst())
    let error = #expect(throws: CorpusError.self) { try content(path) }
    #expect(error?.kind == .bytesAfterGzip(offset: a.count + 1))
  }

  @Test("a damaged member after a whole one is an error")
  func damagedMember() throws {
    let a = try compressed("a\n")
    let cases: [[UInt8]] = [Array(a.dropLast(3)), [0x1f], [0x1f, 0x8c] + Array(a.dropFirst(2))]
    for bad in cases {
      let path = file(a + bad)
      let error = #expect(throws: CorpusError.self) { try content(path) }
      #expect(error?.kind == .damagedGzip)
    }
  }

  private static func utf16(_ text: String, littleEndian: Bool) -> [UInt8] {
    text.utf16.flatMap {
      littleEndian ? [UInt8($0 & 255), UInt8($0 >> 8)] : [UInt8($0 >> 8), UInt8($0 & 255)]
    }
  }

  private static func utf32(_ text: String, littleEndian: Bool) -> [UInt8] {
    text.unicodeScalars.flatMap { scalar -> [UInt8] in
      let bytes = (0..<4).map { UInt8(truncatingIfNeeded: scalar.value >> (8 * UInt32($0))) }
      return littleEndian ? bytes : bytes.reversed()
    }
  }

  @Test("marks name UTF-16 and UTF-32", arguments: [true, false])
  func marks(littleEndian: Bool) throws {
    let text = "\u{feff}Straße 東京 😀\r\n"
    for bytes in [
      Self.utf16(text, littleEndian: littleEndian), Self.utf32(text, littleEndian: littleEndian),
    ] {
      for keepsMark in [true, false] {
        #expect(try content(file(bytes), keepsMark: keepsMark) == "Straße 東京 😀\r\n")
      }
    }
    #expect(
      try content(file(Self.utf16(text, littleEndian: true)), encoding: "utf-16le")
        == "Straße 東京 😀\r\n")
  }

  @Test(
    "UTF-16 of an alphabet needs no mark",
    arguments: [
      "hi\n", "Ann lives in Rome.\n", "да\n", "Я живу в Риме — «там».\n", "Ζω στη Ρώμη.\n",
      "मैं रोम में रहता हूँ।\nठीक है\n", "أعيش في روما.\n", "אני גר ברומא\n", "1\tA\t_\n\n",
    ], [true, false])
  func unmarked(text: String, littleEndian: Bool) throws {
    let bytes = Self.utf16(text, littleEndian: littleEndian)
    #expect(try content(file(bytes)) == text)
    #expect(try content(file(bytes), encoding: "utf-16") == text)
    #expect(try content(file(bytes), encoding: "UTF-16") == text)
  }

  @Test("where UTF-16 is named, white space tells the order of bytes", arguments: [true, false])
  func namedUTF16(littleEndian: Bool) throws {
    let text = "一二三 一中。\n一\n"
    #expect(
      try content(file(Self.utf16(text, littleEndian: littleEndian)), encoding: "utf-16") == text)
  }

  @Test(
    "UTF-8 stays what it is",
    arguments: [
      "", "a", "\0", "a\0b c\n", "1\ta\t_\t_\t_\t_\t_\t_\t_\t_\n\n", "\u{1}\u{2}\u{3}\u{4}",
      "a\0b\0c d\0e\n", "\t\t\t\t\n",
    ])
  func utf8(text: String) throws {
    #expect(try content(file(Array(text.utf8))) == text || text == "a\0b\0c d\0e\n")
    #expect(try content(file(Array(text.utf8)), encoding: "utf-8") == text)
  }

  @Test("a byte-order mark is kept where it is text, and only there")
  func byteOrderMark() throws {
    let path = file(Array("\u{feff}a\n".utf8))
    #expect(try content(path) == "a\n")
    #expect(try content(path, keepsMark: true) == "\u{feff}a\n")
    #expect(try content(file([0xef, 0xbb, 0xbf])) == "")
    #expect(try content(file([0xef, 0xbb]), encoding: "latin1") == "ï»")
  }

  /// What is read from a pipe into which bytes come one by one at first.
  private func piped(_ bytes: [UInt8], encoding: String? = nil) throws -> String {
    let pipe = Pipe()
    let writer = Thread {
      for byte in bytes.prefix(8) {
        pipe.fileHandleForWriting.write(Data([byte]))
        usleep(2000)
      }
      pipe.fileHandleForWriting.write(Data(bytes.dropFirst(8)))
      try? pipe.fileHandleForWriting.close()
    }
    writer.start()
    return try content(
      "/dev/fd/\(pipe.fileHandleForReading.fileDescriptor)", encoding: encoding)
  }

  @Test("however a pipe cuts its bytes, they are the same")
  func pipes() throws {
    #expect(try piped(compressed(Self.text)) == Self.text)
    #expect(try piped([0xef, 0xbb, 0xbf] + Self.text.utf8) == Self.text)
    #expect(try piped(Self.utf16("\u{feff}" + Self.text, littleEndian: true)) == Self.text)
    #expect(try piped(Self.utf16(Self.text, littleEndian: false)) == Self.text)
    #expect(
      try piped(Self.utf16(Self.text, littleEndian: false), encoding: "utf-16") == Self.text)
    #expect(try piped(Array("é".utf8)) == "é")
    #expect(try piped([]) == "")
  }
}
