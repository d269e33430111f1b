internal import CTagmaSIMD

/// Words as rows of a table, and how they are drawn.
package struct WordTables: Sendable {
  /// For each word the probability with which it is read at all.
  package private(set) var keep: [Float] = []
  /// Rows that words are made of; those of word `w` are `features[starts[w]..<starts[w + 1]]`.
  package private(set) var features: [Int32] = []
  package private(set) var starts: [Int64] = [0]
  /// Words, each as often as it is to be drawn.
  package private(set) var negatives: [Int32] = []
  /// The highest row and the highest word that is drawn: what they are checked by before each use.
  fileprivate private(set) var (highestRow, highestNegative): (Int32, Int32) = (-1, -1)

  package init() {}

  /// Adds a word.
  package mutating func append(keep probability: Float, rows: [Int32]) {
    precondition(rows.allSatisfy { $0 >= 0 }, "WordTables: no row")
    keep.append(probability)
    features += rows
    starts.append(Int64(features.count))
    highestRow = max(highestRow, rows.max() ?? -1)
  }

  /// Lets a word be drawn so many times more.
  package mutating func appendNegatives(_ word: Int32, copies: Int) {
    precondition(word >= 0, "WordTables: no word")
    negatives += [Int32](repeating: word, count: copies)
    highestNegative = max(highestNegative, word)
  }
}

/// What word vectors are learned with.
package struct VectorStep: Sendable {
  package var size: Int
  package var window: Int
  package var samples: Int
  package var isCBOW: Bool
  package var firstRate: Float
  package var lastRate: Float
  package var seed: UInt64

  package init(
    size: Int, window: Int, samples: Int, isCBOW: Bool, firstRate: Float, lastRate: Float,
    seed: UInt64
  ) {
    (self.size, self.window, self.samples, self.isCBOW) = (size, window, samples, isCBOW)
    (self.firstRate, self.lastRate, self.seed) = (firstRate, lastRate, seed)
  }
}

/// The widest vector.
package let largestVectorSize = 1024

/// Learns vectors by negative sampling from parts of a text, each part on a thread of its own (Mikolov and others 2013;
/// Bojanowski and others 2017).
///
/// Threads share the tables without locks: with more than one part the result differs from run to run.
///
/// - Parameters:
///   - tokens: Numbers of words; a negative one ends a sentence.
///   - parts: Ranges of `tokens`.
/// - Returns: The summed loss and the number of predictions.
package func learnVectors(
  _ tokens: [Int32], parts: [Range<Int>], _ tables: WordTables, input: inout [Float],
  output: inout [Float], _ step: VectorStep
) -> (loss: Double, examples: Int) {
  precondition(step.size > 0 && step.size <= largestVectorSize, "learnVectors: too wide")
  precondition(!tables.negatives.isEmpty, "learnVectors: nothing to draw")
  precondition((Int(tables.highestRow) + 1) * step.size <= input.count, "learnVectors: no row")
  precondition(
    max(Int(tables.highestNegative) + 1, tables.keep.count) * step.size <= output.count,
    "learnVectors: no word")
  for part in parts {
    precondition(part.lowerBound >= 0 && part.upperBound <= tokens.count, "learnVectors: no part")
    precondition(
      tokens[part].allSatisfy { Int($0) < tables.keep.count }, "learnVectors: no such word")
  }
  var results = parts.map { (part: $0, loss: 0.0, examples: 0) }
  unsafe input.withUnsafeMutableBufferPointer { input in
    unsafe output.withUnsafeMutableBufferPointer { output in
      // Safe: both outlive the call; that threads write to the same rows is meant.
      nonisolated(unsafe) let (input, output) = (input.baseAddress, output.baseAddress)
      forEachConcurrently(&results, threads: parts.count) { index, result in
        unsafe tokens.withUnsafeBufferPointer { tokens in
          unsafe tables.keep.withUnsafeBufferPointer { keep in
            unsafe tables.features.withUnsafeBufferPointer { features in
              unsafe tables.starts.withUnsafeBufferPointer { starts in
                unsafe tables.negatives.withUnsafeBufferPointer { negatives in
                  var text = unsafe tagma_word_text()
                  unsafe text.tokens = tokens.baseAddress?.advanced(by: result.part.lowerBound)
                  unsafe text.count = result.part.count
                  unsafe text.keep = keep.baseAddress
                  unsafe text.features = features.baseAddress
                  unsafe text.starts = starts.baseAddress
                  unsafe text.negatives = negatives.baseAddress
                  unsafe text.negativeCount = negatives.count
                  unsafe (text.input, text.output) = (input, output)
                  unsafe text.size = step.size
                  unsafe (text.window, text.samples) = (Int32(step.window), Int32(step.samples))
                  unsafe text.isCBOW = step.isCBOW ? 1 : 0
                  unsafe (text.firstRate, text.lastRate) = (step.firstRate, step.lastRate)
                  unsafe text.seed = step.seed &+ UInt64(index) &* 0xd134_2543_de82_ef95
                  var examples: Int64 = 0
                  result.loss = unsafe tagma_learn_vectors(&text, &examples)
                  result.examples = Int(examples)
                }
              }
            }
          }
        }
      }
    }
  }
  return results.reduce((0, 0)) { ($0.0 + $1.loss, $0.1 + $1.examples) }
}
