import CoppiceDatasets
import CoppiceNetworks
import CoppiceStore
import CoppiceTensors

/// Measures networks of one regimen on the validation and test sets, and at the end of a round on all training data.
package struct Meter {
  private let regimen: Regimen
  private let masks: MaskSet?
  private let threads: Int
  private let batch: Int
  private let evaluator: Evaluator
  private let training: EvaluationBatches
  private let validation: EvaluationBatches
  private let test: EvaluationBatches
  /// What is left of the network that is measured, where units are cut out.
  private let compacted: Compacted?
  private let givesLogits: Bool

  /// - Parameters:
  ///   - compacted: what is cut out of the network before it is measured; `nil` for nothing.
  ///   - givesLogits: whether `outputs` can be asked for.
  package init(
    _ regimen: Regimen, masks: MaskSet? = nil, compacted: Compacted? = nil, givesLogits: Bool = false,
    threads: Int = 1
  ) throws {
    (self.regimen, self.masks, self.compacted, self.threads) = (regimen, masks, compacted, threads)
    self.givesLogits = givesLogits
    let data = regimen.data
    batch = data.interface.evaluationBatch
    evaluator = try Evaluator(
      compacted?.apply(to: regimen.model) ?? regimen.model, loss: regimen.loss, batch: batch,
      masks: masks.map { compacted?.sliced($0) ?? $0 }, execution: regimen.execution,
      givesLogits: givesLogits, threads: threads)
    let split = data.split
    training = try EvaluationBatches(split.training, of: data.dataset, batchSize: batch)
    validation = try EvaluationBatches(split.validation, of: data.dataset, batchSize: batch)
    test = try EvaluationBatches(split.test, of: data.dataset, batchSize: batch)
  }

  /// A network of these weights after `step` steps of its round. The last evaluation of a round also takes all training data
  /// and tells the classes apart.
  ///
  /// - Parameter quantisation: what the codes of its weights and inputs stand for; `nil` where they are none.
  package func evaluation(
    _ parameters: ParameterSet, _ buffers: ParameterSet, quantisation: Quantisation? = nil, step: Int,
    isLast: Bool
  ) throws -> Evaluation {
    let evaluator = try loaded(parameters, buffers, quantisation)
    var evaluation = Evaluation(step: step)
    evaluation.measure(.validation, try tally(validation, evaluator))
    let tested = try tally(test, evaluator)
    evaluation.measure(.test, tested)
    if isLast {
      evaluation.measure(.train, try tally(training, evaluator))
      evaluation.testClassAccuracy = tested.classAccuracy
    }
    return evaluation
  }

  /// The logits of a network of these weights for every label of some examples of the data set.
  package func outputs(
    _ parameters: ParameterSet, _ buffers: ParameterSet, quantisation: Quantisation? = nil, on part: Subset
  ) throws -> NetworkOutputs {
    let evaluator = try loaded(parameters, buffers, quantisation)
    let batches = try EvaluationBatches(part, of: regimen.data.dataset, batchSize: batch)
    return try evaluator.outputs(batches: batches.count) { batches.fill($0, $1, $2) }
  }

  /// What evaluates a network of these weights.
  private func loaded(
    _ parameters: ParameterSet, _ buffers: ParameterSet, _ quantisation: Quantisation?
  ) throws -> Evaluator {
    let evaluator = try quantisation.flatMap { try quantised($0, parameters, buffers) } ?? self.evaluator
    evaluator.load(
      compacted?.sliced(parameters) ?? parameters, compacted?.sliced(buffers) ?? buffers)
    return evaluator
  }

  /// What evaluates a network of integers, whose weights are constants of its graph. `nil` where inputs are not quantised, so that it is
  /// a network of floats, and where a weight is no number, which no code would tell.
  private func quantised(
    _ quantisation: Quantisation, _ parameters: ParameterSet, _ buffers: ParameterSet
  ) throws -> Evaluator? {
    let isWhole = parameters.allSatisfy { $0.tensor.isFinite } && buffers.allSatisfy { $0.tensor.isFinite }
    guard quantisation.layers.contains(where: \.scales.hasIntegerInput), isWhole else { return nil }
    return try Evaluator(
      quantisation.network(regimen.model, parameters, buffers), loss: regimen.loss, batch: batch,
      masks: masks, execution: regimen.execution, givesLogits: givesLogits, threads: threads)
  }

  private func tally(_ batches: EvaluationBatches, _ evaluator: Evaluator) throws -> Tally {
    try evaluator.evaluate(batches: batches.count) { batches.fill($0, $1, $2) }
  }
}
