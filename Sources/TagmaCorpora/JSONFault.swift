internal import Foundation

/// Why a line is no JSON at all; nil where it is.
func jsonFault(in line: String) -> String? {
  do {
    _ = try JSONSerialization.jsonObject(with: Data(line.utf8), options: .fragmentsAllowed)
    return nil
  } catch {
    let reason = (error as NSError).userInfo[NSDebugDescriptionErrorKey] as? String ?? ""
    // The line is the file's, which the place of the error names.
    let place = reason.replacingOccurrences(of: "around line 1, ", with: "near ")
      .trimmingCharacters(in: ["."])
    return "expected a whole object" + (place.isEmpty ? "" : " (\(place))")
  }
}
