/// How a lemma is made of a form: what happens to the form's beginning, to its end, and to its case.
///
/// Few scripts serve most words of a language, so that a lemma can be chosen like a label (Chrupała 2006; Straka, Straková
/// & Hajič 2019). Written as `case;beginning|end`, for *Houses* → *house* as `↓0;|-`:
///
/// - `↑3` and `↓3`: from the third character on capitals, or none; `↑-2` counts from the end.
/// - In a beginning or an end, one sign for each character: `=` keeps it, `-` takes it away, `+x` adds `x`.
/// - `case;!lemma` where form and lemma have nothing in common.
public struct LemmaScript: Sendable, Hashable {
  /// The script as a label.
  public let text: String

  /// The script that makes a lemma of a form.
  public init(form: String, lemma: String) {
    let (from, to) = (Array(form.unicodeScalars), Array(lemma.unicodeScalars))
    let (lowForm, lowLemma) = (from.map(Self.lowered), to.map(Self.lowered))
    var text = Self.casing(of: to) + ";"
    if let shared = Self.longestShared(lowForm, lowLemma) {
      text += Self.edits(lowForm[..<shared.from], lowLemma[..<shared.to])
      text += "|"
      text += Self.edits(
        lowForm[(shared.from + shared.count)...], lowLemma[(shared.to + shared.count)...])
    } else {
      text += "!" + String(String.UnicodeScalarView(lowLemma))
    }
    self.text = text
  }

  /// A script that was written before.
  public init(text: String) {
    self.text = text
  }

  /// The lemma of a form; nil where the form is too short for the script, or the script is none.
  public func lemma(of form: String) -> String? {
    let scalars = text.unicodeScalars
    guard let end = scalars.firstIndex(of: ";") else { return nil }
    var lemma: [Unicode.Scalar]
    let body = scalars[scalars.index(after: end)...]
    if body.first == "!" {
      lemma = Array(body.dropFirst())
    } else {
      guard let made = Self.applying(Array(body), to: form.unicodeScalars.map(Self.lowered)) else {
        return nil
      }
      lemma = made
    }
    guard Self.applyCasing(scalars[..<end], to: &lemma), !lemma.isEmpty else { return nil }
    return String(String.UnicodeScalarView(lemma))
  }
}

// MARK: - Case

extension LemmaScript {
  /// Where capitals begin and end; places in the second half count from the end.
  private static func casing(of lemma: [Unicode.Scalar]) -> String {
    var text = ""
    var last: Bool?
    for (i, scalar) in lemma.enumerated() {
      let isCapital = lowered(scalar) != scalar
      if isCapital != last {
        text += "\(isCapital ? "↑" : "↓")\(i <= lemma.count / 2 ? i : i - lemma.count)"
      }
      last = isCapital
    }
    return text
  }

  private static func applyCasing(
    _ casing: Substring.UnicodeScalarView, to lemma: inout [Unicode.Scalar]
  ) -> Bool {
    var rest = casing
    while let sign = rest.popFirst() {
      let digits = rest.prefix { $0 == "-" || ("0"..."9").contains($0) }
      guard sign == "↑" || sign == "↓", let place = Int(String(digits)) else { return false }
      rest = rest[digits.endIndex...]
      let start = min(max(place < 0 ? lemma.count + place : place, 0), lemma.count)
      for i in start..<lemma.count {
        lemma[i] = sign == "↑" ? capital(lemma[i]) : lowered(lemma[i])
      }
    }
    return true
  }

  /// The small letter of a capital; itself where that is several characters.
  private static func lowered(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    if scalar.value < 0x80 {
      return (0x41...0x5a).contains(scalar.value)
        ? Unicode.Scalar(UInt8(scalar.value) + 0x20) : scalar
    }
    let mapped = scalar.properties.lowercaseMapping.unicodeScalars
    return mapped.count == 1 ? mapped.first ?? scalar : scalar
  }

  private static func capital(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    let mapped = scalar.properties.uppercaseMapping.unicodeScalars
    return mapped.count == 1 ? mapped.first ?? scalar : scalar
  }
}

