import Foundation
import TagmaCorpora
import TestSupport
import Testing

/// What a file is shows in its name and its first bytes; plain text of any kind is plain text.
@Suite("Kinds of files")
struct FileKindTests {
  @Test(
    "first bytes tell",
    arguments: [
      ("<!DOCTYPE html>\n<html>", .html), ("\n <HTML lang='de'>", .html),
      ("<!-- saved --><!doctype HTML PUBLIC '-//W3C//DTD'><p>", .html),
      ("<?xml version='1.0'?><!DOCTYPE html><html/>", .html), ("<body>x</body>", .html),
      ("<?xml version=\"1.0\"?>\n<!-- a -->\n<xliff version=\"1.2\">", .xliff),
      ("<xlf:xliff xmlns:xlf='u'>", .xliff), ("<tmx version='1.4'>", .tmx),
      ("<!DOCTYPE tmx SYSTEM \"tmx14.dtd\"><tmx>", .tmx), ("<dataset id='x'>", .wmt),
      ("<?xml version='1.0'?><rss>", .xml), ("<?xml", .xml), ("{\"text\": \"a\"}", .json),
      ("[\n {\"a\\\"b\" : 1}]", .json), ("# note\n\nmsgid \"\"\nmsgstr \"\"", .gettext),
      ("msgctxt \"menu\"\n", .gettext), ("1\r\n00:00:01,000 --> 00:00:02,000\r\nHi", .subtitles),
      ("WEBVTT\n", .subtitles), ("# sent_id = 1\n1\ta\ta\t_\t_\t_\t_\t_\t_\t_\n", .conllu),
      ("1-2\tao\t_\t_\t_\t_\t_\t_\t_\t_\n", .conllu), ("-DOCSTART- -X- O O\n", .columns),
      ("sentence\ttoken\tstart\tend\tform\tupos\n", .table),
      ("sentence\ttoken\tstart\tend\t\"form\"\n", .table), ("%PDF-1.7\n", .pdf),
      ("{\\rtf1\\ansi", .rtf), ("PK\u{3}\u{4}", .archive), ("\u{feff}<html>", .html),
    ] as [(String, FileKind)])
  func bytes(text: String, kind: FileKind) {
    #expect(FileKind(firstBytes: text.utf8) == kind)
  }

  @Test(
    "text is no kind",
    arguments: [
      "", "\n", "<", "<b>Hello</b> there", "<s> a </s>", "<html-like> words", "<3 this",
      "<p>Save the file.</p>", "{name} joined", "{0} of {1}", "{count, plural, one {x}}", "{\"a\"}",
      "{\"Hello\", he said.", "[Music]", "[\"Hello\", she said]", "# heading\n\ntext", "1\nfirst",
      "1. One\n2. Two", "a\tb\tc", "msgid is a word", "sentence\ttoken", "The\tDET\nend\tNOUN\n",
      "<?php echo 1;", "WEB\n",
    ])
  func text(text: String) {
    #expect(FileKind(firstBytes: text.utf8) == nil)
  }

  @Test("UTF-16 is read as what it says")
  func wide() throws {
    let text = "<?xml version=\"1.0\" encoding=\"utf-16\"?><tmx version=\"1.4\">"
    let little = text.utf16.flatMap { [UInt8($0 & 0xff), UInt8($0 >> 8)] }
    #expect(FileKind(firstBytes: [0xff, 0xfe] + little) == .tmx)
    let big = text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xff)] }
    #expect(FileKind(firstBytes: [0xfe, 0xff] + big) == .tmx)
    #expect(FileKind(firstBytes: little) == .tmx && FileKind(firstBytes: big) == .tmx)
  }

  @Test(
    "names tell",
    arguments: [
      ("a/manual.XLF", .xliff), ("m.sdlxliff.gz", .xliff), ("x.html", .html), ("de.po", .gettext),
      ("a.b.docx", .office), ("train.conllu.gz", .conllu), ("x.txt", nil), ("xlf", nil),
      ("a.xlf/letter", nil), (".html", nil), ("letter", nil), ("x.gz", nil), ("", nil),
      ("x.", nil),
    ] as [(String, FileKind?)])
  func names(name: String, kind: FileKind?) {
    #expect(FileKind(name: name) == kind)
  }

  @Test("what a file shows counts more than its name; empty and missing ones are nothing")
  func files() throws {
    let folder = TestData.temporaryFolder()
    for (name, text, kind) in [
      ("a.xml", "<tmx version='1.4'>", .tmx), ("b.txt", "<html>", .html), ("c.po", "x", .gettext),
      ("d.html", "", nil), ("e.txt", "plain", nil),
    ] as [(String, String, FileKind?)] {
      try text.write(toFile: "\(folder)/\(name)", atomically: false, encoding: .utf8)
      #expect(FileKind(of: "\(folder)/\(name)") == kind, "\(name)")
    }
    #expect(FileKind(of: "\(folder)/none.html") == nil)
    #expect(FileKind(of: folder) == nil)
  }
}
