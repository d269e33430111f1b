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
    let placed = placed(marks)
    for (i, (range, _, mark)) in placed.enumerated() {
      var low = min(max(range.lowerBound, at), stretch.upperBound)
      var high = min(max(range.upperBound, low), stretch.upperBound)
      if !hasWords(low..<high), enclosesWords(mark) {
        let next = i + 1 < placed.count ? placed[i + 1].range.lowerBound : stretch.upperBound
        let limit = max(min(next, stretch.upperBound), low)
        if let word = word(beside: low, at..<limit) {
          (low, high) = (word.lowerBound, word.upperBound)
        }
      }
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

  /// Marks with their places, in order.
  private func placed(
    _ marks: [MarkTree.Mark]
  ) -> [(range: Range<Int>, order: Int, mark: MarkTree.Mark)] {
    var ranges = marks.map(range)
    // Where words of one mark went to both sides of another's, the longest run of them counts.
    for (i, mark) in marks.enumerated() where mark.close != nil {
      let isAcross = marks.indices.contains {
        $0 != i && ranges[$0].overlaps(ranges[i]) && marks[$0].close != nil
      }
      if isAcross { ranges[i] = longestRun(of: mark) ?? ranges[i] }
    }
    return zip(ranges, marks).enumerated().map { (range: $1.0, order: $0, mark: $1.1) }.sorted {
      ($0.range.lowerBound, $0.order) < ($1.range.lowerBound, $1.order)
    }
  }

  /// The longest part of the target that comes from what a mark encloses and from nothing else.
  private func longestRun(of mark: MarkTree.Mark) -> Range<Int>? {
    var (best, run): (Range<Int>?, Range<Int>?) = (nil, nil)
    for part in ranges.sorted(by: { $0.target.lowerBound < $1.target.lowerBound }) {
      guard part.source.overlaps(mark.range) else {
        run = nil
        continue
      }
      let wider = (run?.lowerBound ?? part.target.lowerBound)..<part.target.upperBound
      run = wider
      if wider.count > best?.count ?? 0 { best = wider }
    }
    return best.map { boundary($0.lowerBound)..<boundary($0.upperBound) }
  }

  /// Whether a mark is nothing without words, as emphasis and brackets are; an element may be empty.
  private func enclosesWords(_ mark: MarkTree.Mark) -> Bool {
    guard mark.close != nil, !mark.range.isEmpty, let first = mark.key.utf8.first else {
      return false
    }
    return first != UInt8(ascii: "<") && first != UInt8(ascii: "&")
  }

  /// Whether a part of the target has letters or digits.
  private func hasWords(_ range: Range<Int>) -> Bool {
    range.contains {
      target[$0] >= 0x80 || TextBytes.isLetter(target[$0]) || TextBytes.isDigit(target[$0])
    }
  }

  /// The next word of a stretch behind a place, or the last before it.
  private func word(beside place: Int, _ stretch: Range<Int>) -> Range<Int>? {
    func isFree(_ part: AlignedRanges) -> Bool {
      stretch.lowerBound <= part.target.lowerBound && part.target.upperBound <= stretch.upperBound
        && hasWords(part.target)
    }
    let free = ranges.lazy.filter(isFree).map(\.target)
    let next = free.filter { $0.lowerBound >= place }.min { $0.lowerBound < $1.lowerBound }
    return next ?? free.filter { $0.upperBound <= place }.max { $0.lowerBound < $1.lowerBound }
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
