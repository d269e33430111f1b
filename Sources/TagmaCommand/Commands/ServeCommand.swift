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
        curl -d text='Marie Curie was born in Warsaw.' localhost:8080/tag
        curl -d q='The dog sleeps.' -d target=de localhost:8080/translate

      SIGINT or SIGTERM ends it when the requests at work are answered, within 30 seconds; a second one ends it at once.
      """)

  @Option(name: .shortAndLong, help: "A model: a folder, or the name of one; given once for each.")
  var model: [String]

  @Option(help: "The address to listen at; 0.0.0.0 serves other machines, too.")
  var host = ServiceConfiguration().host

  @Option(
    help: ArgumentHelp(
      "A name that requests may call this service by, beside addresses and names without a dot; '*' is any.",
      valueName: "name"))
  var allowHost: [String] = []

  @Option(name: .shortAndLong, help: "The port to listen at; 0 lets the system choose one.")
  var port = ServiceConfiguration().port

  @Option(name: .shortAndLong, help: "Threads that tag and translate.")
  var jobs = ServiceConfiguration().threads

  @Option(help: "Requests at work, waiting and arriving; what is beyond gets 503.")
  var maxRequests = ServiceConfiguration().requestLimit

  @Option(help: "Bytes of a request; what is larger gets 413.")
  var maxBody = ServiceConfiguration().bodyLimit

  @Option(
    help:
      "Bytes of all requests at once; what is beyond gets 503. (default: \(ServiceConfiguration().heldLimit), at least --max-body)"
  )
  var maxHeld: Int?

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
    guard maxHeld ?? maxBody >= maxBody else {
      throw ValidationError("--max-held must be at least --max-body, \(maxBody)")
    }
  }

  func run() async throws {
    let models = try load()
    var configuration = ServiceConfiguration()
    // As in addresses of the web, or bare.
    let host =
      host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
    let shownHost = host.contains(":") ? "[\(host)]" : host
    configuration.host = host
    configuration.port = port
    configuration.threads = jobs
    configuration.requestLimit = maxRequests
    configuration.bodyLimit = maxBody
    configuration.heldLimit = maxHeld ?? max(configuration.heldLimit, maxBody)
    configuration.allowedHosts = allowHost
    configuration.translationLimit = charLimit
    configuration.transferTimeout = .seconds(timeout)
    configuration.allowedOrigin = cors
    Signals.watch()
    let quiet = quiet
    try await TagmaService(models, configuration).run(
      started: { note("listening at http://\(shownHost):\($0)") },
      log: { if !quiet { writeError($0 + "\n") } },
      until: {
        // Ends, too, where the service could not begin.
        while Signals.received == 0, !Task.isCancelled {
          try? await Task.sleep(for: .milliseconds(50))
        }
        if Signals.received != 0 { Self.endInTime() }
      })
    throw ExitCode(Signals.exitStatus)
  }

  /// Ends the program a little before its time is over, whatever does not stop when it is told to.
  private static func endInTime() {
    Thread.detachNewThread {
      Thread.sleep(forTimeInterval: 28)
      _exit(Signals.exitStatus)
    }
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
      case .classifier(let classifier): models.add(classifier, name: name)
      default:
        throw ModelError(
          .otherKind(found: "another model", expected: "tagger, translator or classifier"),
          path: path)
      }
    }
    return models
  }
}
