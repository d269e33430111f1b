internal import Hummingbird
internal import TagmaAnnotations
internal import TagmaTagging
internal import TagmaTokenization

/// `POST /tag` and `POST /tokenize`: as the commands of these names, with their options as parameters.
struct TagRoutes {
  let models: ServedModels
  let configuration: ServiceConfiguration
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
      let parameters = try await parameters(of: request)
      try parameters.allowOnly(Self.common + ["task", "confidence", "nbest"])
      let chosen = try models.tagger(parameters["model"])
      var pipeline = DocumentPipeline(chosen.model, language: parameters["language"])
      pipeline.tagging.confidence = try parameters.flag("confidence")
      pipeline.tagging.nbest = try parameters.integer("nbest", in: 0...1000, default: 0)
      var options = OutputOptions()
      options.confidence = pipeline.tagging.confidence
      options.tasks = try tasks(parameters["task"], of: chosen.model)
      options.title = "Tagged text"
      return try await answer(parameters, pipeline, options, model: chosen.name, context)
    }
    router.post("tokenize") { request, context in
      let parameters = try await parameters(of: request)
      try parameters.allowOnly(Self.common)
      var pipeline = DocumentPipeline()
      var name: String?
      if let wanted = parameters["model"] {
        let tagger = try models.tagger(wanted)
        (name, pipeline) = (
          tagger.name, DocumentPipeline(tagger.model, language: parameters["language"])
        )
        pipeline.tagger = nil
      } else {
        pipeline.tokenizer.language = parameters["language"] ?? "en"
      }
      return try await answer(parameters, pipeline, OutputOptions(), model: name, context)
    }
  }

  private func parameters(of request: Request) async throws -> RequestParameters {
    try await RequestParameters(
      request, bodyName: "text", limit: configuration.bodyLimit,
      timeout: configuration.transferTimeout)
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
    _ parameters: RequestParameters, _ pipeline: DocumentPipeline, _ options: OutputOptions,
    model: String?, _ context: ServiceContext
  ) async throws -> Response {
    var (pipeline, options) = (pipeline, options)
    pipeline.format = try parameters.choice("input", default: InputFormat.text)
    pipeline.tokenizer.lineEndsSentence =
      try parameters.choice("newline", default: Newline.space) == .sentence
    options.offsets = try parameters.choice("offsets", default: OffsetUnit.scalars)
    let output = try parameters.choice("output", default: Output.json)
    let formatter = formatter(for: output.format, options)
    var envelope = DocumentResponse.Envelope(head: formatter.header, tail: formatter.footer)
    if output == .json {
      envelope.head =
        "{" + (model.map { "\"model\":\(jsonQuoted($0))," } ?? "") + "\"sentences\":["
      envelope.piece = { text, isFirst in
        (isFirst ? "" : ",") + text.split(separator: "\n").joined(separator: ",\n")
      }
      envelope.tail = "]}\n"
    }
    return try await respond(
      try parameters.required("text"), pipeline, formatter, contentType: output.contentType,
      envelope, context)
  }
}
