import CoppiceAutodiff
import CoppiceTensors

/// Running statistics made anew: the mean of what some batches have, each with the same weight, as PyTorch's batch normalisation keeps
/// it with `momentum=None`. No weight moves.
package enum Recalibration {
  /// The running statistics of a network, means over some batches of training data.
  ///
  /// - Parameters:
  ///   - buffers: all buffers; those that are no running statistics keep their values in what is returned.
  ///   - masks: which weights survive; the others count as 0.
  ///   - batch: examples in a batch.
  ///   - count: how many batches, 1 or more.
  ///   - seed: the seed of dropout.
  ///   - threads: how many threads share each kernel. The results do not depend on it.
  ///   - fill: writes the inputs and labels of batch number `index`.
  package static func buffers(
    of network: Network, _ parameters: ParameterSet, _ buffers: ParameterSet, masks: MaskSet? = nil,
    batch: Int, count: Int, seed: UInt64, threads: Int = 1,
    fill: (_ index: Int, BatchInputs, _ labels: UnsafeMutableBufferPointer<Int32>) throws -> Void
  ) throws -> ParameterSet {
    let graph = try network.statisticsGraph(batch: batch)
    let executor = Executor(Plan(graph), threads: threads)
    executor.load(network, parameters, buffers, masks: masks)
    var sums = graph.outputs.map { (name: $0.name, values: [Double](), shape: Shape.scalar) }
    for index in 0..<count {
      try executor.fillBatch(hasTokens: network.interface.hasTokens) { try fill(index, $0, $1) }
      if executor.hasLeaf("dropout_key") {
        executor.write("dropout_key", integers: [Int32].dropoutKey(seed: seed, step: index))
      }
      executor.run()
      for place in sums.indices {
        let found = executor.output(sums[place].name)
        sums[place].shape = found.shape
        sums[place].values =
          index == 0
          ? found.scalars.map(Double.init) : zip(sums[place].values, found.scalars).map { $0 + Double($1) }
      }
    }
    var result = buffers
    for (name, values, shape) in sums where result[name] != nil {
      result[name] = Tensor(shape, values.map { Float($0 / Double(count)) })
    }
    return result
  }
}

extension [Int32] {
  /// The random key of dropout in a step: the words of the seed and of the step, the low one first.
  static func dropoutKey(seed: UInt64, step: Int) -> [Int32] {
    [seed, UInt64(step)].flatMap { word in
      [Int32(truncatingIfNeeded: word), Int32(truncatingIfNeeded: word >> 32)]
    }
  }
}
