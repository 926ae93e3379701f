import CoppiceAutodiff
import CoppiceTensors

/// Evaluates networks of one model, batch by batch. Belongs to one thread.
package final class Evaluator {
  private let network: Network
  private let executor: Executor
  private let masks: MaskSet?
  /// Examples evaluated at once; the results do not depend on it.
  package let batch: Int

  /// An evaluator of networks with these masks.
  ///
  /// - Parameters:
  ///   - loss: what is reported; the cross-entropy where it needs a teacher.
  ///   - masks: which weights are active; the others count as 0, whatever is loaded.
  ///   - execution: which masked weights run sparse. The results depend on it where a dense convolution goes by Winograd's
  ///     transforms, which agree with its sparse form to rounding and not to the bit.
  ///   - isTimed: whether the time is all that is asked, and not the results: weights then take the form that is fastest in inference.
  ///   - givesLogits: whether logits can be asked for. They then take memory until the end of a batch.
  package init(
    _ network: Network, loss: Loss = .crossEntropy, batch: Int, masks: MaskSet? = nil,
    execution: SparseExecution = .automatic, isTimed: Bool = false, givesLogits: Bool = false,
    threads: Int = 1
  ) throws {
    self.batch = batch
    self.masks = masks
    let isForOne = batch == 1 && !network.interface.hasTokens
    self.network = try SparseForm(masks, execution, isForOne: isForOne, isTimed: isTimed).apply(to: network)
    let graph = try self.network.evaluationGraph(batch: batch, loss: loss, givesLogits: givesLogits)
      .fusingNormalizations().inMicroBatches(threads: threads)
    executor = Executor(Plan(graph), threads: threads)
  }

  /// Takes over the weights and buffers to be evaluated.
  package func load(_ parameters: ParameterSet, _ buffers: ParameterSet) {
    executor.load(network, parameters, buffers, masks: masks)
  }

  /// Sets numbers that the network's rewrites read.
  package func write(_ inputs: MaskInputs) { inputs.write(to: executor) }

  /// Lets `fill` write the batch that `run` evaluates, in place.
  package func fillBatch(_ fill: BatchFill) throws {
    try executor.fillBatch(hasTokens: network.interface.hasTokens, fill)
  }

  /// Evaluates the batch that stands in memory; what came out is not read.
  package func run() { executor.run() }

  /// Evaluates it and gives the plan, and the seconds that each of its steps took; on one thread.
  package func profile() -> (plan: Plan, seconds: [Double]) { (executor.plan, executor.profile()) }

  /// Evaluates some batches, which `fill` writes: inputs and labels of batch number `index`. Places beyond the last example
  /// have the label −1.
  package func evaluate(
    batches: Int, fill: (_ index: Int, BatchInputs, UnsafeMutableBufferPointer<Int32>) throws -> Void
  ) throws -> Tally {
    var tally = Tally(classes: network.interface.classes)
    for index in 0..<batches {
      try executor.fillBatch(hasTokens: network.interface.hasTokens) { try fill(index, $0, $1) }
      executor.run()
      let losses = executor.output("loss").scalars
      let predictions = executor.integerOutput("prediction")
      executor.withIntegers("labels") {
        tally.add(labels: UnsafeBufferPointer($0), predictions: predictions, losses: losses)
      }
    }
    return tally
  }
  /// The logits for every label of some batches, which `fill` writes as for `evaluate`. A label of −1 has none. The evaluator must be
  /// one that gives logits.
  package func outputs(
    batches: Int, fill: (_ index: Int, BatchInputs, UnsafeMutableBufferPointer<Int32>) throws -> Void
  ) throws -> NetworkOutputs {
    var outputs = NetworkOutputs(classes: network.interface.classes)
    for index in 0..<batches {
      try executor.fillBatch(hasTokens: network.interface.hasTokens) { try fill(index, $0, $1) }
      executor.run()
      let logits = executor.output("logits").scalars
      executor.withIntegers("labels") {
        outputs.add(labels: UnsafeBufferPointer($0), logits: logits)
      }
    }
    return outputs
  }
}
