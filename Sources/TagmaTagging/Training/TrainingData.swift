internal import Foundation
public import TagmaAnnotations
internal import TagmaLexicon
public import TagmaModels

/// Sentences of one corpus and the tasks they have labels for.
public struct TrainingCorpus: CorpusFile, Sendable {
  public var name: String
  public var tasks: [TaggingTask]
  public var sentences: [Sentence]
  /// SHA-256 of the file, hexadecimal, or empty.
  public var sha256: String

  public init(name: String, tasks: [TaggingTask], sentences: [Sentence], sha256: String = "") {
    self.name = name
    self.tasks = tasks
    self.sentences = sentences
    self.sha256 = sha256
  }
}

/// A training sentence as numbers.
package struct Example: Sendable {
  /// For each word, its number among all different forms of the data.
  package let forms: [Int]
  /// For each given task, a label for each word.
  package let inputs: [[Int]]
  /// For each head, its targets by group, or nil.
  package private(set) var targets: [[[Int32]]?]
  /// For each word its row among what language models have read; none where they must read the sentence anew.
  package var context: [Int]
  /// What was measured of each word, or nothing.
  package let numbers: [[Float]]

  package init(
    forms: [Int], inputs: [[Int]], targets: [[[Int32]]?], context: [Int] = [],
    numbers: [[Float]] = []
  ) {
    (self.forms, self.inputs, self.targets, self.context) = (forms, inputs, targets, context)
    self.numbers = numbers
  }

  /// Whether the other annotates the same for tasks that are missing here.
  func canJoin(_ other: Example) -> Bool {
    inputs == other.inputs && numbers == other.numbers
      && zip(targets, other.targets).allSatisfy { $0 == nil || $1 == nil }
  }

  mutating func join(_ other: Example) {
    targets = zip(targets, other.targets).map { $0 ?? $1 }
  }
}

/// Labels as the network sees them: spans in one scheme, whatever the corpus has, and for lemmas the scripts that make
/// them; a lemma that is not given has none.
func networkLabels(_ sentence: Sentence, _ task: TaggingTask) -> [String]? {
  guard let labels = sentence.labels(of: task) else { return nil }
  if task == .lemma {
    return zip(sentence.tokens, labels).map { token, lemma in
      lemma == "_" && token.form != "_" ? "" : LemmaScript(form: token.form, lemma: lemma).text
    }
  }
  return task.isSpans
    ? tags(for: spans(of: labels), count: labels.count, scheme: .bioes) : labels
}

/// Counts of a training set, from which the vocabularies are made.
struct LabelCounts {
  var words: [String: Int] = [:]
  var characters: [String: Int] = [:]
  var labels: [TaggingTask: [String: Int]] = [:]

  init(_ corpora: [TrainingCorpus], tasks: [TaggingTask], given: [TaggingTask]) {
    for corpus in corpora {
      // Corpora may share their sentences: a word counts as often as in the one that has most of it.
      var own: [String: Int] = [:]
      defer { words.merge(own) { max($0, $1) } }
      for sentence in corpus.sentences {
        for token in sentence.tokens {
          own[WordFeatureExtractor.normalized(token.form), default: 0] += 1
          for scalar in token.form.unicodeScalars {
            characters[String(scalar), default: 0] += 1
          }
        }
        for task in tasks.filter(corpus.tasks.contains) + given {
          for label in networkLabels(sentence, task) ?? [] {
            labels[task, default: [:]][label, default: 0] += 1
          }
        }
      }
    }
  }

  /// Entry 0 of words and characters is the unknown one.
  func vocabularies(
    tasks: [TaggingTask], configuration: TaggerConfiguration, extraWords: [String] = []
  ) throws -> TaggerVocabularies {
    func labelVocabulary(_ task: TaggingTask, unknown: [String]) throws -> Vocabulary {
      var counts = labels[task] ?? [:]
      // Data without a span teaches that there are none.
      let isAnnotated = task.isSpans && counts["O"] ?? 0 > 0
      if task.isSpans {
        // All four tags of a label, so that constraints hold for spans of any length.
        for tag in counts.keys where tag != "O" {
          for prefix in ["B", "I", "E", "S"] { counts[prefix + tag.dropFirst(), default: 0] += 0 }
        }
        counts["O", default: 0] += 0
      }
      if task == .lemma {
        // A script that one word needs says nothing of others, and costs as much as any.
        counts[""] = nil
        counts = counts.filter { $0.value > 1 }
      }
      guard
        isAnnotated || counts.count > 1
          || counts.contains(where: { $0.key != "_" && $0.key != "O" })
      else {
        throw ModelError(.noLabels(task: task.name))
      }
      guard counts.count <= 65_535 else {
        throw ModelError(.tooManyLabels(task: task.name, count: counts.count, limit: 65_535))
      }
      return Vocabulary(unknown + Vocabulary.frequent(counts, minimum: 0))
    }
    // Words that are too rare count for their kind.
    var words = words
    for (word, count) in self.words where count < configuration.minimumCount {
      if let kind = WordFeatureExtractor.kind(of: word) { words[kind, default: 0] += count }
    }
    return TaggerVocabularies(
      words: Vocabulary(
        ["<unk>"] + Vocabulary.frequent(words, minimum: configuration.minimumCount) + extraWords),
      characters: Vocabulary(["<unk>"] + Vocabulary.frequent(characters, minimum: 2)),
      labels: try tasks.map { ($0, try labelVocabulary($0, unknown: [])) },
      inputs: try configuration.inputTasks.map { ($0, try labelVocabulary($0, unknown: ["<unk>"])) }
    )
  }
}
