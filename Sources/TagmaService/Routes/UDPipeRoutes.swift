internal import HTTPTypes
internal import Hummingbird
internal import TagmaAnnotations
internal import TagmaTagging
internal import TagmaTranslation

/// `/models` and `/process` as the REST service of UDPipe 2 has them, so that its clients work here.
struct UDPipeRoutes {
  let models: ServedModels
  let configuration: ServiceConfiguration
  let respond: DocumentResponse

  private enum Input: String, CaseIterable {
    case conllu, horizontal, vertical
    case tokenizer = "generic_tokenizer"

    var format: InputFormat {
      switch self {
      case .conllu: .conllu
      case .horizontal: .tokens
      case .vertical: .columns
      case .tokenizer: .text
      }
    }
  }

  private enum Output: String, CaseIterable {
    case conllu, horizontal, vertical

    var format: OutputFormat {
      switch self {
      case .conllu: .conllu
      case .horizontal: .lines
      case .vertical: .vertical
      }
    }
  }

  func add(to router: Router<ServiceContext>) {
    for method in [HTTPRequest.Method.get, .post] {
      router.on("models", method: method) { _, _ in list() }
      router.on("process", method: method) { request, context in
        try await process(
          try await RequestParameters(
            request, bodyName: "data", limit: configuration.bodyLimit,
            timeout: configuration.transferTimeout), context)
      }
    }
  }

  private func list() -> Response {
    let entries = models.taggers.map { "\(jsonQuoted($0.name)):[\"tokenizer\",\"tagger\"]" }
    let first = models.taggers.first.map { jsonQuoted($0.name) } ?? "null"
    let translators = models.translators.map { one in
      let description = one.model.description
      return
        "\(jsonQuoted(one.name)):{\"source\":\(jsonQuoted(description.source)),\"target\":\(jsonQuoted(description.target))}"
    }
    return .json(
      "{\"models\":{\(entries.joined(separator: ","))},\"default_model\":\(first),\"translators\":{\(translators.joined(separator: ","))}}"
    )
  }

  private func process(
    _ parameters: RequestParameters, _ context: ServiceContext
  ) async throws -> Response {
    let text = try parameters.required("data")
    let chosen = try models.tagger(parameters["model"])
    var pipeline = DocumentPipeline(chosen.model)
    var input = try parameters.choice("input", default: Input.conllu)
    if let options = parameters["tokenizer"] {
      input = .tokenizer
      pipeline.format = options.split(separator: ";").contains("presegmented") ? .lines : .text
    } else {
      pipeline.format = input.format
    }
    if parameters["tagger"] == nil { pipeline.tagger = nil }
    var options = OutputOptions()
    let output = try parameters.choice("output", default: Output.conllu)
    // UDPipe's other formats hold words alone.
    options.tasks =
      pipeline.tagger == nil || output != .conllu ? [] : inCanonicalOrder(chosen.model.tasks)
    let formatter = formatter(for: output.format, options)
    let head =
      "{\"model\":\(jsonQuoted(chosen.name)),\"acknowledgements\":[],\"result\":\""
      + Self.quoted(formatter.header)
    return try await respond(
      text, pipeline, formatter, contentType: TagRoutes.Output.json.contentType,
      DocumentResponse.Envelope(
        head: head, piece: { text, _ in Self.quoted(text) },
        tail: Self.quoted(formatter.footer) + "\"}\n"), context)
  }

  /// A part of a JSON string.
  private static func quoted(_ text: String) -> String {
    String(jsonQuoted(text).dropFirst().dropLast())
  }
}
