import CoppiceAutodiff
import CoppiceNetworks
import CoppicePruning
import CoppiceTensors
import CoppiceTerms

extension Regimen {
  /// Bytes that a training of this regimen takes at least, the data set apart: the arrays of a step and of an evaluation, the weights
  /// it begins with and those that it hands on. Asked of graphs, without any weight.
  ///
  /// - Parameter step: the graph of a training step.
  func memory(of step: Graph, evaluation: Graph) -> Int {
    let weights = model.declarations.map(\.shape.count).total.times(4)
    return [Plan.bytes(of: step), Plan.bytes(of: evaluation), weights, weights].total
  }

  /// Bytes that evidence on so many examples at once takes at least: what is kept of the forward pass, and gradients.
  func memoryOfEvidence(batch: Int) throws -> Int {
    Plan.bytes(
      of: try model.trainingGraph(
        batch: batch, optimizer: .sgd(), masked: [], loss: loss.needsTeacher ? .crossEntropy : loss))
  }
}

extension Trial {
  /// Whether any step is planned, as far as is known before its recipe unrolls.
  func isTrained(_ regimen: Regimen) throws -> Bool {
    if regimen.total > 0 || recipe != nil { return true }
    return try retraining.plan(total: regimen.total, perEpoch: regimen.perEpoch).iterations > 0
  }

  /// Examples at once that evidence is measured on; `nil` where the criterion asks for none on a whole batch.
  func evidenceBatch(of examples: Int) -> Int? {
    let isWhole = criterion.needs.evidence.contains { evidence in
      if case .whole = evidence.batch { true } else { false }
    }
    return isWhole ? min(scoringBatch, examples) : nil
  }
}

extension SweepPlan {
  /// Bytes that so many stages side by side take at least, and the data sets.
  package func memory(jobs: Int) -> Int {
    let (data, stage) = memoryParts
    return data.plus(stage.times(jobs))
  }

  /// Bytes of the data sets, and those that one stage takes at least.
  var memoryParts: (data: Int, stage: Int) {
    var sets: [Specification: Int] = [:]
    for trial in trials { sets[trial.regimen.data.specification] = trial.regimen.data.dataset.bytes }
    return (sets.values.total, trials.map(\.memory).max() ?? 0)
  }

  /// Refuses more stages side by side than fit in memory.
  package func checkMemory(jobs: Int) throws(MemoryShortage) {
    try MemoryLimit.check(
      memory(jobs: jobs), for: "running \(jobs) stages side by side", advice: "give fewer --jobs")
  }
}
