/// Puts the translations of a text's sentences in their places, and the text's marks where their words went.
struct TextAssembly {
  private let layout: TextLayout
  /// First bytes of the words of the text as it was given.
  private let sourceWords: WordStarts

  init(_ layout: TextLayout, of text: String) {
    self.layout = layout
    sourceWords = WordStarts(Array(text.utf8))
  }

  /// - Parameter sentences: A translation of each sentence, with places in the sentence's text.
  func translation(of sentences: [SentenceTranslation]) -> Translation {
    var out: [UInt8] = []
    var whole = SentenceTranslation()
    var places: [AlignedRanges] = []
    var at = 0
    for (sentence, translated) in zip(layout.sentences, sentences) {
      copy(at..<sentence.range.lowerBound, to: &out, &whole)
      let start = out.count
      let moved = SentenceTranslation(joining: [translated]).moved {
        sentence.places[min($0, sentence.places.count - 1)]
      }
      out += Array(moved.text.utf8)
      whole.ranges += moved.ranges.map {
        AlignedRanges(source: $0.source, target: $0.target.shifted(by: start))
      }
      whole.words += moved.words.map { ($0.source, $0.target + start) }
      whole.confidences += moved.confidences.map { ($0.start + start, $0.value) }
      places.append(AlignedRanges(source: sentence.range, target: start..<out.count))
      at = sentence.range.upperBound
    }
    copy(at..<layout.plain.count, to: &out, &whole)
    whole.text = String(decoding: out, as: UTF8.self)
    var translation = Translation(
      text: whole.text,
      score: sentences.isEmpty
        ? 0 : sentences.reduce(0) { $0 + $1.score } / Double(sentences.count))
    (translation.ranges, translation.sentences) = (whole.ranges, places)
    return finished(translation, whole)
  }

  /// What stands between sentences comes from itself.
  private func copy(
    _ range: Range<Int>, to out: inout [UInt8], _ whole: inout SentenceTranslation
  ) {
    let shift = out.count - range.lowerBound
    for start in WordStarts(Array(layout.plain[range])).starts {
      let place = range.lowerBound + start
      let end = layout.plain[place..<range.upperBound].firstIndex { $0 <= 0x20 } ?? range.upperBound
      whole.words.append((place, place + shift))
      whole.ranges.append(
        AlignedRanges(source: place..<end, target: place + shift..<end + shift))
    }
    out += layout.plain[range]
  }

  /// With marks, and with places in the text as it was given.
  private func finished(_ translation: Translation, _ whole: SentenceTranslation) -> Translation {
    var finished = translation
    let target = Array(translation.text.utf8)
    var placed = PlacedMarks(text: target)
    if !layout.marks.isEmpty {
      let placement = MarkPlacement(
        layout.marks, in: translation, sourceCount: layout.plain.count, keepsFirst: true)
      placed = PlacedMarks(placement.pieces, in: target)
      finished.text = String(decoding: placed.text, as: UTF8.self)
    }
    func source(_ range: Range<Int>) -> Range<Int> {
      layout.places[range.lowerBound]..<layout.places[range.upperBound]
    }
    func aligned(_ ranges: [AlignedRanges]) -> [AlignedRanges] {
      ranges.map { AlignedRanges(source: source($0.source), target: placed.range($0.target)) }
    }
    finished.ranges = aligned(translation.ranges)
    finished.sentences = aligned(translation.sentences)
    let words = WordStarts(placed.text)
    finished.alignment = Array(
      Set(
        whole.words.map {
          AlignedWords(
            source: sourceWords.number(at: layout.places[$0.source]),
            target: words.number(at: placed.place($0.target)))
        })
    ).sorted { ($0.target, $0.source) < ($1.target, $1.source) }
    finished.confidences = [Double](repeating: 1, count: words.starts.count)
    for (start, value) in whole.confidences where !words.starts.isEmpty {
      finished.confidences[words.number(at: placed.place(start))] *= value
    }
    return finished
  }
}

/// Where the words of a text begin that white space parts.
private struct WordStarts {
  private(set) var starts: [Int] = []

  init(_ bytes: [UInt8]) {
    let text = TextBytes(bytes)
    var (at, isAfterBlank) = (0, true)
    while at < bytes.count {
      let isBlank = text.isBlank(at)
      if isAfterBlank, !isBlank { starts.append(at) }
      isAfterBlank = isBlank
      at = text.end(of: at)
    }
  }

  /// The number of the word that holds a byte, or of the last before it.
  func number(at place: Int) -> Int {
    var (low, high) = (0, starts.count)
    while low < high {
      let middle = (low + high) / 2
      if starts[middle] <= place { low = middle + 1 } else { high = middle }
    }
    return max(low - 1, 0)
  }
}

/// A translation with its marks, and where its bytes went.
private struct PlacedMarks {
  private(set) var text: [UInt8] = []
  /// Bytes of the translation from which on places are moved, and by how much.
  private var shifts: [(from: Int, by: Int)] = []

  init(text: [UInt8]) { self.text = text }

  init(_ pieces: [MarkPlacement.Piece], in target: [UInt8]) {
    for piece in pieces {
      switch piece {
      case .mark(let bytes): text += bytes
      case .text(let range):
        shifts.append((range.lowerBound, text.count - range.lowerBound))
        text += target[range]
      }
    }
  }

  func place(_ place: Int) -> Int {
    var (low, high) = (0, shifts.count)
    while low < high {
      let middle = (low + high) / 2
      if shifts[middle].from <= place { low = middle + 1 } else { high = middle }
    }
    return min(place + (low > 0 ? shifts[low - 1].by : 0), text.count)
  }

  func range(_ range: Range<Int>) -> Range<Int> {
    let low = place(range.lowerBound)
    return low..<max(low, range.isEmpty ? low : place(range.upperBound - 1) + 1)
  }
}
