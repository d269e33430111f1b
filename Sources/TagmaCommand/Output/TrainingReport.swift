internal import Foundation
internal import Tagma

/// The page that a training leaves behind.
///
/// No script, no file from elsewhere.
struct TrainingReport {
  init(_ trainer: TaggerTrainer, _ tagger: Tagger, dev: [TrainingCorpus]) {}
  func write(to folder: TrainingFolder) throws {}
}
