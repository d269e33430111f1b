import Foundation
import TagmaCorpora
import Testing

@Suite("Names of files")
struct FilePathTests {
  @Test(
    "folder, name and stem of a path",
    arguments: [
      ("h", ".", "h", "h"), ("é", ".", "é", "é"), ("a/b", "a", "b", "b"), ("/a", "/", "a", "a"),
      ("a//b.txt", "a", "b.txt", "b"), ("a/b.txt/", "a", "b.txt", "b"), ("/", "/", "/", "/"),
      ("", ".", "", ""), (".", ".", ".", "."), ("..", ".", "..", ".."),
      (".profile", ".", ".profile", ".profile"), ("a.tar.gz", ".", "a.tar.gz", "a.tar"),
      ("x.", ".", "x.", "x"), ("-", ".", "-", "-"), ("--o.txt", ".", "--o.txt", "--o"),
      (" /  ", " ", "  ", "  "), ("a\nb/c\nd.e", "a\nb", "c\nd.e", "c\nd"), ("//", "/", "/", "/"),
      ("😀.x", ".", "😀.x", "😀"), ("e\u{301}", ".", "e\u{301}", "e\u{301}"),
    ])
  func parts(path: String, folder: String, name: String, stem: String) {
    #expect(FilePath.folder(of: path) == folder)
    #expect(FilePath.name(of: path) == name)
    #expect(FilePath.stem(of: path) == stem)
  }

  @Test(
    "bytes that are not UTF-8 come back, and so does all text",
    arguments: [
      [0xff], [0x61, 0xff, 0x2e, 0x74], [0xc3], [0xc3, 0xa9], [0xe2, 0x82], [0x80, 0xbf],
      // The scalars that stand for bytes are themselves four bytes.
      [0xf4, 0x8f, 0xbe, 0x80], [0xf4, 0x8f, 0xbf, 0xbf], [0xf4, 0x8f, 0xbd, 0xbf],
      [0x61, 0xf4, 0x8f, 0xbf, 0xbf, 0xe9, 0x62], [0xf4, 0x8f, 0xbf], [0xf0, 0x9f, 0x98, 0x80], [],
    ] as [[UInt8]])
  func bytes(bytes: [UInt8]) {
    #expect(FilePath.bytes(FilePath.text(bytes)) == bytes)
  }

  @Test("every pair of bytes comes back")
  func allPairs() {
    for first in UInt8.min...UInt8.max {
      for second in UInt8.min...UInt8.max {
        let bytes = [first, second]
        #expect(FilePath.bytes(FilePath.text(bytes)) == bytes)
      }
    }
  }
}
