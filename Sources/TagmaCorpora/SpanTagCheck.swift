public import TagmaAnnotations

extension Sentence {
  /// Refuses labels that are no tags of spans: read as `O` they would be lost without a word.
  public func checkSpanTags(of task: TaggingTask) throws(CorpusError) {
    guard task.isSpans, let labels = labels(of: task),
      let wrong = labels.firstIndex(where: { !SpanTag.isReadable($0) })
    else { return }
    throw CorpusError(
      .noSpanTag(labels[wrong]),
      at: location(ofWord: wrong) ?? SourceLocation(file: "<input>", line: 1))
  }
}
