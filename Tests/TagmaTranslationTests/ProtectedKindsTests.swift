import Foundation
import TagmaTranslation
import TestSupport
import Testing

@Suite("Kinds of what is no prose, and prose that looks like them")
struct ProtectedKindsTests {
  /// The words among the parts, as they stand in the text.
  private func words(of text: String) -> [String] { parts(of: text) { $0 == .word } }

  private func gaps(of text: String) -> [String] { parts(of: text) { $0 == .gap } }

  private func parts(of text: String, _ isWanted: (ProtectedSpan.Role) -> Bool) -> [String] {
    ProtectedTextScanner().spans(in: text).filter { isWanted($0.role) }.map {
      String(decoding: Array(text.utf8)[$0.range], as: UTF8.self)
    }
  }

  @Test(
    "quotation marks and brackets of any script bound tokens, and stand around them",
    arguments: [
      ("Open „notes.md“ now", ["„notes.md“"]),
      ("»/etc/fstab« and ›./x‹", ["»/etc/fstab«", "›./x‹"]),
      ("‚--quiet‘ or ‘-v’", ["‚--quiet‘", "‘-v’"]), ("a “:heart:”", ["“:heart:”"]),
      ("see „http://a.org/b“.", ["„http://a.org/b“"]), ("『a.png』 「b.csv」", ["『a.png』", "「b.csv」"]),
      ("„D:\\new\\a.doc“", ["„D:\\new\\a.doc“"]), ("« x.pdf » is", ["« x.pdf »"]),
      ("“foo_bar” is “good”", ["“foo_bar”"]), ("„Größe.txt“", ["„Größe.txt“"]),
      ("„Das ist gut“, sagt er", []), ("« Gut »", []), ("(“@ann”)", ["(“@ann”)"]),
      ("“:-)”", ["“:-)”"]), ("（a.txt）", ["（a.txt）"]), ("—file.c—", ["file.c"]),
    ])
  func quotes(text: String, expected: [String]) { #expect(words(of: text) == expected) }

  @Test(
    "numbers keep their signs, powers, thousands and ranges; what a translator reads is left to it",
    arguments: [
      ("It is -7 now", ["-7"]), ("(+12) or −8 or ±2", ["(+12)", "−8", "±2"]),
      ("-€9 and -$.50", ["-€9", "-$.50"]),
      ("only .25 left", [".25"]),
      ("~7, ≥8 and <=9", ["~7", "≥8", "<=9"]), ("6'1\" tall", ["6'1\""]),
      ("2.5E-7 m", ["2.5E-7 m"]), ("3e8 and 1e+5", ["3e8", "1e+5"]),
      ("6.02×10^23 or 10⁻³", ["6.02×10^23", "10⁻³"]), ("12'345.60", ["12'345.60"]),
      ("1\u{a0}234\u{202f}567 here", ["1\u{a0}234\u{202f}567"]), ("10 000 people", ["10 000"]),
      ("1.000.000 € and 1.000.000", ["1.000.000 €"]), ("-9…-4", ["-9…-4"]),
      ("pages 12–19", ["12–19"]), ("from 1914–1918", ["1914–1918"]), ("9:00–17:30", ["9:00–17:30"]),
      ("on May 5 300 people came", []), ("in 1984", []), ("CVE-2024-12345", []),
      ("3.5 or 1,000 or 3-4", []),
      ("A-5 and COVID-19", []), ("a well-known 5 - 3", []), ("5–", []),
      ("C₆H₁₂O₆ and SO₄²⁻", ["C₆H₁₂O₆", "SO₄²⁻"]), ("r² and x₁", ["r²", "x₁"]),
      ("said so¹.", ["so¹"]),
      ("as shown²", []), ("5 m² big", ["5 m²"]),
      ("9.1×10⁻³¹ kg here", ["9.1×10⁻³¹ kg"]), ("about 5 × 10³ kg", ["5 × 10³ kg"]),
      ("a 5 × 10 field", []), ("only 99,- now", ["99,-"]), ("CHF 1'250.– paid", ["CHF 1'250.–"]),
      ("5,-€ each", ["5,-€"]), ("at 48°51′24″N 2°21′03″E in", ["48°51′24″N 2°21′03″E"]),
      ("5′11″ tall", ["5′11″"]), ("C++17 and C++", ["C++17", "C++"]),
      ("make -j 4 or -p 8080 now", ["-j 4", "-p 8080"]),
      ("a friend/teacher/neighbour or red/green/blue", []),
      ("in src/lexer/tokens", ["src/lexer/tokens"]),
    ])
  func numbers(text: String, expected: [String]) { #expect(words(of: text) == expected) }

  @Test(
    "addresses of networks, times and numbers of things are whole",
    arguments: [
      ("192.168.0.1:443 and 172.16.0.0/12", ["192.168.0.1:443", "172.16.0.0/12"]),
      ("localhost:3000/x and db:5432", ["localhost:3000/x", "db:5432"]),
      (
        "::1 or [::1]:80 or 2001:db8::8a2e:370:7334",
        ["::1", "[::1]:80", "2001:db8::8a2e:370:7334"]
      ),
      ("fe80::1%eth0", ["fe80::1%eth0"]), ("::ffff:1.2.3.4", ["::ffff:1.2.3.4"]),
      ("ff:ee:dd:0c:0b:0a", ["ff:ee:dd:0c:0b:0a"]),
      ("01-23-45-67-89-AB", ["01-23-45-67-89-AB"]),
      ("550e8400-e29b-41d4-a716-446655440000", ["550e8400-e29b-41d4-a716-446655440000"]),
      ("2023-12-31T23:59:59.999+01:00 ends", ["2023-12-31T23:59:59.999+01:00"]),
      ("20231231T235959Z", ["20231231T235959Z"]), ("12:30Z", ["12:30Z"]),
      ("2024-W07-3", ["2024-W07-3"]),
      ("ISBN 0-306-40615-2, ISSN 2049-3630", ["ISBN 0-306-40615-2", "ISSN 2049-3630"]),
      ("978-0-306-40615-7", ["978-0-306-40615-7"]), ("0-8044-2957-X", ["0-8044-2957-X"]),
      ("GB29 NWBK 6016 1331 9268 19 is", ["GB29 NWBK 6016 1331 9268 19"]),
      ("3b18e512dba79e4c8300dd08aeb37f8e", ["3b18e512dba79e4c8300dd08aeb37f8e"]),
      ("main.rs:42:7 and a.py:3", ["main.rs:42:7", "a.py:3"]),
      ("doi 10.1000/xyz123", ["10.1000/xyz123"]),
      ("at 10:45 on Monday", []), ("John 3:16", []), ("the score: 3", []), ("a bad deed", []),
      ("Note: 10", []), ("facade decade", []),
    ])
  func identifiers(text: String, expected: [String]) { #expect(words(of: text) == expected) }

  @Test(
    "paths are told from words with slashes, options from dashes",
    arguments: [
      ("$HOME/.config and ${X}/y", ["$HOME/.config", "${X}/y"]),
      ("%APPDATA%\\App\\a", ["%APPDATA%\\App\\a"]),
      ("usr/local/lib", ["usr/local/lib"]), ("in build/ or docs/img/.", ["build/", "docs/img/"]),
      ("~/.bashrc and ../a/b", ["~/.bashrc", "../a/b"]), ("my_dir/sub", ["my_dir/sub"]),
      ("C:\\Program Files\\App\\a.exe runs", ["C:\\Program Files\\App\\a.exe"]),
      ("docs/a.md#top", ["docs/a.md#top"]), ("he/she/it goes", []), ("and/or", []),
      ("er/sie/es", []),
      ("Monday/Tuesday/Sunday", []), ("1/2 and 24/7", []), ("km/h", []), ("Frau/Herr Mai", []),
      ("-Dkey=value and -j8", ["-Dkey=value", "-j8"]),
      ("-rf or --no-color", ["-rf", "--no-color"]),
      ("--out=\"a b\" x", ["--out=\"a b\""]), ("-Was ist das?", []), ("-I see.", []),
      ("Haus- und -wirtschaft", []), ("- a list", []),
      ("**a.txt** and _b.txt_", ["**a.txt**", "_b.txt_"]),
    ])
  func paths(text: String, expected: [String]) { #expect(words(of: text) == expected) }

  @Test(
    "calls are told from words with two endings, names with points from ends of sentences",
    arguments: [
      ("use sqrt(16) now", ["sqrt(16)"]), ("list.append(item) is", ["list.append(item)"]),
      ("echo(\"hi there\")", ["echo(\"hi there\")"]),
      ("int(argc) f(x) O(n log n)", ["int(argc) f(x) O(n log n)"]),
      ("max(a, b) + min(1, 2)", ["max(a, b) + min(1, 2)"]),
      ("a.map(f).filter(g)[0] is", ["a.map(f).filter(g)[0]"]),
      ("new Point(1, 2)", ["Point(1, 2)"]), ("g(h(x)) end", ["g(h(x))"]),
      ("a[i] and d[\"k\"]", ["a[i]", "d[\"k\"]"]), ("LANG=de_DE.UTF-8 is", ["LANG=de_DE.UTF-8"]),
      ("the house[1] is", []),
      ("os.path and Math.floor", ["os.path", "Math.floor"]),
      ("a.b.Cat in java.io.File", ["a.b.Cat", "java.io.File"]), ("I am here.you are", []),
      ("systemd.exec-unit(5)", ["systemd.exec-unit(5)"]),
      ("book(s), Kind(er), Freund(in), Lehrer(innen)", []), ("a(n) apple", []), ("child(ren)", []),
      ("Berlin(Germany)", []), ("word(a remark here)", []), ("the end.Next day", []),
      ("e.g. i.e. z.B. d.h.", []),
      ("state-of-the-art, mother-in-law", []), ("him(self)", []), ("Student(inn)en", []),
    ])
  func calls(text: String, expected: [String]) { #expect(words(of: text) == expected) }

  @Test(
    "placeholders of more systems are whole",
    arguments: [
      ("5%% of %I32u", ["5%%", "%I32u"]), ("%PRId64!", ["%PRId64"]),
      ("Hi \\(user.name)!", ["\\(user.name)"]),
      ("$$x$$ and @y@", ["$$x$$", "@y@"]), ("$(ls -l) $((2*3)) is", ["$(ls -l) $((2*3))"]),
      ("$@ or $# or $?", ["$@", "$#"]), ("go to :i now", [":i"]),
      ("$t(menu.file) is", ["$t(menu.file)"]),
      ("[% user.name %]!", ["[% user.name %]"]), ("<%= a.b %>!", ["<%= a.b %>"]),
      ("{@html body} and {>part}", ["{@html body}", "{>part}"]),
      ("{ $n -> [one] A *[other] B } here", ["{ $n -> [one] A *[other] B }"]),
      ("{ NUMBER($n, style: \"x\") }", ["{ NUMBER($n, style: \"x\") }"]), ("a &x; b", ["&x;"]),
      ("R&D; then", ["R&D"]), ("%%a%% or *|B|* or <<c>>", ["%%a%%", "*|B|*", "<<c>>"]),
      ("$.get() is", ["$.get()"]), ("How many $?", []), ("it costs 5 $!", ["5 $"]),
      ("{n, plural,", ["{n, plural,"]), ("{ $n ->", ["{ $n ->"]), ("I {really} do", ["{really}"]),
    ])
  func placeholders(text: String, expected: [String]) { #expect(words(of: text) == expected) }

  @Test(
    "what stands before the text of subtitles and of Markdown parts it from it",
    arguments: [
      ("00:01:02.000 --> 00:01:05.000 line:0", ["00:01:02.000 --> 00:01:05.000 line:0"]),
      ("01:02,5 --> 01:05,5 X1:1", ["01:02,5 --> 01:05,5 X1:1"]),
      ("WEBVTT - Film", ["WEBVTT - Film"]),
      ("NOTE", ["NOTE"]), ("STYLE", ["STYLE"]),
      ("::cue(b) { color: red }", ["::cue(b) { color: red }"]),
      ("{10}{75}Come in!", ["{10}{75}"]), ("[10][75]Come in!", ["[10][75]"]),
      (
        "Dialogue: 0,0:00:01.0,0:00:02.0,D,,0,0,0,,A, b",
        ["Dialogue: 0,0:00:01.0,0:00:02.0,D,,0,0,0,,"]
      ),
      ("Format: A, B, C, D, E, F", ["Format: A, B, C, D, E, F"]), ("One\\NTwo", ["\\N"]),
      ("```swift", ["```swift"]), ("~~~", ["~~~"]), ("[^2]: A note", ["[^2]:"]),
      ("[x]: https://a.org 'T'", ["[x]: https://a.org 'T'"]),
      ("```\na b\n```\nText", ["```\na b\n```"]),
      ("{1}{9}{y:i}Hi", ["{1}{9}{y:i}"]), ("[Tom laughs] Yes.", ["[", "]"]),
      ("{% else %}", ["{% else %}"]), ("NOTE that this is so", []), ("I say: WEBVTT", []),
      ("Style: plain, simple", [":"]),
      ("[Anna]: Komm!", []), ("a ```b``` c", []),
    ])
  func lines(text: String, expected: [String]) { #expect(gaps(of: text) == expected) }

  @Test("names in brackets are words, remarks are translated")
  func brackets() {
    #expect(words(of: "Press [Ctrl]+[C], [user_id]") == ["[Ctrl]+[C]", "[user_id]"])
    #expect(words(of: "[laughs]") == [] && words(of: "[The door opens.]") == [])
    #expect(words(of: "and [the] man, [a link](https://a.org)") == [])
  }

  @Test(
    "a term that is a piece of something gives way; what hyphens join to a term stays",
    arguments: [
      ("Open door.txt", "", "door.txt"), ("door@a.org", "", "door@a.org"),
      ("door.com", "", "door.com"),
      ("/home/door/x", "", "/home/door/x"), ("door_id", "", "door_id"), ("door(1)", "", "door(1)"),
      ("x-door-y", "x-T-y", ""), ("door-handle", "T-handle", ""), ("door/x", "T/x", ""),
      ("„door“", "„T“", ""), ("C++ and", "U", ""), ("{door}", "", "{door}"),
      ("door-cat", "T-V", ""),
      ("the door.", "T", ""),
    ])
  func terms(text: String, value: String, word: String) {
    let terms = Terminology([("door", "T"), ("C++", "U"), ("cat", "V")])
    let spans = ProtectedTextScanner(terms: terms).spans(in: text)
    let values = spans.compactMap(\.value).map { String(decoding: $0, as: UTF8.self) }
    #expect(values == (value.isEmpty ? [] : [value]))
    let plain = spans.filter { $0.value == nil }.map {
      String(decoding: Array(text.utf8)[$0.range], as: UTF8.self)
    }
    #expect(plain == (word.isEmpty ? [] : [word]))
  }

  @Test("long texts of what begins something take no longer than others")
  func linear() {
    for text in [
      "a(", "f(x", "$(", "$?", " $? ", "::", "1:", "a:b:", "1-", "1–", "1 000 ", "CO₂", "₂", "a.b(",
      "«", "« a.txt ",
      "```\n", "~~~\n", "[^", "[a]: ", "{#a", "{ $a -> ", "\\(", "-a", "--a=", "/a", "a/b/", "-->",
      "00:00 --> ",
      "Dialogue: ,", "@a@", "$$a", "DE89 ", "%a%/", "„", "NOTE", " \n",
    ] {
      let long = String(repeating: text, count: 10_000)
      let spans = ProtectedTextScanner().spans(in: long)
      #expect(
        zip(spans, spans.dropFirst()).allSatisfy { $0.range.upperBound <= $1.range.lowerBound })
    }
  }
}

@Suite("Blocks of lines that are no prose")
struct TextBlocksTests {
  @Test(
    "code, plurals, styles and heads are kept to their ends, and nothing else is",
    arguments: [
      ["+```c", "+int x;", "+```", "-Text"], ["+~~~", "+```", "+~~~", "-a ~~~ b"],
      ["-{n, plural,", "+  one {# file}", "+  other {# files}", "+}", "-The end."],
      ["-Hi {n, plural, one {# file}", "+ other {# files}}", "-The end."],
      ["+key = { $n ->", "+  [one] One", "+ *[other] { $n } files", "+}", "-Text"],
      ["+WEBVTT", "+Kind: captions", "+", "+NOTE a remark", "+more of it", "+", "-Hello"],
      ["+STYLE", "+::cue {", "+ color: red;", "+}", "+", "-Hello"],
      ["+[Script Info]", "+Title: X", "+", "+[Events]", "-Dialogue: 0"],
      ["-NOTE a remark", "-more"],
      ["-{name}, come in", "-{n, plural, one {a} other {b}}", "-Text"],
      ["-a { b", "-c"], ["-```a``` b", "-c"],
    ])
  func blocks(lines: [String]) {
    var blocks = TextBlocks()
    let found = lines.map { (blocks.keeps(String($0.dropFirst())) ? "+" : "-") + $0.dropFirst() }
    #expect(found == lines)
  }

  @Test("a block without an end is none after a while")
  func endless() {
    var blocks = TextBlocks()
    let kept = (0..<3000).map { blocks.keeps($0 == 0 ? "```" : "x") }
    #expect(kept[500] && !kept[2000])
  }
}

@Suite("Whole translations of what is no prose")
struct ProtectedTranslationTests {
  private static let translators = ["en-de", "de-en"].map { name in
    Result {
      try Translator(contentsOf: TestData.root.appendingPathComponent("models/\(name)").path)
    }
  }

  @Test(
    "it comes out as it went in, and the words around it are translated",
    arguments: [
      ("Open „notes.md“ now.", "„notes.md“"), ("It is -7 degrees.", "-7"),
      ("The book is 3–4 years old.", "3–4"),
      ("H₂SO₄ is dangerous.", "H₂SO₄"), ("My server is 10.1.2.3:8080 today.", "10.1.2.3:8080"),
      ("Open $HOME/docs/a now.", "$HOME/docs/a"), ("Call sqrt(2) now.", "sqrt(2)"),
      ("{#if open}The door is open.{/if}", "{#if open}"), ("{1}{40}I love you.", "{1}{40}"),
      (
        "Dialogue: 0,0:00:01.0,0:00:02.0,D,,0,0,0,,I love you.",
        "Dialogue: 0,0:00:01.0,0:00:02.0,D,,0,0,0,,"
      ),
      ("[^1]: The door is open.", "[^1]:"), ("I like **milk** and *bread*.", "**Milch**"),
      ("Press [Enter] now.", "[Enter]"), ("{{#if a}}The door is open.{{/if}}", "{{#if a}}"),
      ("{% if a %}The door is open.{% endif %}", "{% endif %}"),
      ("[% IF a %]The door is open.[% END %]", "[% END %]"),
      ("We met at 2024-01-02T03:04:05Z in Boston.", "2024-01-02T03:04:05Z"),
    ])
  func translations(source: String, kept: String) throws {
    let found = try Self.translators[0].get().translate(source)
    #expect(found.contains(kept) && found != source, "\(found)")
  }

  @Test(
    "so it does the other way",
    arguments: [
      ("Öffne »größe.txt« jetzt.", "»größe.txt«"), ("Heute sind es -12 Grad.", "-12"),
      ("Siehe „https://example.org/a“ jetzt.", "„https://example.org/a“"),
      ("Rufe print(\"hallo\") auf.", "print(\"hallo\")"), ("CO₂ ist gefährlich.", "CO₂"),
    ])
  func backwards(source: String, kept: String) throws {
    let found = try Self.translators[1].get().translate(source)
    #expect(found.contains(kept) && found != source, "\(found)")
  }

  @Test("emphasis stays balanced, whatever becomes of its words")
  func emphasis() throws {
    for (source, marks) in [
      ("**Very good**, said *he*.", ["**": 2]), ("I like ~~tea~~ and *milk*.", ["~~": 2, "*": 2]),
      ("***Open*** the __door__.", ["***": 2, "__": 2]), ("**Note:** Open the door.", ["**": 2]),
    ] {
      let found = try Self.translators[0].get().translate(source)
      for (mark, count) in marks {
        #expect(found.components(separatedBy: mark).count - 1 >= count, "\(found)")
      }
      #expect(found.count { $0 == "*" } == source.count { $0 == "*" }, "\(found)")
    }
  }

  @Test("lines that are kept come out as they are, with their words aligned")
  func kept() throws {
    let found = try Self.translators[0].get().translate(
      ["  one {# file}", "The door is open."], kept: [true, false])
    #expect(found[0][0].text == "  one {# file}" && found[0][0].alignment.count == 3)
    #expect(found[1][0].text.contains("Tür"))
  }
}
