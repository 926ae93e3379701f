import CoppiceDatasets
import CoppiceNetworks
import CoppiceStore
import CoppiceTensors

/// Measures networks of one regimen on the validation and test sets, and at the end of a round on all training data.
package struct Meter {
  private let evaluator: Evaluator
  private let training: EvaluationBatches
  private let validation: EvaluationBatches
  private let test: EvaluationBatches
  /// What is left of the network that is measured, where units are cut out.
  private let compacted: Compacted?

  /// - Parameter compacted: what is cut out of the network before it is measured; `nil` for nothing.
  package init(
    _ regimen: Regimen, masks: MaskSet? = nil, compacted: Compacted? = nil, threads: Int = 1
  ) throws {
    self.compacted = compacted
    let data = regimen.data
    let batch = data.interface.evaluationBatch
    evaluator = try Evaluator(
      compacted?.apply(to: regimen.model) ?? regimen.model, loss: regimen.loss, batch: batch,
      masks: masks.map { compacted?.sliced($0) ?? $0 }, execution: regimen.execution,
      threads: threads)
    let split = data.split
    training = try EvaluationBatches(split.training, of: data.dataset, batchSize: batch)
    validation = try EvaluationBatches(split.validation, of: data.dataset, batchSize: batch)
    test = try EvaluationBatches(split.test, of: data.dataset, batchSize: batch)
  }

  /// A network of these weights after `step` steps of its round. The last evaluation of a round also takes all training data
  /// and tells the classes apart.
  package func evaluation(
    _ parameters: ParameterSet, _ buffers: ParameterSet, step: Int, isLast: Bool
  ) throws -> Evaluation {
    evaluator.load(
      compacted?.sliced(parameters) ?? parameters, compacted?.sliced(buffers) ?? buffers)
    var evaluation = Evaluation(step: step)
    evaluation.measure(.validation, try tally(validation))
    let tested = try tally(test)
    evaluation.measure(.test, tested)
    if isLast {
      evaluation.measure(.train, try tally(training))
      evaluation.testClassAccuracy = tested.classAccuracy
    }
    return evaluation
  }

  private func tally(_ batches: EvaluationBatches) throws -> Tally {
    try evaluator.evaluate(batches: batches.count) { batches.fill($0, $1, $2) }
  }
}
