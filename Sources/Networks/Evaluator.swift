import CoppiceAutodiff
import CoppiceTensors

/// Loss and hits of a network on a set of examples.
package struct Score: Hashable, Sendable {
  /// Labels that count.
  package var count = 0
  /// The sum of their losses, in Double precision in the order of the examples.
  package var lossSum = 0.0
  /// How many were predicted right.
  package var correct = 0
  /// Labels and hits of each class.
  package var classCount: [Int]
  package var classCorrect: [Int]

  package init(classes: Int) {
    classCount = [Int](repeating: 0, count: classes)
    classCorrect = [Int](repeating: 0, count: classes)
  }

  /// Takes in a batch: what was predicted for each label, and at which loss. A label of −1 does not count.
  mutating func add(labels: UnsafeBufferPointer<Int32>, predictions: [Int32], losses: [Float]) {
    precondition(predictions.count == labels.count && losses.count == labels.count)
    for row in 0..<labels.count where labels[row] >= 0 {
      let label = Int(labels[row])
      let isCorrect = predictions[row] == labels[row]
      count += 1
      lossSum += Double(losses[row])
      classCount[label] += 1
      correct += isCorrect ? 1 : 0
      classCorrect[label] += isCorrect ? 1 : 0
    }
  }

  /// Mean loss; NaN over no labels.
  package var loss: Double { count == 0 ? .nan : lossSum / Double(count) }
  /// Fraction predicted right, 0…1; NaN over no labels.
  package var accuracy: Double { count == 0 ? .nan : Double(correct) / Double(count) }
  /// The fraction predicted right of each class, 0…1; NaN for a class without labels.
  package var classAccuracy: [Double] {
    zip(classCorrect, classCount).map { $1 == 0 ? .nan : Double($0) / Double($1) }
  }
}

/// Evaluates networks of one model, batch by batch. Belongs to one thread.
package final class Evaluator {
  private let model: TracedModel
  private let executor: Executor
  private let sparse: SparseWeights
  /// Examples evaluated at once; the results do not depend on it.
  package let batch: Int

  /// An evaluator of networks with these masks.
  ///
  /// - Parameter execution: which masked weights run sparse; the results of finite numbers do not depend on it.
  package init(
    _ model: TracedModel, batch: Int, masks: MaskSet? = nil, execution: SparseExecution = .automatic,
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
  ) throws -> Score {
    var score = Score(classes: model.interface.classes)
    for index in 0..<batches {
      try executor.fillBatch(hasTokens: model.interface.hasTokens) { try fill(index, $0, $1) }
      executor.run()
      let losses = executor.output("loss").scalars
      let predictions = executor.integerOutput("prediction")
      executor.withIntegers("labels") {
        score.add(labels: UnsafeBufferPointer($0), predictions: predictions, losses: losses)
      }
    }
    return score
  }
}
