import CoppiceNetworks
import CoppicePruning
import CoppiceTensors

/// The probes of one network, one for each evidence that was asked for: each is traced and compiled once, however often it is measured
/// again as weights and masks change. A criterion in a hundred rounds looks a hundred times. Belongs to one thread.
package final class EvidenceProbes {
  /// What a probe was compiled for.
  private struct Key: Hashable {
    let evidence: Evidence
    let batch: Int
  }

  /// What is looked at.
  package let network: Network
  private let loss: Loss
  private let threads: Int
  private var probes: [Key: Probe] = [:]

  /// No probe yet.
  /// - Parameter threads: how many threads share each kernel. The results do not depend on it.
  package init(_ network: Network, loss: Loss = .crossEntropy, threads: Int = 1) {
    (self.network, self.loss, self.threads) = (network, loss, threads)
  }

  /// What an evidence finds over some parts, combined.
  ///
  /// - Parameters:
  ///   - masks: which weights survive; `nil` for all.
  ///   - batch: examples of a part.
  ///   - parts: how many parts.
  ///   - given: what was found by the evidence that this one is given, by its description.
  ///   - fill: writes the inputs and labels of a part.
  package func measure(
    _ evidence: Evidence, _ parameters: ParameterSet, _ buffers: ParameterSet, masks: MaskSet?, batch: Int,
    parts: Int, given: [String: ParameterSet] = [:],
    fill: (_ index: Int, BatchInputs, _ labels: UnsafeMutableBufferPointer<Int32>) throws -> Void
  ) throws -> ParameterSet {
    let key = Key(evidence: evidence, batch: batch)
    let probe: Probe
    if let known = probes[key] {
      probe = known
    } else {
      probe = try Probe(network, loss: loss, batch: batch, given: given, threads: threads) {
        try evidence.values(of: $0)
      }
      probes[key] = probe
    }
    var sum = Evidence.Accumulator(evidence)
    try probe.run(
      parameters, buffers, masks: masks, count: parts, given: given, fill: fill,
      each: { _, found in try sum.add(found) })
    return try sum.result()
  }
}

extension Evidence {
  /// How it takes batches of `batch` examples: the examples of a part, and how many parts `count` of them make.
  package func parts(batch: Int, count: Int) -> (size: Int, count: Int) {
    switch self.batch {
    case .whole: (batch, count)
    case .none: (1, 1)
    case .examples(let examples): (min(examples, batch), max(1, batch * count / max(1, examples)))
    }
  }
}
