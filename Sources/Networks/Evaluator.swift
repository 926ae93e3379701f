import CoppiceAutodiff
import CoppiceTensors

/// Evaluates networks of one model, batch by batch. Belongs to one thread.
package final class Evaluator {
  private let model: Network
  private let executor: Executor
  private let sparse: SparseWeights
  /// Examples evaluated at once; the results do not depend on it.
  package let batch: Int

  /// An evaluator of networks with these masks.
  ///
  /// - Parameter execution: which masked weights run sparse; the results of finite numbers do not depend on it.
  package init(
    _ model: Network, batch: Int, masks: MaskSet? = nil, execution: SparseExecution = .automatic,
    threads: Int = 1
  ) throws {
    self.model = model
    self.batch = batch
    sparse = SparseWeights(
      model, masks, execution, isForOne: batch == 1 && !model.interface.hasTokens)
    let graph = try model.evaluationGraph(batch: batch, sparse: sparse).inMicroBatches(threads: threads)
    executor = Executor(Plan(graph), threads: threads)
  }

  /// Takes over the weights and buffers to be evaluated.
  package func load(_ parameters: ParameterSet, _ buffers: ParameterSet) {
    for (name, tensor) in parameters { executor.write(name, sparse.packed(name, tensor)) }
    for (name, tensor) in buffers where executor.hasLeaf(name) { executor.write(name, tensor.scalars) }
  }

  /// Lets `fill` write the batch that `run` evaluates, in place.
  package func fillBatch(_ fill: BatchFill) throws {
    try executor.fillBatch(hasTokens: model.interface.hasTokens, fill)
  }

  /// Evaluates the batch that stands in memory; what came out is not read.
  package func run() { executor.run() }

  /// Evaluates some batches, which `fill` writes: inputs and labels of batch number `index`. Places beyond the last example
  /// have the label −1.
  package func evaluate(
    batches: Int, fill: (_ index: Int, BatchInputs, UnsafeMutableBufferPointer<Int32>) throws -> Void
  ) throws -> Tally {
    var tally = Tally(classes: model.interface.classes)
    for index in 0..<batches {
      try executor.fillBatch(hasTokens: model.interface.hasTokens) { try fill(index, $0, $1) }
      executor.run()
      let losses = executor.output("loss").scalars
      let predictions = executor.integerOutput("prediction")
      executor.withIntegers("labels") {
        tally.add(labels: UnsafeBufferPointer($0), predictions: predictions, losses: losses)
      }
    }
    return tally
  }
}
