import TagmaTranslation
import Testing

@Suite("What is no prose")
struct ProtectedTextTests {
  /// The parts of a role, as they stand in the text.
  private func parts(
    of text: String, _ role: ProtectedSpan.Role = .word, _ scanner: ProtectedTextScanner = .init()
  ) -> [String] {
    scanner.spans(in: text).filter { $0.role == role }.map {
      String(decoding: Array(text.utf8)[$0.range], as: UTF8.self)
    }
  }

  @Test(
    "placeholders of programs are found, ordinary words beside them are not",
    arguments: [
      ("You have %d of %s.", ["%d", "%s"]), ("%1$s, %2$d", ["%1$s", "%2$d"]),
      ("Hi %(name)s and %@!", ["%(name)s", "%@"]), ("%-5.2f %ld %lld", ["%-5.2f %ld %lld"]),
      ("%ds left, %d%% done", ["%d", "%d%%"]), ("50% sure, 100%absolutely", ["50%"]),
      ("%name% and %{count}", ["%name%", "%{count}"]), ("Qt %1 of %L2", ["%1", "%L2"]),
      ("{0} and {name} and {}", ["{0}", "{name}", "{}"]), ("{{ x.y | up }}!", ["{{ x.y | up }}"]),
      ("{user.name!r:>10}", ["{user.name!r:>10}"]), ("{% if x %}", ["{% if x %}"]),
      (
        "{n, plural, one {# file} other {# files}} left",
        ["{n, plural, one {# file} other {# files}}"]
      ),
      ("{g, select, male {He} other {They}} came", ["{g, select, male {He} other {They}}"]),
      ("${x} $HOME $user.name $5", ["${x} $HOME $user.name $5"]),
      ("a {remark in braces} here", []), ("#{x} @{y}", ["#{x} @{y}"]),
      ("go to :id and :smile: now", [":id", ":smile:"]), ("time: now", []),
      ("__count__ and ###T01### of ##X##", ["__count__", "###T01###", "##X##"]),
      ("[[name]] [%x%]", ["[[name]] [%x%]"]), ("{count} {unit}", ["{count} {unit}"]),
      ("(%s) \"{x}\" files", ["(%s)", "\"{x}\""]),
    ])
  func placeholders(text: String, expected: [String]) {
    #expect(parts(of: text) == expected)
  }

  @Test(
    "words of programs are found, sentences without a blank between them are not",
    arguments: [
      ("call foo_bar() or main() now", ["foo_bar()", "main()"]), ("file(s) and max(a)", []),
      ("obj.doIt(x, y) fails", ["obj.doIt(x, y)"]), ("std::sort is fast", ["std::sort"]),
      ("open config.yaml, then a.tar.gz.", ["config.yaml", "a.tar.gz"]),
      ("see main.swift. Then go", ["main.swift"]), ("the end.Next day", []), ("e.g. this", []),
      ("in /etc/hosts or ~/x or C:\\new\\t.txt", ["/etc/hosts", "~/x", "C:\\new\\t.txt"]),
      ("src/main.c and/or he/she", ["src/main.c"]), ("*.py files", ["*.py"]),
      ("version 1.2.3, v2.0-rc.1", ["1.2.3", "v2.0-rc.1"]), ("it is 3.5 here", []),
      ("use --force or -x", ["--force", "-x"]), ("well-known", []),
      ("userName and MAX_SIZE", ["userName", "MAX_SIZE"]),
      ("Press Ctrl+Shift+P.", ["Ctrl+Shift+P"]),
      ("C++, C# and .NET", ["C++", "C#", ".NET"]), ("the code `a b` is", ["`a b`"]),
      ("chapter XIV and I", ["XIV"]), ("com.example.app", ["com.example.app"]),
      (".gitignore", [".gitignore"]),
    ])
  func code(text: String, expected: [String]) {
    #expect(parts(of: text) == expected)
  }

  @Test(
    "amounts, telephone numbers and runs of numbers are found whole",
    arguments: [
      ("$5.50 or 10 € or EUR 3", ["$5.50", "10 €", "EUR 3"]), ("US$ 5 million", ["US$ 5"]),
      ("5 kg, 10 km/h, 37 °C, 20 %", ["5 kg", "10 km/h", "37 °C", "20 %"]), ("5 cats", []),
      ("10 000 m away", ["10 000 m"]), ("10&nbsp;km", ["10&nbsp;km"]),
      ("+49 30 123456", ["+49 30 123456"]), ("(030) 123-4567!", ["(030) 123-4567"]),
      ("555-0199", ["555-0199"]), ("in 1984 or 1985", []), ("the 3rd of May", []),
      ("3, 7, 12 and 15", ["3, 7, 12"]), ("17 99 1.5 2.5 are", ["17 99 1.5 2.5"]),
      ("a 3D view in 4K", ["3D", "4K"]),
    ])
  func amounts(text: String, expected: [String]) {
    #expect(parts(of: text) == expected)
  }

