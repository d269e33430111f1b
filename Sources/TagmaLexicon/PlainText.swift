/// A text without what units do not keep.
///
/// White space of any kind becomes one space, none at the ends.
public func withSingleSpaces(_ text: String) -> String {
  var out = String.UnicodeScalarView()
  var isPending = false
  for scalar in text.unicodeScalars {
    if Subwords.isSpace(scalar) {
      isPending = !out.isEmpty
      continue
    }
    if isPending { out.append(" ") }
    isPending = false
    out.append(scalar)
  }
  return String(out)
}
