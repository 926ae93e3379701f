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
    try measure(
      evidence, regimen, EvidenceProbes(regimen, threads: threads), parameters, buffers, masks: masks,
      from: 0, check: check, given: given)
  }

  private func measure(
    _ evidence: Evidence, _ regimen: Regimen, _ probes: EvidenceProbes, _ parameters: ParameterSet,
    _ buffers: ParameterSet, masks: MaskSet?, from first: Int, check: () throws -> Void,
    given: (Evidence) throws -> ParameterSet
  ) throws -> ParameterSet {
    let batch = min(batch, regimen.data.stepsPerEpoch(batchSize: 1))
    let parts = evidence.parts(batch: batch, count: count)
    var batches = try Batches(
      regimen.data.split.training, of: regimen.data.dataset, batchSize: parts.size, seed: regimen.seedBits,
      stream: .score)
    var known: [String: ParameterSet] = [:]
    for other in evidence.given { known[other.description] = try given(other) }
    return try probes.measure(
      evidence, parameters, buffers, masks: masks, batch: parts.size, parts: parts.count, given: known
    ) { index, inputs, labels in
      try check()
      batches.fill(first * parts.count + index, inputs, labels)
    }
  }

  /// The same, measuring what the evidence is given first, with probes that others have measured with.
  ///
  /// - Parameters:
  ///   - probes: those of the network of the regimen.
  ///   - first: which measurement this is, counted from 0: each has batches of its own.
  func measure(
    _ evidence: Evidence, _ regimen: Regimen, by probes: EvidenceProbes, _ parameters: ParameterSet,
    _ buffers: ParameterSet, masks: MaskSet?, from first: Int = 0, check: () throws -> Void
  ) throws -> ParameterSet {
    try measure(
      evidence, regimen, probes, parameters, buffers, masks: masks, from: first, check: check
    ) { other in
      try measure(
        other, regimen, by: probes, parameters, buffers, masks: masks, from: first, check: check)
    }
  }
}

extension EvidenceProbes {
  /// Those of the network of a regimen, on its loss.
  convenience init(_ regimen: Regimen, threads: Int) {
    self.init(regimen.model, loss: regimen.loss, threads: threads)
  }
}
