// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "TagLetter",
  platforms: [.macOS(.v26)],
  dependencies: [.package(name: "tagma", path: "../../..")],
  targets: [
    .executableTarget(
      name: "TagLetter", dependencies: [.product(name: "Tagma", package: "tagma")])
  ]
)
