/// What lies between words or stays unseen in them, as `Rules/words.txt` has it too.
extension Unicode.Scalar {
  /// Whether words are separated by it: white space, controls, byte-order marks and zero width spaces.
  package var isBlank: Bool {
    if isASCII { return value <= 0x20 || value == 0x7f }
    switch value {
    case ..<0xa1: return true
    case 0x200b, 0xfeff: return true
    case ..<0x1680, 0x3001..<0xfeff: return false
    default: return properties.isWhitespace
    }
  }

  /// Whether nobody sees it: soft hyphens, word joiners, marks of direction.
  ///
  /// It stays in a word that it stands in the middle of, and belongs to the space between words elsewhere.
  package var isHidden: Bool {
    switch value {
    case ..<0xad: false
    case 0xad, 0x61c, 0x180e, 0x200c, 0x200e, 0x200f, 0x202a...0x202e: true
    case 0x2060...0x2064, 0x2066...0x206f, 0x3164, 0xffa0, 0xfff9...0xfffb: true
    case 0x13430...0x1343f, 0x1bca0...0x1bca3, 0x1d173...0x1d17a, 0xe0001: true
    default: false
    }
  }

  /// Whether it is the sign before a number of Arabic or Syriac, which nobody sees without digits.
  package var isPrependedSign: Bool {
    switch value {
    case 0x600...0x605, 0x6dd, 0x70f, 0x890, 0x891, 0x8e2, 0x110bd, 0x110cd: true
    default: false
    }
  }

  /// Whether it stands on the character before it; after white space it is part of that.
  ///
  /// Not those of the scripts of South East Asia, which older encodings write before their letters.
  package var isMark: Bool {
    switch value {
    case ..<0x300, 0xe00...0xeff, 0x1000...0x109f, 0x1780...0x17ff, 0x1950...0x19df: return false
    case 0x1a20...0x1a7e, 0xa9e0...0xa9ff, 0xaa60...0xaadf, 0x11700...0x1174f: return false
    default: break
    }
    switch properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark: return true
    default: return value == 0x200d || (0xe0020...0xe007f).contains(value)
    }
  }
}
