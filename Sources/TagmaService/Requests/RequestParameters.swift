internal import Foundation
internal import HTTPTypes

/// What a request asks for, from its address and its body: JSON, a form (as an address or in parts), or plain text.
struct RequestParameters: Sendable {
  private var values: [String: [String]] = [:]
  /// What came as a list, perhaps of one text.
  private(set) var lists: Set<String> = []
  /// The parameter that a body of plain text is.
  private let bodyName: String
  /// Whether the body is a form in one piece, as `curl -d` sends whatever it is given.
  private var isForm = false

  /// - Parameters:
  ///   - body: Nil where the request has none.
  ///   - contentType: Of the body.
  init(query: String?, body: [UInt8]?, contentType: String?, bodyName: String) throws {
    self.bodyName = bodyName
    if let query { try readForm(query[...].utf8) }
    guard let body else { return }
    let type = ContentType(contentType ?? "text/plain")
    switch type.name {
    case "application/json": try readJSON(body)
    case "application/x-www-form-urlencoded":
      isForm = true
      try readForm(Self.text(body)[...].utf8)
    case "multipart/form-data":
      guard let boundary = type.parameters["boundary"], !boundary.isEmpty else {
        throw ServiceError.badRequest("multipart/form-data without a boundary")
      }
      for part in try MultipartForm(body, boundary: boundary).parts {
        values[part.name, default: []].append(try Self.text(part.content))
      }
    default:
      guard type.name.hasPrefix("text/") || type.name == "application/octet-stream" else {
        throw ServiceError(
          status: .unsupportedMediaType, code: "media_type",
          message:
            "a body is application/json, a form or text/plain, not '\(type.name)'")
      }
      if !body.isEmpty || values[bodyName] == nil { values[bodyName] = [try Self.text(body)] }
    }
  }

  // MARK: - Values

  subscript(_ name: String) -> String? { values[name]?.last }

  func all(_ name: String) -> [String] { values[name] ?? [] }

  /// The one text of a name.
  func single(_ name: String) throws -> String {
    guard all(name).count < 2, !lists.contains(name) else {
      throw ServiceError.badRequest("'\(name)' is one text here, found \(all(name).count)")
    }
    return try required(name)
  }

  func required(_ name: String) throws -> String {
    guard let value = self[name] else { throw ServiceError.missing(name, hint: hint) }
    return value
  }

  /// What whoever sent a text as a form may not know.
  private var hint: String? {
    guard isForm, self[bodyName] == nil else { return nil }
    return
      "the body was read as a form, as its content type says; a form is \(bodyName)=… (curl --data-urlencode \(bodyName)=…), and a text by itself is sent with Content-Type: text/plain"
  }

  /// Refuses what nobody would read.
  func allowOnly(_ names: [String]) throws {
    if let unknown = values.keys.sorted().first(where: { !names.contains($0) }) {
      if let hint { throw ServiceError.missing(bodyName, hint: hint) }
      throw ServiceError.badRequest(
        "unknown parameter '\(unknown)'; there are \(names.joined(separator: ", "))")
    }
  }

  func flag(_ name: String) throws -> Bool {
    switch self[name] {
    case nil, "false", "0": false
    case "true", "1", "": true
    default: throw ServiceError.badRequest("parameter '\(name)' is true or false")
    }
  }

  func integer(_ name: String, in range: ClosedRange<Int>, default standard: Int) throws -> Int {
    guard let text = self[name] else { return standard }
    guard let value = Int(text), range.contains(value) else {
      throw ServiceError.badRequest(
        "parameter '\(name)' is a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ name: String, default standard: Choice
  ) throws -> Choice {
    guard let text = self[name] else { return standard }
    guard let value = Choice(rawValue: text) else {
      throw ServiceError.badRequest(
        "parameter '\(name)' is one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return value
  }

  // MARK: - Reading

  private static func text(_ bytes: some Collection<UInt8>) throws -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw ServiceError.badRequest("what was sent is not UTF-8")
    }
    return text
  }

  /// `name=value&…`, where `+` is a space and `%20` is one, too.
  private mutating func readForm(_ form: Substring.UTF8View) throws {
    for field in form.split(separator: UInt8(ascii: "&")) {
      let sides = field.split(
        separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
      let name = try Self.decoded(sides[0])
      values[name, default: []].append(sides.count > 1 ? try Self.decoded(sides[1]) : "")
    }
  }

  private static func decoded(_ field: Substring.UTF8View) throws -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(field.count)
    var rest = field[...]
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "+"): bytes.append(0x20)
      case UInt8(ascii: "%"):
        guard let high = rest.popFirst().flatMap(hexDigit),
          let low = rest.popFirst().flatMap(hexDigit)
        else { throw ServiceError.badRequest("'%' without two hexadecimal digits") }
        bytes.append(high << 4 | low)
      default: bytes.append(byte)
      }
    }
    return try text(bytes)
  }

  private static func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }

  private mutating func readJSON(_ bytes: [UInt8]) throws {
    do {
      for (name, value) in try JSONDecoder().decode([String: JSONValue].self, from: Data(bytes)) {
        if !value.texts.isEmpty { values[name] = value.texts }
        if value.isList { lists.insert(name) }
      }
    } catch {
      throw ServiceError.badRequest(
        "expected a JSON object whose values are texts, numbers, true, false or lists of texts")
    }
  }
}

/// A value of a JSON object, as texts.
private struct JSONValue: Decodable {
  let texts: [String]
  private(set) var isList = false

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      texts = []
    } else if let text = try? container.decode(String.self) {
      texts = [text]
    } else if let flag = try? container.decode(Bool.self) {
      texts = [flag ? "true" : "false"]
    } else if let number = try? container.decode(Int.self) {
      texts = [String(number)]
    } else if let number = try? container.decode(Double.self) {
      texts = [String(number)]
    } else {
      texts = try container.decode([String].self)
      isList = true
    }
  }
}

/// `text/plain; charset=utf-8`.
struct ContentType {
  let name: String
  private(set) var parameters: [String: String] = [:]

  init(_ header: String) {
    let parts = header.split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces) }
    name = (parts.first ?? "").lowercased()
    for part in parts.dropFirst() {
      let sides = part.split(separator: "=", maxSplits: 1)
      guard sides.count == 2 else { continue }
      parameters[sides[0].lowercased()] = sides[1].trimmingCharacters(in: ["\""])
    }
  }
}
