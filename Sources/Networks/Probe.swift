import CoppiceAutodiff
import CoppiceTensors

/// Looks at a network's loss on some batches, in evaluation mode: what criteria score weights by.
package enum Probe {
  /// Computes named arrays from the loss on each of some batches.
  ///
  /// - Parameters:
  ///   - loss: what is looked at; the cross-entropy where it needs a teacher.
  ///   - masks: which weights survive; the others are written as +0.
  ///   - batch: examples at once.
  ///   - count: how many batches.
  ///   - given: results of other evidence that `trace` asks for, by its name.
  ///   - threads: how many threads share each kernel. The results do not depend on it.
  ///   - trace: gives the arrays from the traced loss; they are computed anew for each batch.
  ///   - fill: writes the inputs and labels of batch number `index`.
  ///   - each: is told what came out of batch number `index`, in the order of `trace`.
  package static func run(
    _ network: Network, loss: Loss = .crossEntropy, _ parameters: ParameterSet, _ buffers: ParameterSet,
    masks: MaskSet? = nil, batch: Int, count: Int = 1, given: [String: ParameterSet] = [:], threads: Int = 1,
    trace: (LossTrace) throws -> [(name: String, value: Value)],
    fill: (_ index: Int, BatchInputs, _ labels: UnsafeMutableBufferPointer<Int32>) throws -> Void,
    each: (_ index: Int, ParameterSet) throws -> Void
  ) throws {
    let graph = try network.probeGraph(batch: batch, loss: loss, given: given, trace: trace)
    let executor = Executor(Plan(graph), threads: threads)
    executor.load(network, parameters, buffers, masks: masks)
    for (evidence, results) in given {
      for (name, tensor) in results where executor.hasLeaf("given/\(evidence)/\(name)") {
        executor.write("given/\(evidence)/\(name)", tensor.scalars)
      }
    }
    for (name, tensor) in parameters where executor.hasLeaf("survivors/\(name)") {
      let ones = [Float](repeating: 1, count: tensor.shape.count)
      executor.write("survivors/\(name)", masks?[name]?.bytes.map { Float($0) } ?? ones)
    }
    for index in 0..<count {
      try executor.fillBatch(hasTokens: network.interface.hasTokens) { try fill(index, $0, $1) }
      executor.run()
      try each(index, ParameterSet(graph.outputs.map { ($0.name, executor.output($0.name)) }))
    }
  }
}
