public import TagmaAnnotations
public import TagmaCorpora

/// Looks through a corpus: broken schemes, odd labels and lengths, duplicates.
public struct CorpusInspector {
  /// What a training corpus has, to compare a test corpus with.
  public struct Reference: Sendable {
    let labels: [TaggingTask: Set<String>]
    let sentences: Set<[String]>

    public init(sentences: [Sentence]) {
      var labels: [TaggingTask: Set<String>] = [:]
      for sentence in sentences {
        for task in inspected(sentence) {
          labels[task, default: []].formUnion(sentence.labels(of: task) ?? [])
        }
      }
      self.labels = labels
      self.sentences = Set(sentences.map(\.forms))
    }
  }

  private let scheme: TaggingScheme?
  private let reference: Reference?
  private var findings: [CorpusFinding] = []
  private var labels: [TaggingTask: [String: (count: Int, first: SourceLocation)]] = [:]
  private var seen: [[String]: SourceLocation] = [:]
  private var (sentences, tokens, duplicates) = (0, 0, 0)
  public private(set) var summary = ""

  public init(scheme: TaggingScheme? = nil, reference: Reference? = nil) {
    self.scheme = scheme
    self.reference = reference
  }

  /// All findings, in the order of the file; a line that cannot be read ends the inspection.
  public mutating func inspect(_ path: String, columns: ColumnFormat, encoding: String?) throws
    -> [CorpusFinding]
  {
    let reader = try openCorpus(path, columns: columns, encoding: encoding)
    var (all, failure): ([Sentence], CorpusError?) = ([], nil)
    do {
      while let sentence = try reader.next() { all.append(sentence) }
    } catch {
      if error.isAboutAccess { throw error }
      failure = error
    }
    let actual = recognizedScheme(all)
    for sentence in all { look(at: sentence, actual) }
    if let failure {
      findings.append(
        CorpusFinding(
          severity: .error, kind: "format", location: failure.location,
          message: failure.reason))
    }
    look(atLabelsOf: path)
    summary =
      "\(sentences) sentences, \(tokens) tokens"
      + (actual.isEmpty
        ? ""
        : "; " + actual.map { "\($0.key): \($0.value.rawValue)" }.sorted().joined(separator: ", "))
      + (duplicates > 0 ? "; \(duplicates) sentences stand more than once" : "")
    return findings
  }

  private func recognizedScheme(_ all: [Sentence]) -> [TaggingTask: TaggingScheme] {
    var found: [TaggingTask: TaggingScheme] = [:]
    for task in Set(all.lazy.flatMap { $0.layers.keys }) where task.isSpans {
      found[task] = scheme ?? recognizeScheme(all.compactMap { $0.labels(of: task) })
    }
    return found
  }

  private mutating func look(at sentence: Sentence, _ schemes: [TaggingTask: TaggingScheme]) {
    guard !sentence.tokens.isEmpty else { return }
    let place = sentence.location ?? SourceLocation(file: "?", line: 0)
    sentences += 1
    tokens += sentence.tokens.count
    func note(
      _ kind: String, _ message: String, word: Int? = nil,
      _ severity: CorpusFinding.Severity = .warning
    ) {
      let location = word.flatMap { sentence.location(ofWord: $0) } ?? place
      findings.append(
        CorpusFinding(severity: severity, kind: kind, location: location, message: message))
    }
    if sentence.tokens.count > 500 {
      note("length", "sentence of \(sentence.tokens.count) tokens")
    }
    for (i, token) in sentence.tokens.enumerated() where token.form.utf8.count > 1000 {
      note("length", "token of \(token.form.utf8.count) bytes", word: i)
    }
    for (task, scheme) in schemes {
      for violation in violations(of: scheme, in: sentence.labels(of: task) ?? []) {
        note("scheme", violation.message, word: violation.word, .error)
      }
    }
    for task in inspected(sentence) {
      for (i, label) in (sentence.labels(of: task) ?? []).enumerated() {
        let location = sentence.location(ofWord: i) ?? place
        labels[task, default: [:]][label, default: (0, location)].count += 1
        if label.contains(","), task.isSpans {
          note("label", "'\(label)' is several labels in one", word: i, .error)
        }
      }
    }
    findings += spacingFindings(of: sentence)
    let forms = sentence.forms
    if let first = seen[forms], forms.count > 3 {
      duplicates += 1
      if duplicates <= 20 { note("duplicate", "the same sentence as at line \(first.line)") }
    } else {
      seen[forms] = place
    }
    if reference?.sentences.contains(forms) == true, forms.count > 3 {
      note("leak", "the same sentence stands in the training data")
    }
  }

  private mutating func look(atLabelsOf file: String) {
    for (task, counts) in labels.sorted(by: { $0.key.name < $1.key.name }) {
      if counts.count > 1000, task != .lemma {
        findings.append(
          CorpusFinding(
            severity: .warning, kind: "labels", location: SourceLocation(file: file, line: 1),
            message: "task \(task) has \(counts.count) labels; is this the right column?"))
        continue
      }
      let inOrder = counts.sorted {
        let (a, b) = ($0.value.first.line, $1.value.first.line)
        return a != b ? a < b : $0.key < $1.key
      }
      for (label, entry) in inOrder {
        if entry.count == 1 {
          findings.append(
            CorpusFinding(
              severity: .warning, kind: "rare", location: entry.first,
              message: "\(task) label '\(label)' occurs once"))
        }
        if let known = reference?.labels[task], !known.contains(label) {
          findings.append(
            CorpusFinding(
              severity: .warning, kind: "unseen", location: entry.first,
              message: "\(task) label '\(label)' does not occur in the training data"))
        }
      }
    }
  }
}

/// The tasks a sentence has labels for.
private func inspected(_ sentence: Sentence) -> [TaggingTask] {
  var tasks = sentence.layers.keys.sorted { $0.name < $1.name }
  if sentence.columns.isEmpty { tasks += [.upos, .xpos, .feats] }
  return tasks.filter { task in sentence.labels(of: task)?.contains { $0 != "_" } ?? false }
}