  @Test(
    "addresses, mentions, hashtags and faces are found without the marks behind them",
    arguments: [
      ("see https://a.org/x?y=1, please", ["https://a.org/x?y=1"]),
      ("(www.a.org/b_(c)).", ["(www.a.org/b_(c))"]), ("a.b@example.org!", ["a.b@example.org"]),
      ("<https://a.org>", ["<https://a.org>"]), ("example.com is", ["example.com"]),
      ("@ann and #größe", ["@ann", "#größe"]), ("Hi :-) and <3!", [":-)", "<3"]),
      ("A & B", ["&"]), ("We saw R&D there", ["R&D"]), ("in \"/home/user\".", ["\"/home/user\""]),
    ])
  func addresses(text: String, expected: [String]) {
    #expect(parts(of: text) == expected)
  }

  @Test(
    "tags and marks of Markdown enclose words or part texts",
    arguments: [
      ("<b>bold</b> and <i>i</i>", ["<b>", "<i>"], ["</b>", "</i>"], []),
      ("**a b** and _c d_", ["**", "_"], ["**", "_"], []),
      ("[text](https://a.org)", ["["], ["](https://a.org)"], []),
      ("<p>One.</p><br/>Two", [], [], ["<p>", "</p>", "<br/>"]),
      ("# Title", [], [], ["#"]), ("> quoted", [], [], [">"]), ("- [ ] task", [], [], ["- [ ]"]),
      ("a\\nb", [], [], ["\\n"]), ("one | two", [], [], ["|"]),
      ("a < b > c, 2 * 3", [], [], []), ("&quot;x&quot;", ["&quot;"], ["&quot;"], []),
      ("[b]x[/b]", ["[b]"], ["[/b]"], []), ("Jack: Good night", [], [], [":"]),
      ("he said: Good night", [], [], []), ("milk; bread", [], [], [";"]),
      ("[00:01:23] Hi", [], [], ["[00:01:23]"]),
    ])
  func marks(text: String, opening: [String], closing: [String], gaps: [String]) {
    let spans = ProtectedTextScanner().spans(in: text)
    func part(_ span: ProtectedSpan) -> String {
      String(decoding: Array(text.utf8)[span.range], as: UTF8.self)
    }
    var found: (opening: [String], closing: [String], gaps: [String]) = ([], [], [])
    for span in spans {
      switch span.role {
      case .opening: found.opening.append(part(span))
      case .closing: found.closing.append(part(span))
      case .gap: found.gaps.append(part(span))
      default: break
      }
    }
    #expect(found.opening == opening && found.closing == closing && found.gaps == gaps, "\(found)")
  }

  @Test("what stands between marks is one word without them, unless they are to stay")
  func marked() {
    let text = "a ｟b c｠ d｟｠ ｟"
    let spans = ProtectedTextScanner().spans(in: text)
    #expect(spans.map { $0.value } == [Array("b c".utf8), []])
    var protection = Protection()
    protection.keepsMarks = true
    let scanner = ProtectedTextScanner(protection: protection)
    #expect(parts(of: text, .word, scanner) == ["｟b c｠", "｟｠"])
  }

  @Test("patterns of one's own come before all else; what is no pattern is refused")
  func patterns() throws {
    let protection = try Protection(patterns: ["ACME-[0-9]+", "the big \\w+"])
    let scanner = ProtectedTextScanner(protection: protection)
    #expect(parts(of: "ACME-17, the big house.", .word, scanner) == ["ACME-17", "the big house"])
    #expect(throws: Protection.PatternError.self) { try Protection(patterns: ["("]) }
  }

  @Test(
    "terms are whole words with their own marks",
    arguments: [
      ("I like C++.", "C++"), ("Vitamin C", ""), ("a CD", ""),
      ("(bracket(s)) here", "(bracket(s))"),
      ("brackets", ""), ("AT&T is", "AT&T"), ("Cheating, huh?", "huh?"), ("huh", ""),
      ("cloud-based", "cloud-based"), ("\"cloud\"", "\"cloud\""),
      ("New\u{a0}York", "New\u{a0}York"),
      ("New. York", ""), ("NEW YORK!", "NEW YORK"), (".NET", ".NET"), ("net", ""), ("ASP.NET", ""),
    ])
  func terms(text: String, expected: String) {
    let terms = Terminology(
      ["C++", "bracket(s)", "AT&T", "huh?", "cloud", "New York", ".NET", "c#"].map { ($0, "T") })
    let spans = ProtectedTextScanner(terms: terms).spans(in: text).filter {
      $0.value?.contains(UInt8(ascii: "T")) == true
    }
    let found = spans.map { String(decoding: Array(text.utf8)[$0.range], as: UTF8.self) }
    #expect(found == (expected.isEmpty ? [] : [expected]))
  }

  @Test("long texts of what begins something take no longer than others")
  func linear() {
    let terms = Terminology([("x y", "z")])
    for text in [
      "{", "{{", "<", "<a ", "&", "&lt;", "%", "$", "[", "[a](", "`", "``a", "*", "*a ", "_", "\\",
      "｟", "a.b.", "a/", "-", "1 ", "1, ", "+1 ", "(", "@", "#", "x ", "x y ", ":", "a: B",
      "http://",
      "I", "__", "é", "{a, plural, ", "<!--", "<code>",
    ] {
      let long = String(repeating: text, count: 10_000)
      let spans = ProtectedTextScanner(terms: terms).spans(in: long)
      #expect(
        zip(spans, spans.dropFirst()).allSatisfy { $0.range.upperBound <= $1.range.lowerBound })
    }
  }
}
