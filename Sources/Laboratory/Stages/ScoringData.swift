import CoppiceDatasets
import CoppiceNetworks
import CoppicePruning
import CoppiceTensors

/// The training data that evidence is measured on: batches of a random stream of their own.
package struct ScoringData: Hashable, Sendable {
  /// Examples in a batch.
  package let batch: Int
  /// How many batches.
  package let count: Int

  package init(batch: Int, count: Int = 1) { (self.batch, self.count) = (batch, count) }

  /// The batches, and how many examples each has: as many as there are, where fewer are there than asked for.
  func batches(of regimen: Regimen) throws -> (size: Int, batches: Batches) {
    let size = min(batch, regimen.data.stepsPerEpoch(batchSize: 1))
    return (
      size,
      try Batches(
        regimen.data.split.training, of: regimen.data.dataset, batchSize: size, seed: regimen.seedBits,
        stream: .score)
    )
  }

  /// What an evidence finds in a network on these data. An evidence by example takes the examples of all batches one after the
  /// other, in the same order.
  ///
  /// - Parameters:
  ///   - masks: which weights survive; `nil` for all.
  ///   - check: asked before every batch; what it throws ends the measurement.
  ///   - given: what an evidence has found that this one is given.
  package func measure(
    _ evidence: Evidence, _ regimen: Regimen, _ parameters: ParameterSet, _ buffers: ParameterSet,
    masks: MaskSet?, threads: Int, check: () throws -> Void = {}, given: (Evidence) throws -> ParameterSet
  ) throws -> ParameterSet {
    let batch = min(batch, regimen.data.stepsPerEpoch(batchSize: 1))
    let (size, parts): (Int, Int) =
      switch evidence.batch {
      case .whole: (batch, count)
      case .none: (1, 1)
      case .examples(let examples): (min(examples, batch), max(1, batch * count / max(1, examples)))
      }
    var batches = try Batches(
      regimen.data.split.training, of: regimen.data.dataset, batchSize: size, seed: regimen.seedBits,
      stream: .score)
    var known: [String: ParameterSet] = [:]
    for other in evidence.given { known[other.description] = try given(other) }
    var sum = Evidence.Accumulator(evidence)
    try Probe.run(
      regimen.model, loss: regimen.loss, parameters, buffers, masks: masks, batch: size, count: parts,
      given: known, threads: threads, trace: { try evidence.values(of: $0) },
      fill: { index, inputs, labels in
        try check()
        batches.fill(index, inputs, labels)
      },
      each: { _, found in try sum.add(found) })
    return try sum.result()
  }

  /// The same, measuring what the evidence is given first.
  func measure(
    _ evidence: Evidence, _ regimen: Regimen, _ parameters: ParameterSet, _ buffers: ParameterSet,
    masks: MaskSet?, threads: Int, check: () throws -> Void
  ) throws -> ParameterSet {
    try measure(evidence, regimen, parameters, buffers, masks: masks, threads: threads, check: check) {
      other in
      try measure(other, regimen, parameters, buffers, masks: masks, threads: threads, check: check)
    }
  }
}
