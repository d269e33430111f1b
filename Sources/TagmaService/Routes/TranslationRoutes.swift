internal import Foundation
internal import Hummingbird
internal import TagmaAnnotations
internal import TagmaModels
internal import TagmaTranslation

/// `/translate` and `/languages` as LibreTranslate has them, so that its clients work here.
struct TranslationRoutes {
  let models: ServedModels
  let intake: RequestIntake
  let workers: ServiceThreads
  /// Characters of a request with the usual beam.
  let characterLimit: Int

  /// Lines that are translated before others have their turn.
  private static let linesAtOnce = 16
  /// Hypotheses that are kept at most, those for alternatives included.
  private static let widestBeam = 64

  func add(to router: Router<ServiceContext>) {
    router.get("languages") { _, _ in languages() }
    router.post("translate") { request, context in
      try await translate(try await intake(request, bodyName: "q", context), context)
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

  private func translate(_ request: ArrivedRequest, _ context: ServiceContext) async throws
    -> Response
  {
    let parameters = request.parameters
    _ = try parameters.required("q")
    let texts = parameters.all("q")
    guard parameters["format"] ?? "text" == "text" else {
      throw ServiceError.badRequest("only format 'text' is translated")
    }
    let detected =
      parameters["source"] == "auto"
      ? await withTaskExecutorPreference(workers) { models.detect(texts) } : []
    let chosen = try models.translator(
      parameters["model"], from: parameters["source"], detected: detected.first?.language,
      to: parameters["target"])
    context.record.note(model: chosen.name)
    let options = try searchOptions(parameters)
    try checkCost(of: texts, beam: options.beam)
    let lines = texts.map(TextLines.init)
    let found = try await translations(
      of: lines.flatMap(\.lines), kept: lines.flatMap(\.kept), chosen.model, options, context)
    withExtendedLifetime(request.place) {}

    var rest = found[...]
    let results = lines.map { lines in
      defer { rest = rest.dropFirst(lines.lines.count) }
      return (0..<options.nbest).map { k in
        lines.replacing(rest.prefix(lines.lines.count).map { $0[min(k, $0.count - 1)] })
      }
    }
    return Response.json(
      answer(
        results, parameters, source: chosen.model.description.source, detected: detected))
  }

  private func searchOptions(_ parameters: RequestParameters) throws -> SearchOptions {
    var options = SearchOptions()
    options.nbest =
      try parameters.integer("alternatives", in: 0...Self.widestBeam - 1, default: 0) + 1
    options.beam = try max(
      parameters.integer("beam", in: 1...Self.widestBeam, default: options.beam), options.nbest)
    return options
  }

  /// Refuses what would keep a thread for long: texts count by their characters, one more each, and by the beam.
  private func checkCost(of texts: [String], beam: Int) throws {
    let usual = SearchOptions().beam
    let limit = characterLimit * usual / max(beam, usual)
    guard texts.reduce(0, { $0 + $1.unicodeScalars.count + 1 }) <= limit + 1 else {
      throw ServiceError(
        status: .contentTooLarge, code: "too_large",
        message: "at most \(limit) characters are translated at once"
          + (beam > usual ? " with a beam of \(beam)" : ""))
    }
  }

  /// - Parameters:
  ///   - results: For each text its translations, best first.
  ///   - detected: For each text its language, where that was asked for and something tells languages apart.
  private func answer(
    _ results: [[String]], _ parameters: RequestParameters, source: String, detected: [Detection]
  ) -> String {
    // A list is answered by a list, also one of a single text.
    let isList = results.count > 1 || parameters.lists.contains("q")
    func quoted(_ parts: [String]) -> String {
      isList ? "[\(parts.joined(separator: ","))]" : parts.first ?? "\"\""
    }
    var body = "{\"translatedText\":\(quoted(results.map { jsonQuoted($0[0]) }))"
    if parameters["alternatives"].map({ $0 != "0" }) ?? false {
      let others = results.map { texts in
        var seen: Set = [texts[0]]
        let others = texts.dropFirst().filter { seen.insert($0).inserted }
        return "[\(others.map(jsonQuoted).joined(separator: ","))]"
      }
      body += ",\"alternatives\":\(quoted(others))"
    }
    if parameters["source"] == "auto" {
      let languages =
        detected.isEmpty
        ? results.map { _ in Detection(language: source, confidence: 0) } : detected
      body += ",\"detectedLanguage\":\(quoted(languages.map(\.json)))"
    }
    return body + "}"
  }

  /// The translations of each line, best first.
  private func translations(
    of lines: [String], kept: [Bool], _ translator: Translator, _ options: SearchOptions,
    _ context: ServiceContext
  ) async throws -> [[String]] {
    var found: [[String]] = []
    let isOver = context.isOver
    for start in stride(from: 0, to: lines.count, by: Self.linesAtOnce) {
      let range = start..<min(start + Self.linesAtOnce, lines.count)
      let (part, isKept) = (Array(lines[range]), Array(kept[range]))
      found += await withTaskExecutorPreference(workers) {
        translator.translate(
          part, kept: isKept, options: options, threads: 1, shouldStop: isOver
        )
        .map { $0.map(\.text) }
      }
      if isOver() { throw CancellationError() }
    }
    return found
  }
}

/// The lines of a text and what ends each: LF, CR LF or CR.
struct TextLines: Sendable {
  private(set) var lines: [String] = []
  private var ends: [String] = []

  /// Whether each line is part of a block that is no prose.
  var kept: [Bool] {
    var blocks = TextBlocks()
    return lines.map { blocks.keeps($0) }
  }

  init(_ text: String) {
    var line = String.UnicodeScalarView()
    var isAfterReturn = false
    for scalar in text.unicodeScalars {
      if scalar == "\n", isAfterReturn {
        ends[ends.count - 1] = "\r\n"
      } else if scalar == "\n" || scalar == "\r" {
        lines.append(String(line))
        ends.append(scalar == "\n" ? "\n" : "\r")
        line = String.UnicodeScalarView()
      } else {
        line.append(scalar)
      }
      isAfterReturn = scalar == "\r"
    }
    lines.append(String(line))
    ends.append("")
  }

  /// The text with other lines, as many, and the same ends.
  func replacing(_ others: [String]) -> String {
    zip(others, ends).map { $0 + $1 }.joined()
  }
}
