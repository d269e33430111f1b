internal import TagmaCorpora

/// What the elements within a segment are.
struct InlineMarkup {
  /// Elements that hold text; all others are codes, whatever lies in them.
  let holders: Set<String>

  static let xliff = InlineMarkup(holders: ["g", "mrk", "pc"])
  static let tmx = InlineMarkup(holders: ["hi"])
  static let none = InlineMarkup(holders: [])

  func isCode(_ piece: MarkupPiece) -> Bool {
    !holders.contains(piece.name) || isProtected(piece)
  }

  /// Whether text must stay as it is.
  func isProtected(_ piece: MarkupPiece) -> Bool {
    guard piece.name == "mrk" else { return false }
    let attributes = piece.attributes
    return attributes["mtype"] == "protected" || attributes["translate"] == "no"
  }

  /// The index after the element that begins at a piece.
  func end(of start: Int, in pieces: [MarkupPiece]) -> Int {
    guard pieces[start].kind == .start else { return start + 1 }
    var depth = 0
    for i in start..<pieces.count {
      if pieces[i].kind == .start { depth += 1 }
      if pieces[i].kind == .end { depth -= 1 }
      if depth == 0 { return i + 1 }
    }
    return pieces.count
  }

  /// What a code does, and what it has in common with its other half.
  func role(of piece: MarkupPiece) -> (MarkTree.Kind, key: String) {
    let attributes = piece.attributes
    let id = attributes["rid"] ?? attributes["i"] ?? attributes["id"] ?? ""
    switch piece.name {
    case "bx": return (.opening, "x\(id)")
    case "ex": return (.closing, "x\(id)")
    case "bpt": return (.opening, "t\(id)")
    case "ept": return (.closing, "t\(id)")
    case "sc": return (.opening, "c\(attributes["id"] ?? "")")
    case "ec": return (.closing, "c\(attributes["startRef"] ?? "")")
    case "sm": return (.opening, "m\(attributes["id"] ?? "")")
    case "em": return (.closing, "m\(attributes["startRef"] ?? "")")
    case "it":
      let position = attributes["pos"] ?? ""
      return (["begin", "open"].contains(position) ? .opening : .closing, "")
    default: return (.standalone, "")
    }
  }
}
