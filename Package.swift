// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

let package = Package(
  name: "Tagma",
  platforms: [.macOS(.v26)],
  products: [
    .library(name: "Tagma", targets: ["Tagma"]),
    .executable(name: "tagma", targets: ["TagmaCommand"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(
      url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0", traits: []),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"),
  ],
  targets: [
    // C shims: one header and one source each, with the reason in the header.
    .target(name: "CTagmaOneDNN", linkerSettings: [.linkedLibrary("dnnl")]),
    .target(name: "CTagmaSIMD"),
    .target(
      name: "CTagmaICU",
      linkerSettings: [.linkedLibrary("icuuc"), .linkedLibrary("icui18n")]),
    .target(name: "CTagmaFiles"),
    .target(
      name: "CTagmaProcess", dependencies: ["CTagmaFiles"],
      linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
    .target(name: "CTagmaZlib", linkerSettings: [.linkedLibrary("z")]),
    .systemLibrary(
      name: "CLibXML2", pkgConfig: "libxml-2.0",
      providers: [.apt(["libxml2-dev", "pkg-config"]), .brew(["libxml2", "pkg-config"])]),
    .target(name: "CTagmaXML", dependencies: ["CLibXML2"]),

    // The tower of mathematics.
    .target(
      name: "TagmaKernels", dependencies: ["CTagmaOneDNN", "CTagmaSIMD"],
      swiftSettings: settings + [.strictMemorySafety()]),
    .target(
      name: "TagmaNeural", dependencies: ["TagmaKernels", "CTagmaZlib"],
      swiftSettings: settings + [.enableExperimentalFeature("Lifetimes")]),

    // The tower of language.
    .target(name: "TagmaAnnotations", swiftSettings: settings),
    .target(
      name: "TagmaTokenization", dependencies: ["TagmaAnnotations", "CTagmaICU"],
      resources: [.embedInCode("Rules")], swiftSettings: settings),
    .target(
      name: "TagmaCorpora",
      dependencies: ["TagmaAnnotations", "CTagmaFiles", "CTagmaZlib", "CTagmaICU", "CTagmaXML"],
      swiftSettings: settings),
    .target(name: "TagmaLexicon", dependencies: ["TagmaAnnotations"], swiftSettings: settings),
    .target(name: "TagmaEvaluation", dependencies: ["TagmaAnnotations"], swiftSettings: settings),

    // Where the towers meet: what all models share, then each kind of model.
    .target(
      name: "TagmaModels",
      dependencies: [
        "TagmaNeural", "TagmaLexicon", "TagmaCorpora",
        .product(name: "Crypto", package: "swift-crypto"),
      ],
      swiftSettings: settings),
    .target(
      name: "TagmaTagging",
      dependencies: [
        "TagmaSegmentation", "TagmaLanguageModels", "TagmaModels", "TagmaNeural", "TagmaLexicon",
        "TagmaCorpora", "TagmaKernels",
        "TagmaTokenization",
        "TagmaEvaluation",
        .product(name: "Crypto", package: "swift-crypto"),
      ],
      swiftSettings: settings),
    .target(
      name: "TagmaTranslation",
      dependencies: [
        "TagmaModels", "TagmaNeural", "TagmaLexicon", "TagmaCorpora", "TagmaTokenization",
        "TagmaEvaluation",
        .product(name: "Crypto", package: "swift-crypto"),
      ],
      swiftSettings: settings),
    .target(
      name: "TagmaLanguageModels",
      dependencies: [
        "TagmaModels", "TagmaNeural", "TagmaLexicon", "TagmaKernels", "TagmaCorpora",
        "TagmaAnnotations",
        .product(name: "Crypto", package: "swift-crypto"),
      ],
      swiftSettings: settings),
    .target(
      name: "TagmaSegmentation",
      dependencies: [
        "TagmaModels", "TagmaNeural", "TagmaKernels", "TagmaLexicon", "TagmaTokenization",
        "TagmaEvaluation", "TagmaAnnotations",
        .product(name: "Crypto", package: "swift-crypto"),
      ],
      swiftSettings: settings),
    .target(
      name: "TagmaClassification",
      dependencies: [
        "TagmaModels", "TagmaNeural", "TagmaKernels", "TagmaLexicon", "TagmaCorpora",
        "TagmaEvaluation", "TagmaAnnotations",
        .product(name: "Crypto", package: "swift-crypto"),
      ],
      swiftSettings: settings),
    .target(
      name: "TagmaSeries",
      dependencies: [
        "TagmaModels", "TagmaNeural", "TagmaKernels", "TagmaCorpora", "TagmaAnnotations",
        .product(name: "Crypto", package: "swift-crypto"),
      ],
      swiftSettings: settings),
    .target(
      name: "Tagma",
      dependencies: [
        "TagmaAnnotations", "TagmaTokenization", "TagmaCorpora", "TagmaEvaluation", "TagmaModels",
        "TagmaNeural",
        "TagmaTagging", "TagmaTranslation", "TagmaLanguageModels", "TagmaSeries",
        "TagmaSegmentation", "TagmaClassification",
      ],
      swiftSettings: settings),

    // The doors.
    .target(
      name: "TagmaService",
      dependencies: [
        "Tagma", "TagmaAnnotations", "TagmaTokenization", "TagmaCorpora", "TagmaModels",
        "TagmaClassification", "TagmaTagging", "TagmaTranslation", "TagmaSegmentation",
        "TagmaKernels",
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
        .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ],
      swiftSettings: settings),
    .executableTarget(
      name: "TagmaCommand",
      dependencies: [
        // All that `Tagma` re-exports is named too: a build after a change would miss it otherwise.
        "Tagma", "TagmaAnnotations", "TagmaTokenization", "TagmaCorpora", "TagmaEvaluation",
        "TagmaModels", "TagmaTagging", "TagmaTranslation", "TagmaLanguageModels", "TagmaSeries",
        "TagmaSegmentation",
        "TagmaKernels", "TagmaNeural", "TagmaLexicon", "TagmaService", "CTagmaFiles",
        "CTagmaProcess",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),

    // Tests mirror Sources.
    .target(
      name: "TestSupport", dependencies: ["TagmaNeural"], path: "Tests/TestSupport",
      swiftSettings: settings),
    .testTarget(
      name: "TagmaKernelsTests", dependencies: ["TagmaKernels", "TestSupport"],
      swiftSettings: settings),
    .testTarget(
      name: "TagmaNeuralTests", dependencies: ["TagmaNeural", "TestSupport"],
      resources: [.copy("Goldens")], swiftSettings: settings),
    .testTarget(
      name: "TagmaCorporaTests",
      dependencies: ["TagmaAnnotations", "TagmaCorpora", "TestSupport"], exclude: ["Goldens"],
      swiftSettings: settings),
    .testTarget(
      name: "TagmaLexiconTests", dependencies: ["TagmaLexicon", "TestSupport"],
      swiftSettings: settings),
    .testTarget(
      name: "TagmaEvaluationTests",
      dependencies: ["TagmaAnnotations", "TagmaCorpora", "TagmaEvaluation", "TestSupport"],
      exclude: ["Goldens"], swiftSettings: settings),
    .testTarget(
      name: "TagmaTokenizationTests",
      dependencies: ["TagmaAnnotations", "TagmaTokenization", "TestSupport"],
      swiftSettings: settings),
    .testTarget(
      name: "TagmaTaggingTests",
      dependencies: ["Tagma", "TagmaModels", "TagmaNeural", "TagmaTagging", "TestSupport"],
      swiftSettings: settings),
    .testTarget(
      name: "TagmaTranslationTests",
      dependencies: [
        "TagmaCorpora", "TagmaModels", "TagmaNeural", "TagmaLexicon", "TagmaTranslation",
        "TestSupport",
      ],
      swiftSettings: settings),
    .testTarget(
      name: "TagmaLanguageModelsTests",
      dependencies: [
        "TagmaLanguageModels", "TagmaLexicon", "TagmaModels", "TagmaNeural", "TestSupport",
      ],
      swiftSettings: settings),
    .testTarget(
      name: "TagmaModelsTests", dependencies: ["TagmaModels", "TestSupport"],
      swiftSettings: settings),
    .testTarget(
      name: "TagmaClassificationTests",
      dependencies: ["TagmaModels", "TagmaClassification", "TestSupport"],
      swiftSettings: settings),
    .testTarget(
      name: "TagmaSegmentationTests",
      dependencies: [
        "TagmaAnnotations", "TagmaModels", "TagmaSegmentation", "TagmaTokenization", "TestSupport",
      ],
      swiftSettings: settings),
    .testTarget(
      name: "TagmaSeriesTests",
      dependencies: [
        "TagmaAnnotations", "TagmaCorpora", "TagmaModels", "TagmaNeural", "TagmaSeries",
        "TestSupport",
      ],
      swiftSettings: settings),
    .testTarget(
      name: "TagmaServiceTests",
      dependencies: [
        // As above: what is re-exported is named, too.
        "Tagma", "TagmaAnnotations", "TagmaTokenization", "TagmaCorpora", "TagmaModels",
        "TagmaTagging", "TagmaTranslation", "TagmaSegmentation", "TagmaService", "TestSupport",
      ],
      swiftSettings: settings),
    .testTarget(
      name: "TagmaCommandTests",
      dependencies: ["Tagma", "TagmaModels", "TagmaTagging", "TagmaCommand", "TestSupport"],
      exclude: ["Goldens", "Faults"],
      swiftSettings: settings),
  ],
  swiftLanguageModes: [.v6]
)
