internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import NIOHTTP1
internal import TagmaAnnotations

/// What is wrong with a request, and the status that says so.
struct ServiceError: HTTPResponseError {
  let status: HTTPResponse.Status
  /// A word for programs, such as `unknown_model`.
  let code: String
  let message: String
  /// Whether the body was read before; where it was not, the connection is of no more use.
  var readsBody = true
  /// What a path may be asked, where it was asked something else.
  var allowed: String?

  static func badRequest(_ message: String) -> Self {
    Self(status: .badRequest, code: "bad_request", message: message)
  }

  static func missing(_ parameter: String, hint: String? = nil) -> Self {
    Self(
      status: .badRequest, code: "missing_parameter",
      message: "parameter '\(parameter)' is missing" + (hint.map { ": \($0)" } ?? ""))
  }

  /// - Parameter name: What was asked for; nil: any.
  static func unknownModel(_ name: String?, known: [String]) -> Self {
    let wanted = name.map { "no model '\($0)'" } ?? "no model for this"
    let others = known.isEmpty ? "" : ", only \(known.joined(separator: ", "))"
    return Self(status: .notFound, code: "unknown_model", message: "\(wanted) is served\(others)")
  }

  static func noSuchPath(_ path: String) -> Self {
    Self(
      status: .notFound, code: "not_found",
      message: "no such route '\(path)'; GET / lists the routes", readsBody: false)
  }

  static func wrongMethod(_ method: String, at path: String, allowed: String) -> Self {
    Self(
      status: .methodNotAllowed, code: "wrong_method",
      message: "'\(path)' is not asked by \(method), only by \(allowed)", readsBody: false,
      allowed: allowed)
  }

  static func unknownHost(_ host: String) -> Self {
    Self(
      status: .misdirectedRequest, code: "unknown_host",
      message: "this service is not known as '\(host)'; --allow-host names what it is called",
      readsBody: false)
  }

  static func noHTTP(_ error: HTTPParserError) -> Self {
    error == .headerOverflow
      ? Self(
        status: .requestHeaderFieldsTooLarge, code: "too_large",
        message: "the address and the header fields are too long; texts belong in the body")
      : Self(status: .badRequest, code: "http", message: "this is no request of HTTP/1.1: \(error)")
  }

  static func tooLarge(limit: Int) -> Self {
    Self(
      status: .contentTooLarge, code: "too_large",
      message: "a request has at most \(limit) bytes", readsBody: false)
  }

  static let tooSlow = Self(
    status: .requestTimeout, code: "timeout", message: "the request took too long to arrive",
    readsBody: false)

  /// A body that was slow while others waited for its place.
  static let displaced = Self(
    status: .requestTimeout, code: "timeout",
    message: "the request arrived slowly while others waited; try again", readsBody: false)

  static let busy = Self(
    status: .serviceUnavailable, code: "busy",
    message: "as many requests as the service takes are at work; try again", readsBody: false)

  static let full = Self(
    status: .serviceUnavailable, code: "busy",
    message: "the requests at work hold as many bytes as the service takes; try again",
    readsBody: false)

  /// What the body of the answer says.
  var json: String {
    "{\"error\":{\"code\":\(jsonQuoted(code)),\"message\":\(jsonQuoted(message))}}"
  }

  func response(from request: Request, context: some RequestContext) -> Response {
    var response = Response.json(json, status)
    if status == .serviceUnavailable { response.headers[.retryAfter] = "1" }
    response.headers[.allow] = allowed
    return response
  }
}

extension Response {
  /// A JSON text and a line feed.
  static func json(_ text: String, _ status: HTTPResponse.Status = .ok) -> Response {
    Response(
      status: status, headers: [.contentType: "application/json; charset=utf-8"],
      body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
  }
}
