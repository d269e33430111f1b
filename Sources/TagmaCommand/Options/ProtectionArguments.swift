internal import ArgumentParser
internal import Tagma

/// What comes out of a translation as it went in.
struct ProtectionArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A regular expression; what it matches comes out as it is. May be given several times.",
      valueName: "regex"))
  var protect: [String] = []

  @Flag(help: "Leave ｟ and ｠ around what they mark.")
  var keepMarks = false

  func validate() throws { _ = try protection }

  var protection: Protection {
    get throws {
      do {
        var protection = try Protection(patterns: protect)
        protection.keepsMarks = keepMarks
        return protection
      } catch {
        throw ValidationError("--protect: \(error)")
      }
    }
  }
}
