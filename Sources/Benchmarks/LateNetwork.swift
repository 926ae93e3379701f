import CoppiceDatasets
import CoppiceLaboratory
import CoppiceNetworks
import CoppicePruning
import CoppiceTensors

/// A network late in its life, whose numbers are those that make processors slow: LeNet-300-100 trained on the glyphs, pruned to
/// a fifth of its weights by magnitude, and trained on under its masks. The gradients of what is learnt are tiny by then, and
/// moments of weights that get no gradient any more decay through the subnormal numbers, which cost ten times a normal one
/// wherever optimizers let them arise.
package struct LateNetwork {
  static let subject = BenchmarkModel.all[0]
  static let density = 0.2

  private let threads: Int
  private let steps: Int

  /// - Parameter steps: training steps before the pruning, and again behind it.
  package init(threads: Int, steps: Int = 1_500) {
    (self.threads, self.steps) = (threads, steps)
  }

  /// `fresh-training` and `late-training`: steps of the same masks on the same batch, from the initial weights and from the late
  /// state.
  package func rows(seconds: Double) throws -> [BenchmarkRow] {
    let life = try live()
    return try [("fresh-training", life.fresh), ("late-training", life.late)].map { name, state in
      let trainer = try Trainer(
        life.model, state, masks: life.masks, optimizer: Self.subject.optimizer, batch: Self.subject.batch,
        seed: 0, threads: threads)
      var batches = life.batches
      try trainer.fillBatch { batches.fill(0, $0, $1) }
      return BenchmarkRow(
        key: .init(
          benchmark: name, model: Self.subject.name, batch: Self.subject.batch, threads: threads,
          density: Self.density),
        rates: Rates(seconds: seconds) { _ = trainer.run(learningRate: 1e-3) }, unit: "steps/s")
    }
  }

  /// What a life comes to.
  package struct Life {
    let model: Network
    package let masks: MaskSet
    let batches: Batches
    let fresh: TrainingState
    package let late: TrainingState
  }

  /// Trains, prunes and trains on.
  package func live() throws -> Life {
    let data = try DataLibrary(DataFolders([])).data(
      .glyphs(training: 1_200, validation: 0, test: 1), seed: 0)
    var batches = try Batches(
      data.split.training, of: data.dataset, batchSize: Self.subject.batch, seed: 0)
    let model = try Network(Self.subject.model, data.interface)
    func train(_ state: TrainingState, _ masks: MaskSet?, _ optimizer: Optimizer) throws -> TrainingState {
      let trainer = try Trainer(
        model, state, masks: masks, optimizer: optimizer, batch: Self.subject.batch, seed: 0,
        threads: threads)
      for step in 0..<steps {
        try trainer.fillBatch { batches.fill(step, $0, $1) }
        _ = trainer.run(learningRate: 1.2e-3)
      }
      return trainer.state
    }
    let fresh = TrainingState(parameters: model.initialParameters(seed: 0), buffers: model.initialBuffers)
    let trained = try train(fresh, nil, Self.subject.optimizer)
    let masks = try Pruner(criterion: .magnitude).prune(
      ScoringContext(weights: trained.parameters, masks: model.fullMasks), to: .sparsity(1 - Self.density)
    ).masks
    // With β₂ = β₁ both moments fade within these steps; with Adam's own the second takes some 50,000.
    return Life(
      model: model, masks: masks, batches: batches, fresh: fresh,
      late: try train(trained, masks, .adam(beta2: 0.9)))
  }
}
