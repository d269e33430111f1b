internal import Foundation
internal import Hummingbird
internal import TagmaAnnotations
internal import TagmaTranslation

/// `/translate` and `/languages` as LibreTranslate has them, so that its clients work here.
struct TranslationRoutes {
  let models: ServedModels
  let configuration: ServiceConfiguration
  let pool: WorkerPool

  /// Lines that are translated before others have their turn.
  private static let linesAtOnce = 16

  func add(to router: Router<ServiceContext>) {
    router.get("languages") { _, _ in languages() }
    router.post("translate") { request, _ in
      try await translate(
        try await RequestParameters(
          request, bodyName: "q", limit: configuration.bodyLimit,
          timeout: configuration.transferTimeout))
    }
  }

  /// Each language that can be translated from, and into which.
  private func languages() -> Response {
    var targets: [(source: String, targets: [String])] = []
    for one in models.translators {
      let description = one.model.description
      if let k = targets.firstIndex(where: { $0.source == description.source }) {
        if !targets[k].targets.contains(description.target) {
          targets[k].targets.append(description.target)
        }
      } else {
        targets.append((description.source, [description.target]))
      }
    }
    let english = Locale(identifier: "en")
    let entries = targets.map { one in
      let name = english.localizedString(forIdentifier: one.source) ?? one.source
      return
        "{\"code\":\(jsonQuoted(one.source)),\"name\":\(jsonQuoted(name)),\"targets\":[\(one.targets.map(jsonQuoted).joined(separator: ","))]}"
    }
    return Response.json("[\(entries.joined(separator: ","))]")
  }

  private func translate(_ parameters: RequestParameters) async throws -> Response {
    let texts = parameters.all("q")
    guard !texts.isEmpty else { throw ServiceError.missing("q") }
    guard parameters["format"] ?? "text" == "text" else {
      throw ServiceError.badRequest("only format 'text' is translated")
    }
    guard texts.reduce(0, { $0 + $1.unicodeScalars.count }) <= configuration.translationLimit else {
      throw ServiceError(
        status: .contentTooLarge, code: "too_large",
        message: "at most \(configuration.translationLimit) characters are translated at once")
    }
    let chosen = try models.translator(
      parameters["model"], from: parameters["source"], to: parameters["target"])
    let alternatives = try parameters.integer("alternatives", in: 0...100, default: 0)
    var options = SearchOptions()
    options.nbest = alternatives + 1
    options.beam = try max(
      parameters.integer("beam", in: 1...1000, default: options.beam), options.nbest)
    let admission = try pool.admit()
    let lines = texts.map {
      $0.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }
    let found = try await translations(of: lines.flatMap { $0 }, chosen.model, options)
    withExtendedLifetime(admission) {}

    var rest = found[...]
    let results = lines.map { lines in
      defer { rest = rest.dropFirst(lines.count) }
      return (0...alternatives).map { k in
        rest.prefix(lines.count).map { $0[min(k, $0.count - 1)] }.joined(separator: "\n")
      }
    }
    // A list is answered by a list, also one of a single text.
    let isList = texts.count > 1 || parameters.lists.contains("q")
    func quoted(_ parts: [String]) -> String {
      isList ? "[\(parts.joined(separator: ","))]" : parts.first ?? "\"\""
    }
    var body = "{\"translatedText\":\(quoted(results.map { jsonQuoted($0[0]) }))"
    if alternatives > 0 {
      let others = results.map { texts in
        var seen: Set = [texts[0]]
        let others = texts.dropFirst().filter { seen.insert($0).inserted }
        return "[\(others.map(jsonQuoted).joined(separator: ","))]"
      }
      body += ",\"alternatives\":\(quoted(others))"
    }
    if parameters["source"] == "auto" {
      let language =
        "{\"confidence\":0,\"language\":\(jsonQuoted(chosen.model.description.source))}"
      body += ",\"detectedLanguage\":\(quoted(texts.map { _ in language }))"
    }
    return Response.json(body + "}")
  }

  /// The translations of each line, best first.
  private func translations(
    of lines: [String], _ translator: Translator, _ options: SearchOptions
  ) async throws -> [[String]] {
    var found: [[String]] = []
    for start in stride(from: 0, to: lines.count, by: Self.linesAtOnce) {
      try Task.checkCancellation()
      let part = Array(lines[start..<min(start + Self.linesAtOnce, lines.count)])
      found += await withTaskExecutorPreference(pool) {
        translator.translate(part, options: options, threads: 1).map { $0.map(\.text) }
      }
    }
    return found
  }
}
