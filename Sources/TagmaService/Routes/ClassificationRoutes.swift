internal import Hummingbird
internal import TagmaAnnotations
internal import TagmaClassification
internal import TagmaModels

/// `/classify`, and `/detect` as LibreTranslate has it.
struct ClassificationRoutes {
  let models: ServedModels
  let intake: RequestIntake
  let workers: ServiceThreads

  func add(to router: Router<ServiceContext>) {
    router.post("classify") { request, context in
      try await classify(try await intake(request, bodyName: "text", context), context)
    }
    router.post("detect") { request, context in
      try await detect(try await intake(request, bodyName: "q", context), context)
    }
  }

  private func classify(_ request: ArrivedRequest, _ context: ServiceContext) async throws
    -> Response
  {
    let parameters = request.parameters
    let text = try parameters.single("text")
    let chosen = try models.classifier(parameters["model"])
    context.record.note(model: chosen.name)
    let best = try parameters.integer("best", in: 1...1000, default: 1)
    let found = await withTaskExecutorPreference(workers) { chosen.model.classify(text) }
    withExtendedLifetime(request.place) {}
    return Response.json(found.json(of: text, best: best))
  }

  /// Languages with what is certain of them in percent, the likeliest first.
  private func detect(_ request: ArrivedRequest, _ context: ServiceContext) async throws
    -> Response
  {
    let text = try request.parameters.single("q")
    guard let chosen = models.languages else {
      throw ServiceError.unknownModel("languages", known: models.names)
    }
    context.record.note(model: chosen.name)
    let found = await withTaskExecutorPreference(workers) { chosen.model.classify(text) }
    withExtendedLifetime(request.place) {}
    let rows = found.probabilities.prefix(3).filter { $0.probability >= 0.01 }.map {
      Detection(language: $0.label, confidence: Int(100 * $0.probability)).json
    }
    return Response.json("[\(rows.joined(separator: ","))]")
  }
}
