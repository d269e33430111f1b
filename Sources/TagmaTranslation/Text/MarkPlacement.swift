/// Puts the marks of a text into its translation: each where its words went, none across another.
struct MarkPlacement {
  enum Piece: Equatable {
    /// Bytes of the translation.
    case text(Range<Int>)
    case mark([UInt8])
  }

  private let target: [UInt8]
  private let sourceCount: Int
  private let ranges: [AlignedRanges]
  private let sentences: [AlignedRanges]
  private let keepsFirst: Bool
  private(set) var pieces: [Piece] = []

  /// - Parameters:
  ///   - translation: Its ranges are those of the text that the marks lie in.
  ///   - sourceCount: Bytes of that text.
  ///   - keepsFirst: Whether a mark before the first word of a sentence stays before the first, whichever that becomes.
  init(
    _ marks: [MarkTree.Mark], in translation: Translation, sourceCount: Int, keepsFirst: Bool
  ) {
    self.keepsFirst = keepsFirst
    target = Array(translation.text.utf8)
    self.sourceCount = sourceCount
    ranges = translation.ranges
    sentences = translation.sentences
    place(marks, 0..<target.count)
  }

  /// Writes a stretch of the target and the marks in it.
  private mutating func place(_ marks: [MarkTree.Mark], _ stretch: Range<Int>) {
    var at = stretch.lowerBound
    let placed = marks.enumerated().map { (range: range(of: $1), order: $0, mark: $1) }.sorted {
      ($0.range.lowerBound, $0.order) < ($1.range.lowerBound, $1.order)
    }
    for (range, _, mark) in placed {
      let low = min(max(range.lowerBound, at), stretch.upperBound)
      var high = min(max(range.upperBound, low), stretch.upperBound)
      var end = low
      if mark.kind == .space {
        // It takes the place of a blank that is there.
        if low < stretch.upperBound, target[low] == 0x20 {
          high = low + 1
        } else if low > at, target[low - 1] == 0x20 {
          end = low - 1
          high = low
        }
      }
      addText(at..<end)
      pieces.append(.mark(mark.open))
      if mark.kind != .space { place(mark.children, low..<high) }
      if let close = mark.close, !close.isEmpty { pieces.append(.mark(close)) }
      at = high
    }
    addText(at..<stretch.upperBound)
  }

  private mutating func addText(_ range: Range<Int>) {
    if !range.isEmpty { pieces.append(.text(range)) }
  }

  /// Where a mark goes in the target.
  private func range(of mark: MarkTree.Mark) -> Range<Int> {
    let source = mark.range
    guard mark.close != nil else {
      let isClosing = mark.kind == .closing
      let isFirst = sentences.contains { $0.source.lowerBound == source.lowerBound }
      let place =
        (isFirst && !isClosing && !keepsFirst ? nil : fixed(source.lowerBound, isEnd: isClosing))
        ?? fixedEnd(source.lowerBound) ?? nearest(to: source.lowerBound, isEnd: isClosing)
      return boundary(place)..<boundary(place)
    }
    // What lies within one sentence goes where its words went; what holds whole sentences holds their translations.
    let isWithin = sentences.contains {
      $0.source.lowerBound <= source.lowerBound && source.upperBound <= $0.source.upperBound
        && $0.source != source
    }
    let hit = ranges.filter { $0.source.overlaps(source) && !source.isEmpty }
    let low = isWithin ? nil : fixed(source.lowerBound, isEnd: false)
    let high = isWithin ? nil : fixed(source.upperBound, isEnd: true)
    let first = low ?? hit.map(\.target.lowerBound).min()
    let last = high ?? hit.map(\.target.upperBound).max()
    guard let first, let last, first <= last else {
      let place = first ?? last ?? nearest(to: source.lowerBound, isEnd: false)
      return boundary(place)..<boundary(place)
    }
    return boundary(first)..<boundary(last)
  }

  /// The end of the sentence that ends at a place.
  private func fixedEnd(_ place: Int) -> Int? {
    sentences.first { $0.source.upperBound == place }?.target.upperBound
  }

  /// The place of the target that belongs to one between sentences, or at the end of one; nil within them.
  private func fixed(_ place: Int, isEnd: Bool) -> Int? {
    guard let last = sentences.last else { return place }
    if place >= last.source.upperBound, isEnd || place > last.source.upperBound {
      return target.count - max(sourceCount - place, 0)
    }
    // The last sentence that begins at or before the place.
    var (low, high) = (0, sentences.count)
    while low < high {
      let middle = (low + high) / 2
      if sentences[middle].source.lowerBound <= place { low = middle + 1 } else { high = middle }
    }
    guard low > 0 else {
      return sentences[0].target.lowerBound - (sentences[0].source.lowerBound - place)
    }
    let sentence = sentences[low - 1]
    if place == sentence.source.lowerBound, !isEnd || sentence.source.isEmpty {
      return sentence.target.lowerBound
    }
    if isEnd, place == sentence.source.lowerBound {
      // What ends where a sentence begins ends before it.
      return sentence.target.lowerBound
    }
    guard place >= sentence.source.upperBound else { return nil }
    return sentence.target.upperBound + place - sentence.source.upperBound
  }

  /// Beside the neighbours of a place that nothing comes from.
  private func nearest(to place: Int, isEnd: Bool) -> Int {
    let next = ranges.filter { $0.source.lowerBound >= place }
      .min { $0.source.lowerBound < $1.source.lowerBound }
    let last = ranges.filter { $0.source.upperBound <= place }
      .max { $0.source.upperBound < $1.source.upperBound }
    if isEnd { return last?.target.upperBound ?? 0 }
    if place >= sourceCount { return target.count }
    // Behind a word without a blank it stays behind it.
    if let last, last.source.upperBound == place, next.map({ $0.source.lowerBound > place }) ?? true
    {
      return last.target.upperBound
    }
    return next?.target.lowerBound ?? last?.target.upperBound ?? target.count
  }

  /// The nearest place before this one that is within no character.
  private func boundary(_ place: Int) -> Int {
    var place = min(max(place, 0), target.count)
    while place > 0, place < target.count, target[place] & 0xc0 == 0x80 { place -= 1 }
    return place
  }
}
