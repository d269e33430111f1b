public import TagmaAnnotations

/// Something to know about a corpus before training on it.
public struct CorpusFinding: Sendable, CustomStringConvertible {
  public enum Severity: String, Sendable {
    case error, warning
  }
  public let severity: Severity
  /// A short name of the kind of finding, such as `scheme`.
  public let kind: String
  public let location: SourceLocation
  public let message: String

  public init(severity: Severity, kind: String, location: SourceLocation, message: String) {
    (self.severity, self.kind, self.location, self.message) = (severity, kind, location, message)
  }

  public var description: String {
    onOneLine("\(location): \(severity.rawValue): \(message) [\(kind)]")
  }

  public var json: String {
    "{\"file\":\(jsonQuoted(location.file)),\"line\":\(location.line),"
      + (location.column.map { "\"column\":\($0)," } ?? "")
      + "\"severity\":\"\(severity.rawValue)\",\"kind\":\"\(kind)\","
      + "\"message\":\(jsonQuoted(message))}"
  }
}
