import CoppiceAutodiff
import CoppiceTensors

/// Looks at a network's loss on some batches, in evaluation mode: what criteria score weights by. The graph is traced and compiled
/// once, and then runs on any weights under any masks, since neither changes a shape. Belongs to one thread.
package final class Probe {
  private let network: Network
  private let graph: Graph
  private let executor: Executor

  /// Traces and compiles named arrays made from the loss on a batch.
  ///
  /// - Parameters:
  ///   - loss: what is looked at; the cross-entropy where it needs a teacher.
  ///   - batch: examples at once.
  ///   - given: results of other evidence that `trace` asks for, by its name. Their shapes alone count here.
  ///   - threads: how many threads share each kernel. The results do not depend on it.
  ///   - trace: gives the arrays from the traced loss; they are computed anew for each batch.
  package init(
    _ network: Network, loss: Loss = .crossEntropy, batch: Int, given: [String: ParameterSet] = [:],
    threads: Int = 1, trace: (LossTrace) throws -> [(name: String, value: Value)]
  ) throws {
    self.network = network
    graph = try network.probeGraph(batch: batch, loss: loss, given: given, trace: trace)
    executor = Executor(Plan(graph), threads: threads)
  }

  /// Computes the arrays on each of some batches.
  ///
  /// - Parameters:
  ///   - masks: which weights survive; the others are written as +0.
  ///   - count: how many batches.
  ///   - given: results of other evidence that the trace asks for, by its name, shaped as they were when it was traced.
  ///   - fill: writes the inputs and labels of batch number `index`.
  ///   - each: is told what came out of batch number `index`, in the order of the trace.
  package func run(
    _ parameters: ParameterSet, _ buffers: ParameterSet, masks: MaskSet? = nil, count: Int = 1,
    given: [String: ParameterSet] = [:],
    fill: (_ index: Int, BatchInputs, _ labels: UnsafeMutableBufferPointer<Int32>) throws -> Void,
    each: (_ index: Int, ParameterSet) throws -> Void
  ) throws {
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
