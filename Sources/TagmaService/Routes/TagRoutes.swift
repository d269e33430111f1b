internal import Hummingbird
internal import TagmaAnnotations
internal import TagmaModels
internal import TagmaTagging
internal import TagmaTokenization

/// `POST /tag` and `POST /tokenize`: as the commands of these names, with their options as parameters.
struct TagRoutes {
  let models: ServedModels
  let intake: RequestIntake
  let respond: DocumentResponse

  /// What answers can be: one JSON object, or what the command line writes.
  enum Output: String, CaseIterable {
    case json, jsonl, conllu, columns, tsv, html, lines, vertical

    var format: OutputFormat { OutputFormat(rawValue: rawValue) ?? .jsonl }

    var contentType: String {
      switch self {
      case .json: "application/json; charset=utf-8"
      case .jsonl: "application/jsonl; charset=utf-8"
      case .html: "text/html; charset=utf-8"
      default: "text/plain; charset=utf-8"
      }
    }
  }

  private enum Newline: String, CaseIterable { case space, sentence }

  private static let common = [
    "text", "model", "language", "input", "output", "newline", "offsets",
  ]

  func add(to router: Router<ServiceContext>) {
    router.post("tag") { request, context in
      let request = try await intake(request, bodyName: "text", context)
      let parameters = request.parameters
      try parameters.allowOnly(Self.common + ["task", "confidence", "nbest"])
      let chosen = try models.tagger(parameters["model"])
      var pipeline = DocumentPipeline(
        chosen.model, language: try language(parameters, of: chosen.model))
      pipeline.tagging.confidence = try parameters.flag("confidence")
      pipeline.tagging.nbest = try nbest(parameters)
      var options = OutputOptions()
      options.confidence = pipeline.tagging.confidence
      options.tasks = try tasks(parameters["task"], of: chosen.model)
      options.title = "Tagged text"
      return try await answer(request, pipeline, options, model: chosen.name, context)
    }
    router.post("tokenize") { request, context in
      let request = try await intake(request, bodyName: "text", context)
      let parameters = request.parameters
      try parameters.allowOnly(Self.common)
      var pipeline = DocumentPipeline()
      var name: String?
      if let wanted = parameters["model"] {
        let tagger = try models.tagger(wanted)
        pipeline = DocumentPipeline(
          tagger.model, language: try language(parameters, of: tagger.model))
        (name, pipeline.tagger) = (tagger.name, nil)
      } else {
        pipeline.tokenizer.language = try language(parameters, of: nil) ?? "en"
      }
      return try await answer(request, pipeline, OutputOptions(), model: name, context)
    }
  }

  /// The language of raw text; nil where it is the model's.
  private func language(_ parameters: RequestParameters, of tagger: Tagger?) throws -> String? {
    guard let wanted = parameters["language"], !wanted.isEmpty else { return nil }
    if let language = tagger?.description.language, LanguageName(wanted).names(language) {
      return nil
    }
    guard let code = LanguageName(wanted).code else {
      throw ServiceError.badRequest(
        "parameter 'language' is a code such as en, de or pt-BR, not '\(wanted)'")
    }
    return code
  }

  /// Sequences times bytes of a text that are asked for at most, with the default limit of a body.
  private static let mostSequenceBytes = 32 << 20

  /// How many label sequences are wanted, which must be few for a long text.
  private func nbest(_ parameters: RequestParameters) throws -> Int {
    let count = try parameters.integer("nbest", in: 0...1000, default: 0)
    let bytes = parameters["text"]?.utf8.count ?? 0
    guard count <= 1 || count * bytes <= Self.mostSequenceBytes else {
      throw ServiceError(
        status: .contentTooLarge, code: "too_large",
        message:
          "with nbest \(count) a text has at most \(Self.mostSequenceBytes / count) bytes")
    }
    return count
  }

  private func tasks(_ list: String?, of tagger: Tagger) throws -> [TaggingTask] {
    guard let list, !list.isEmpty else { return inCanonicalOrder(tagger.tasks) }
    let wanted = list.split(separator: ",").map { TaggingTask(String($0)) }
    for task in wanted where !tagger.tasks.contains(task) {
      throw ServiceError.badRequest(
        "the model does not know task '\(task)', only \(tagger.tasks.map(\.name).joined(separator: ", "))"
      )
    }
    return inCanonicalOrder(tagger.tasks.filter(wanted.contains))
  }

  private func answer(
    _ request: ArrivedRequest, _ pipeline: DocumentPipeline, _ options: OutputOptions,
    model: String?, _ context: ServiceContext
  ) async throws -> Response {
    let parameters = request.parameters
    var (pipeline, options) = (pipeline, options)
    context.record.note(model: model)
    pipeline.format = try parameters.choice("input", default: InputFormat.text)
    pipeline.tokenizer.lineEndsSentence =
      try parameters.choice("newline", default: Newline.space) == .sentence
    options.offsets = try parameters.choice("offsets", default: OffsetUnit.scalars)
    let output = try parameters.choice("output", default: Output.json)
    let formatter = formatter(for: output.format, options)
    let work = DocumentRequest(
      text: Array(try parameters.single("text").utf8), input: .format(pipeline.format),
      pipeline: pipeline, formatter: formatter, place: request.place)
    return try await respond(
      work, contentType: output.contentType, envelope(output, formatter, model: model), context)
  }

  private func envelope(
    _ output: Output, _ formatter: any SentenceFormatter, model: String?
  ) -> DocumentResponse.Envelope {
    guard output == .json else {
      return DocumentResponse.Envelope(head: formatter.header, tail: formatter.footer)
    }
    return DocumentResponse.Envelope(
      head: "{" + (model.map { "\"model\":\(jsonQuoted($0))," } ?? "") + "\"sentences\":[",
      piece: Self.listed, tail: "]}\n")
  }

  /// Objects, each on its line, as a part of a JSON list.
  private static func listed(_ lines: String, isFirst: Bool) -> String {
    var bytes = isFirst ? [] : [UInt8(ascii: ",")]
    bytes.reserveCapacity(lines.utf8.count + lines.utf8.count / 64)
    for byte in lines.utf8.dropLast() {
      if byte == 0x0a { bytes.append(UInt8(ascii: ",")) }
      bytes.append(byte)
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
