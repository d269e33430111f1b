/// Marks that lie in a text, such as tags: each has its place, none crosses another.
struct MarkTree {
  /// What encloses a part of the text, or stands at a place of it.
  final class Mark {
    let open: [UInt8]
    /// What ends it; nil for what stands alone.
    var close: [UInt8]?
    let kind: Kind
    /// What an opening mark that is no element has in common with its closing half.
    let key: String
    /// Bytes of the text.
    var range: Range<Int>
    var children: [Mark] = []

    init(open: [UInt8], close: [UInt8]? = nil, kind: Kind, key: String = "", at place: Int) {
      (self.open, self.close, self.kind, self.key) = (open, close, kind, key)
      range = place..<place
    }
  }

  /// What a mark does.
  enum Kind {
    case opening, closing, standalone
    /// Stands alone in the place of a blank.
    case space
  }

  private var stack = [Mark(open: [], close: [], kind: .standalone, at: 0)]

  /// The outermost marks, once all are closed.
  var marks: [Mark] { stack[0].children }

  /// Begins an element, which an end follows for certain.
  mutating func openElement(_ bytes: [UInt8], at place: Int) {
    stack.append(Mark(open: bytes, kind: .standalone, at: place))
  }

  /// Ends the innermost element; what else began within it stands alone.
  mutating func closeElement(_ bytes: [UInt8], at place: Int) {
    while stack.count > 1, stack[stack.count - 1].kind == .opening { demote() }
    guard stack.count > 1 else { return }
    finish(close: bytes, at: place)
  }

  mutating func open(_ bytes: [UInt8], key: String, at place: Int) {
    stack.append(Mark(open: bytes, kind: .opening, key: key, at: place))
  }

  /// Ends what began with the same key; without such a beginning the mark stands alone.
  ///
  /// - Parameter reachesOut: Whether what began in between gives way, and stands alone.
  mutating func close(_ bytes: [UInt8], key: String, at place: Int, reachesOut: Bool = false) {
    let found = stack.indices.dropFirst().last {
      stack[$0].kind == .opening && stack[$0].key == key
    }
    let isBarred = found.map { found in
      found < stack.count - 1
        && (!reachesOut || stack[(found + 1)...].contains { $0.kind != .opening })
    }
    guard let found, isBarred == false else {
      add(bytes, .closing, at: place)
      return
    }
    while stack.count - 1 > found { demote() }
    finish(close: bytes, at: place)
  }

  mutating func add(_ bytes: [UInt8], _ kind: Kind, at place: Int) {
    stack[stack.count - 1].children.append(Mark(open: bytes, kind: kind, at: place))
  }

  /// Ends the text: what is still open stands alone.
  mutating func finish() {
    while stack.count > 1 { demote() }
  }

  private mutating func finish(close: [UInt8], at place: Int) {
    let mark = stack.removeLast()
    mark.close = close
    mark.range = mark.range.lowerBound..<max(place, mark.range.lowerBound)
    stack[stack.count - 1].children.append(mark)
  }

  /// The innermost mark stands where it began, and what lies in it lies beside it.
  private mutating func demote() {
    let mark = stack.removeLast()
    let children = mark.children
    mark.children = []
    stack[stack.count - 1].children.append(mark)
    stack[stack.count - 1].children += children
  }
}
