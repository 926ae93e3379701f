import CoppiceAutodiff
import CoppiceTensors

/// How far the logits of a compacted network are from those of the masked network it was made from, on some batch. Kernels round
/// differently at other shapes, so that the two are not equal to the bit.
package struct CompactionAgreement: Hashable, Sendable {
  /// The largest difference of two logits.
  package let difference: Double
  /// The largest magnitude of a logit of the masked network.
  package let largest: Double

  package init(difference: Double, largest: Double) {
    (self.difference, self.largest) = (difference, largest)
  }

  /// The difference that is allowed, in largest logits.
  package static let allowed = 1e-4

  /// The largest difference in largest logits; 0 where all are equal.
  package var ratio: Double { difference == 0 ? 0 : difference / largest }

  /// Whether they agree. Logits that are not finite agree with nothing.
  package var isHeld: Bool { ratio <= Self.allowed }
}

extension Compacted {
  /// Compares the logits of both networks on a batch.
  ///
  /// - Parameters:
  ///   - network: the whole network, with its parameters and buffers, and the masks under which it says nothing at what is removed.
  ///   - isTraining: whether normalisations take the batch's statistics.
  ///   - fill: writes the inputs and labels of the batch.
  /// - Returns: `nil` where the network drops while it is trained: what is dropped goes by place.
  package func agreement(
    of network: Network, _ parameters: ParameterSet, _ buffers: ParameterSet, masks: MaskSet,
    batch: Int, isTraining: Bool, threads: Int = 1, fill: BatchFill
  ) throws -> CompactionAgreement? {
    let smaller = try apply(to: network)
    let whole = try network.logits(
      parameters, buffers, masks: masks, batch: batch, isTraining: isTraining, threads: threads, fill)
    let found = try smaller.logits(
      sliced(parameters), sliced(buffers), masks: sliced(masks), batch: batch, isTraining: isTraining,
      threads: threads, fill)
    guard let whole, let found else { return nil }
    var (difference, largest) = (0.0, 0.0)
    for (a, b) in zip(whole, found) {
      // Not `max`: it would pass over what is no number.
      let apart = Double((a - b).magnitude)
      if !(apart <= difference) { difference = apart }
      largest = max(largest, Double(a.magnitude))
    }
    return CompactionAgreement(difference: difference, largest: largest)
  }
}

extension Network {
  /// The logits of a batch; `nil` where they depend on what is dropped.
  fileprivate func logits(
    _ parameters: ParameterSet, _ buffers: ParameterSet, masks: MaskSet, batch: Int, isTraining: Bool,
    threads: Int, _ fill: BatchFill
  ) throws -> [Float]? {
    let forward = try forward(batch: batch, isTraining: isTraining).withoutUpdates
    let graph = try Graph.trace { builder in
      _ = builder.labels(interface, batch: batch)
      builder.output("logits", builder.replay(forward).logits(builder))
    }.simplified
    let executor = Executor(Plan(graph), threads: threads)
    guard !executor.hasLeaf("dropout_key") else { return nil }
    executor.load(self, parameters, buffers, masks: masks)
    try executor.fillBatch(hasTokens: interface.hasTokens, fill)
    executor.run()
    return executor.output("logits").scalars
  }
}
