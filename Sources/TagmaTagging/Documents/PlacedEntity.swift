internal import TagmaAnnotations

/// A span with its place in the text.
struct PlacedEntity {
  let task: TaggingTask
  let label: String
  let words: Range<Int>
  /// From the first to one past the last character, in the unit that was asked for.
  let range: Range<Int>
  /// What stands there.
  let text: String
  let probability: Float?
}

/// The spans of all span tasks of a sentence.
///
/// - Parameter inText: Whether places are those in the sentence's own text, whatever text it was cut from.
func entities(
  of item: DocumentSentence, _ options: OutputOptions, inText: Bool = false
) -> [PlacedEntity] {
  guard let tagged = item.tagged else { return [] }
  var found: [PlacedEntity] = []
  var places: [TextPlace]?
  for task in options.tasks where task.isSpans {
    guard let labels = tagged.labels[task] else { continue }
    let probabilities = tagged.spans[task]
    for (k, span) in spans(of: labels).enumerated() {
      let known = places ?? (inText ? item.sentence.placesInText() : item.sentence.places())
      places = known
      let (first, last) = (known[span.words.lowerBound], known[span.words.upperBound - 1])
      found.append(
        PlacedEntity(
          task: task, label: span.label, words: span.words,
          range: options.offsets.range(of: first)
            .lowerBound..<options.offsets.range(of: last).upperBound,
          text: item.sentence.text(of: span.words), probability: probabilities?[k].probability))
    }
  }
  return found
}
