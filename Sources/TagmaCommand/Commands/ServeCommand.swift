internal import ArgumentParser
internal import Foundation
internal import Tagma
internal import TagmaService

/// `tagma serve` — tagging and translation over HTTP.
struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Tag and translate over HTTP.",
    discussion: """
      Serves the models it is given, each under the name of its folder, to this machine alone unless --host says otherwise. \
      GET / says what there is; clients of UDPipe 2 and of LibreTranslate work with it.

        tagma serve -m en -m en-de
        curl -d text='Ann lives in Rome.' localhost:8080/tag
        curl -d q='The dog sleeps.' -d target=de localhost:8080/translate

      SIGINT or SIGTERM ends it when the requests at work are answered; a second one ends it at once.
      """)

  @Option(name: .shortAndLong, help: "A model: a folder, or the name of one; given once for each.")
  var model: [String]

  @Option(help: "The address to listen at; 0.0.0.0 serves other machines, too.")
  var host = ServiceConfiguration().host

  @Option(name: .shortAndLong, help: "The port to listen at; 0 lets the system choose one.")
  var port = ServiceConfiguration().port

  @Option(name: .shortAndLong, help: "Threads that tag and translate.")
  var jobs = ServiceConfiguration().threads

  @Option(help: "Requests at work and waiting; what is beyond gets 503.")
  var maxRequests = ServiceConfiguration().requestLimit

  @Option(help: "Bytes of a request; what is larger gets 413.")
  var maxBody = ServiceConfiguration().bodyLimit

  @Option(help: "Characters to translate in one request; what is longer gets 413.")
  var charLimit = ServiceConfiguration().translationLimit

  @Option(help: "Seconds that a request may take to arrive, and each part of an answer to be read.")
  var timeout = 30

  @Option(help: "Whose pages may read answers: an origin, or '*'.")
  var cors: String?

  @Flag(help: "Write no line for each request.")
  var quiet = false

  func validate() throws {
    guard (0...65535).contains(port) else { throw ValidationError("--port must be below 65536") }
    guard (1...1024).contains(jobs), maxRequests >= 1 else {
      throw ValidationError("--jobs must be from 1 to 1024, --max-requests at least 1")
    }
    guard (1...1 << 30).contains(maxBody), charLimit >= 1, (1...3600).contains(timeout) else {
      throw ValidationError(
        "--max-body must be from 1 to 2^30, --char-limit at least 1, --timeout from 1 to 3600")
    }
  }

  func run() async throws {
    let models = try load()
    var configuration = ServiceConfiguration()
    configuration.host = host
    configuration.port = port
    configuration.threads = jobs
    configuration.requestLimit = maxRequests
    configuration.bodyLimit = maxBody
    configuration.translationLimit = charLimit
    configuration.transferTimeout = .seconds(timeout)
    configuration.allowedOrigin = cors
    Signals.watch()
    let (host, quiet) = (host, quiet)
    try await TagmaService(models, configuration).run(
      started: { note("listening at http://\(host):\($0)") },
      log: { if !quiet { note($0) } },
      until: {
        // Ends, too, where the service could not begin.
        while Signals.received == 0, !Task.isCancelled {
          try? await Task.sleep(for: .milliseconds(50))
        }
      })
    throw ExitCode(Signals.exitStatus)
  }

  private func load() throws -> ServedModels {
    var models = ServedModels()
    for wanted in model {
      let path = try ModelPath.find(wanted)
      let name = ModelPath.title(of: path)
      guard !models.names.contains(name) else {
        throw ValidationError("two models are named '\(name)'")
      }
      switch try AnyModel(contentsOf: path) {
      case .tagger(let tagger): models.add(tagger, name: name)
      case .translator(let translator): models.add(translator, name: name)
      default:
        throw ModelError(
          .otherKind(found: "another model", expected: "tagger or translator"), path: path)
      }
    }
    return models
  }
}