// MARK: - Beginning and end

extension LemmaScript {
  /// The longest run of characters that both have; of equally long ones the first.
  private static func longestShared(
    _ a: [Unicode.Scalar], _ b: [Unicode.Scalar]
  ) -> (from: Int, to: Int, count: Int)? {
    var best: (from: Int, to: Int, count: Int)?
    // Lengths of the runs that end at a[i], for each place of b.
    var lengths = [Int](repeating: 0, count: b.count + 1)
    for i in a.indices {
      var diagonal = 0
      for j in b.indices {
        let length = a[i] == b[j] ? diagonal + 1 : 0
        diagonal = lengths[j + 1]
        lengths[j + 1] = length
        if length > best?.count ?? 0 { best = (i + 1 - length, j + 1 - length, length) }
      }
    }
    return best
  }

  /// The fewest signs that make one text of another.
  private static func edits(
    _ from: ArraySlice<Unicode.Scalar>, _ to: ArraySlice<Unicode.Scalar>
  ) -> String {
    let (a, b) = (Array(from), Array(to))
    // costs[i][j]: signs that add or take away, from a[i...] to b[j...].
    var costs = [[Int]](
      repeating: [Int](repeating: 0, count: b.count + 1), count: a.count + 1)
    for i in stride(from: a.count, through: 0, by: -1) {
      for j in stride(from: b.count, through: 0, by: -1) {
        if i == a.count {
          costs[i][j] = b.count - j
        } else if j == b.count {
          costs[i][j] = a.count - i
        } else {
          costs[i][j] = 1 + min(costs[i + 1][j], costs[i][j + 1])
          if a[i] == b[j] { costs[i][j] = min(costs[i][j], costs[i + 1][j + 1]) }
        }
      }
    }
    var (i, j, text) = (0, 0, "")
    while i < a.count || j < b.count {
      if i < a.count, j < b.count, a[i] == b[j], costs[i][j] == costs[i + 1][j + 1] {
        text += "="
        (i, j) = (i + 1, j + 1)
      } else if i < a.count, costs[i][j] == 1 + costs[i + 1][j] {
        text += "-"
        i += 1
      } else {
        text += "+" + String(b[j])
        j += 1
      }
    }
    return text
  }

  /// Signs with what they add.
  private static func signs(_ text: ArraySlice<Unicode.Scalar>) -> [(
    sign: Unicode.Scalar, added: Unicode.Scalar
  )] {
    var signs: [(sign: Unicode.Scalar, added: Unicode.Scalar)] = []
    var i = text.startIndex
    while i < text.endIndex {
      if text[i] == "+", i + 1 < text.endIndex {
        signs.append(("+", text[i + 1]))
        i += 1
      } else {
        signs.append((text[i], text[i]))
      }
      i += 1
    }
    return signs
  }

  /// The place of the bar between beginning and end: one that nothing adds.
  private static func bar(in body: [Unicode.Scalar]) -> Int? {
    var i = 0
    while i < body.count {
      if body[i] == "|" { return i }
      i += body[i] == "+" ? 2 : 1
    }
    return nil
  }

  private static func applying(
    _ body: [Unicode.Scalar], to form: [Unicode.Scalar]
  ) -> [Unicode.Scalar]? {
    guard let bar = bar(in: body) else { return nil }
    let (beginning, end) = (signs(body[..<bar]), signs(body[(bar + 1)...]))
    let taken = (
      beginning.count { $0.sign != "+" }, end.count { $0.sign != "+" }
    )
    guard taken.0 + taken.1 <= form.count else { return nil }
    func made(_ signs: [(sign: Unicode.Scalar, added: Unicode.Scalar)], at start: Int) -> [Unicode
      .Scalar]
    {
      var (out, i): ([Unicode.Scalar], Int) = ([], start)
      for (sign, added) in signs {
        if sign == "+" {
          out.append(added)
          continue
        }
        if sign == "=" { out.append(form[i]) }
        i += 1
      }
      return out
    }
    let end0 = form.count - taken.1
    return made(beginning, at: 0) + form[taken.0..<end0] + made(end, at: end0)
  }
}
