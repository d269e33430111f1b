internal import Foundation
internal import TagmaAnnotations
internal import TagmaCorpora
internal import TagmaKernels
internal import TagmaLexicon
package import TagmaModels
package import TagmaNeural

/// A tagger as it lies in memory: a description, vocabularies, layers and weights.
package struct TaggerModel: Sendable {
  package var description: TaggerDescription
  package let vocabularies: TaggerVocabularies
  package let network: TaggerNetwork
  package var parameters: Parameters

  package init(
    description: TaggerDescription, vocabularies: TaggerVocabularies, network: TaggerNetwork,
    parameters: Parameters
  ) {
    self.description = description
    self.vocabularies = vocabularies
    self.network = network
    self.parameters = parameters
  }
}

// MARK: - Writing

extension TaggerModel {
  package func write(into writer: ModelWriter, as storage: WeightStorage?) throws {
    let vocabularies =
      [("words", vocabularies.words), ("characters", vocabularies.characters)]
      + (vocabularies.labels + vocabularies.inputs).map { ($0.task.name, $0.labels) }
    for (name, vocabulary) in vocabularies {
      try writer.put("\(name).vocab", Array(vocabulary.fileText.utf8))
    }
    try writer.finish(description, parameters, as: storage)
  }
}

// MARK: - Reading

extension TaggerModel {
  /// Reads a model, checking everything before it is used.
  package init(_ files: ModelFiles) throws {
    let description: TaggerDescription = try files.description()
    let weights = try WeightsFile(in: files, crc32: description.folder.weightsCRC32)
    let vocabularies = TaggerVocabularies(
      words: try files.vocabulary("words"),
      characters: try files.vocabulary("characters"),
      labels: try description.tasks.map { ($0, try files.vocabulary($0.name)) },
      inputs: try description.configuration.inputTasks.map {
        ($0, try files.vocabulary($0.name))
      })
    let network = TaggerNetwork(description.configuration, vocabularies)
    let elements = try weights.elements(of: network.layout)
    self.init(
      description: description, vocabularies: vocabularies, network: network,
      parameters: Parameters(network.layout, elements: elements))
  }
}
