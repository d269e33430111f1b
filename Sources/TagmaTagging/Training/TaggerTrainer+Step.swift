internal import TagmaAnnotations
internal import TagmaKernels
internal import TagmaModels
internal import TagmaNeural

// MARK: - One step

extension TaggerTrainer {
  /// Each worker computes what one member learns of every n-th sentence.
  func computeGradients(_ batch: [Int]) -> (count: Int, scale: Double) {
    let weightDropout = WeightDropout(
      rate: Float(training.recurrentDropout), of: network.recurrentWeights,
      seed: training.seed &* 0xc2b2_ae3d &+ UInt64(loop.state.step))
    computeGradients(batch, weightDropout)
    return (batch.reduce(0) { $0 + data.examples[$1].forms.count }, Double(batch.count))
  }

  private func computeGradients(_ batch: [Int], _ weightDropout: WeightDropout?) {
    let p = weightDropout?.applied(to: loop.parameters) ?? loop.parameters
    var replacing = SplitMix64(seed: training.seed &* 0x6c62_272e &+ UInt64(loop.state.step))
    let drawn = batch.map { i in
      let example =
        data.spanPool?.replacing(
          in: data.examples[i], share: Float(training.spanReplacement), using: &replacing)
        ?? data.examples[i]
      return data.caseNoise?.changing(example, share: Float(training.caseNoise), using: &replacing)
        ?? example
    }
    let sorted = drawn.indices.sorted {
      let (a, b) = (drawn[$0].forms.count, drawn[$1].forms.count)
      return a != b ? a > b : batch[$0] < batch[$1]
    }.map { drawn[$0] }
    // Read by all workers, changed by none until they are done. Copies share their storage, and are
    // gone when the weights are changed.
    let (network, features, pass) = (network, data.features, trainingPass(sentences: batch.count))
    let (contexts, shards) = (contexts, training.shards)
    let threadsOfShard = max(threads / shards, 1)
    var parts = [TaggerNetwork.TrainingBatch?](repeating: nil, count: shards)
    forEachConcurrently(&parts, threads: threads) { shard, part in
      let examples = Swift.stride(from: shard, to: sorted.count, by: shards).map { sorted[$0] }
      if examples.isEmpty { return }
      part = network.batch(examples, features, contexts, threads: threadsOfShard)
    }
    let batches = parts
    loop.computeGradients(weightDropout) { worker, random in
      guard let batch = batches[worker.shard] else { return 0 }
      let loss = network.members[worker.range].train(
        batch.input, targets: batch.targets, pass: pass, random: &random, p,
        accumulatingInto: &worker.gradients)
      return loss / Double(network.members.count)
    }
  }

  /// Losses are summed over words and divided by the sentences of the batch.
  private func trainingPass(sentences: Int) -> TrainingPass {
    TrainingPass(
      dropout: Dropout(
        rate: Float(training.dropout), kind: training.dropoutKind),
      wordDropout: Float(training.wordDropout), contextDropout: Float(training.contextDropout),
      weights: tasks.map {
        Float(training.taskWeights[$0.name] ?? 1) / Float(sentences)
      },
      languageModelWeight: Float(training.languageModelWeight) / Float(sentences))
  }
}

extension TaggerNetwork {
  /// What all members read of a few sentences, and what they are to say: for each head its targets, or nil where it has none.
  struct TrainingBatch: Sendable {
    let input: Input
    let targets: [[[Int32]]?]
  }

  /// A batch of sentences, which are sorted from long to short.
  func batch(
    _ examples: [Example], _ features: [WordFeatures], _ contexts: ContextStore?, threads: Int
  ) -> TrainingBatch {
    var input = input(
      examples.map { $0.forms.map { features[$0] } }, forms: examples.map(\.forms),
      inputs: members[0].inputs.indices.map { k in examples.map { $0.inputs[k] } })
    let packing = input.packing
    input.context = contexts?.vectors(of: examples, packing, threads: threads)
    let targets = heads.indices.map { h -> [[Int32]]? in
      guard let groups = examples.lazy.compactMap({ $0.targets[h]?.count }).first else {
        return nil
      }
      var rows = [[Int32]](
        repeating: [Int32](repeating: -1, count: packing.rows), count: groups)
      for (i, example) in examples.enumerated() {
        guard let gold = example.targets[h] else { continue }
        for k in 0..<groups {
          for t in gold[k].indices { rows[k][packing.offsets[t] + i] = gold[k][t] }
        }
      }
      return rows
    }
    return TrainingBatch(input: input, targets: targets)
  }
}
