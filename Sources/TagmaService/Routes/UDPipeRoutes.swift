internal import HTTPTypes
internal import Hummingbird
internal import TagmaAnnotations
internal import TagmaModels
internal import TagmaTagging
internal import TagmaTranslation

/// `/models` and `/process` as the REST service of UDPipe 2 has them, so that its clients work here.
struct UDPipeRoutes {
  let models: ServedModels
  let intake: RequestIntake
  let respond: DocumentResponse

  private enum Input: String, CaseIterable {
    case conllu, horizontal, vertical
    case tokenizer = "generic_tokenizer"
  }

  private enum Output: String, CaseIterable {
    case conllu, horizontal, vertical, plaintext
  }

  func add(to router: Router<ServiceContext>) {
    for method in [HTTPRequest.Method.get, .post] {
      router.on("models", method: method) { _, _ in list() }
      router.on("process", method: method) { request, context in
        try await process(try await intake(request, bodyName: "data", context), context)
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

  private func process(_ request: ArrivedRequest, _ context: ServiceContext) async throws
    -> Response
  {
    let parameters = request.parameters
    let text = try parameters.required("data")
    let chosen = try models.tagger(parameters["model"])
    context.record.note(model: chosen.name)
    var pipeline = DocumentPipeline(chosen.model)
    let (input, tokenizer) = try Self.input(parameters)
    // What is cut already is no running text.
    if case .format(let format) = input {
      pipeline.format = format
    } else {
      pipeline.format = .tokens
    }
    if parameters["tagger"] == nil { pipeline.tagger = nil }
    var options = OutputOptions()
    let output = try parameters.choice("output", default: Output.conllu)
    // UDPipe's other formats hold words alone.
    options.tasks =
      pipeline.tagger == nil || output != .conllu ? [] : inCanonicalOrder(chosen.model.tasks)
    let formatter = Self.formatter(output, options, tokenizer)
    let work = DocumentRequest(
      text: Array(text.utf8), input: input, pipeline: pipeline, formatter: formatter,
      place: request.place)
    let head =
      "{\"model\":\(jsonQuoted(chosen.name)),\"acknowledgements\":[],\"result\":\""
      + Self.quoted(formatter.header)
    return try await respond(
      work, contentType: TagRoutes.Output.json.contentType,
      DocumentResponse.Envelope(
        head: head, piece: { text, _ in Self.quoted(text) },
        tail: Self.quoted(formatter.footer) + "\"}\n"), context)
  }

  /// How the text is read: `tokenizer` with its options, or `input`, which may be `generic_tokenizer` with the same.
  private static func input(_ parameters: RequestParameters) throws
    -> (DocumentRequest.Input, TokenizerOptionList)
  {
    if let options = parameters["tokenizer"] {
      let options = try TokenizerOptionList(options)
      return (.format(options.isPresegmented ? .lines : .text), options)
    }
    let parts = (parameters["input"] ?? "conllu").split(
      separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard let input = parts.first.flatMap({ Input(rawValue: String($0)) }) else {
      throw ServiceError.badRequest(
        "parameter 'input' is one of \(Input.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    switch input {
    case .tokenizer:
      let options = try TokenizerOptionList(parts.count > 1 ? String(parts[1]) : "")
      return (.format(options.isPresegmented ? .lines : .text), options)
    case .conllu: return (.format(.conllu), TokenizerOptionList())
    case .vertical: return (.vertical, TokenizerOptionList())
    case .horizontal: return (.horizontal, TokenizerOptionList())
    }
  }

  private static func formatter(
    _ output: Output, _ options: OutputOptions, _ tokenizer: TokenizerOptionList
  ) -> any SentenceFormatter {
    switch output {
    case .conllu:
      let formatter = TagmaTagging.formatter(for: .conllu, options)
      return tokenizer.changesMisc ? MiscFormatter(base: formatter, options: tokenizer) : formatter
    case .horizontal: return HorizontalFormatter()
    case .vertical: return TagmaTagging.formatter(for: .vertical, options)
    case .plaintext: return PlainTextFormatter()
    }
  }

  /// A part of a JSON string.
  private static func quoted(_ text: String) -> String {
    String(jsonQuoted(text).dropFirst().dropLast())
  }
}

/// The options of UDPipe's tokenizer, separated by semicolons.
struct TokenizerOptionList: Sendable {
  /// A line is a sentence.
  private(set) var isPresegmented = false
  /// Places of tokens go to MISC, as `TokenRange=start:end` in characters from the beginning of the text.
  private(set) var hasRanges = false
  /// MISC says no more of white space than that there is none.
  private(set) var normalizesSpaces = false

  init() {}

  init(_ text: String) throws {
    for option in text.split(separator: ";") {
      // `ranges=1` is the same as `ranges`.
      switch option.prefix(while: { $0 != "=" }) {
      case "presegmented": isPresegmented = true
      case "ranges": hasRanges = true
      case "normalized_spaces", "normalize_spaces": normalizesSpaces = true
      // Of tokenizers that can be told to do so.
      case "joint_with_parsing", "allow_spaces": continue
      default:
        throw ServiceError.badRequest(
          "option '\(option)' of 'tokenizer' is one of presegmented, ranges, normalized_spaces")
      }
    }
  }

  var changesMisc: Bool { hasRanges || normalizesSpaces }
}

/// CoNLL-U whose MISC has more, or less, of each token's place.
private struct MiscFormatter: SentenceFormatter {
  let base: any SentenceFormatter
  let options: TokenizerOptionList

  var header: String { base.header }
  var footer: String { base.footer }

  func write(_ item: DocumentSentence, to out: inout String) {
    var item = item
    // Words of a multiword token have no place of their own.
    let inner = Set(item.sentence.multiwordTokens.flatMap { Array($0.words) })
    for i in item.sentence.tokens.indices {
      let token = item.sentence.tokens[i]
      item.sentence.tokens[i].misc = misc(token.misc, inner.contains(i) ? nil : token.place)
    }
    for i in item.sentence.multiwordTokens.indices {
      let token = item.sentence.multiwordTokens[i]
      item.sentence.multiwordTokens[i].misc = misc(token.misc, token.place)
    }
    base.write(item, to: &out)
  }

  private func misc(_ misc: String, _ place: TextPlace?) -> String {
    var misc = misc
    if options.normalizesSpaces {
      for name in ["SpacesBefore", "SpacesAfter", "SpacesInToken"] {
        misc = Misc.setting(name, to: nil, in: misc)
      }
    }
    if options.hasRanges, let range = place?.scalars {
      misc = Misc.setting("TokenRange", to: "\(range.lowerBound):\(range.upperBound)", in: misc)
    }
    return misc
  }
}

/// A sentence a line, words separated by blanks; blanks within words are no-break spaces.
private struct HorizontalFormatter: SentenceFormatter {
  func write(_ item: DocumentSentence, to out: inout String) {
    let words = item.sentence.tokens.map { token in
      String(String.UnicodeScalarView(token.form.unicodeScalars.map { $0 == " " ? "\u{a0}" : $0 }))
    }
    out += words.joined(separator: " ") + "\n"
  }
}
