internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import TagmaAnnotations

/// What is wrong with a request, and the status that says so.
struct ServiceError: HTTPResponseError {
  let status: HTTPResponse.Status
  /// A word for programs, such as `unknown_model`.
  let code: String
  let message: String

  static func badRequest(_ message: String) -> Self {
    Self(status: .badRequest, code: "bad_request", message: message)
  }

  static func missing(_ parameter: String) -> Self {
    Self(
      status: .badRequest, code: "missing_parameter",
      message: "parameter '\(parameter)' is missing")
  }

  /// - Parameter name: What was asked for; nil: any.
  static func unknownModel(_ name: String?, known: [String]) -> Self {
    let wanted = name.map { "no model '\($0)'" } ?? "no model for this"
    let others = known.isEmpty ? "" : ", only \(known.joined(separator: ", "))"
    return Self(status: .notFound, code: "unknown_model", message: "\(wanted) is served\(others)")
  }

  static func tooLarge(limit: Int) -> Self {
    Self(
      status: .contentTooLarge, code: "too_large",
      message: "a request has at most \(limit) bytes")
  }

  static let tooSlow = Self(
    status: .requestTimeout, code: "timeout", message: "the request took too long to arrive")

  static let busy = Self(
    status: .serviceUnavailable, code: "busy",
    message: "as many requests as the service takes are at work; try again")

  func response(from request: Request, context: some RequestContext) -> Response {
    var response = Response.json(
      "{\"error\":{\"code\":\(jsonQuoted(code)),\"message\":\(jsonQuoted(message))}}", status)
    if status == .serviceUnavailable { response.headers[.retryAfter] = "1" }
    return response
  }
}

extension Response {
  /// A JSON text and a line feed.
  static func json(_ text: String, _ status: HTTPResponse.Status = .ok) -> Response {
    Response(
      status: status, headers: [.contentType: "application/json; charset=utf-8"],
      body: ResponseBody(byteBuffer: ByteBuffer(string: text + "\n")))
  }
}
