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

  /// - Parameters:
  ///   - compacted: what is cut out of the network before it is measured; `nil` for nothing.
  ///   - bits: those of the codes that its weights are; `nil` where they are none.
  package init(
    _ regimen: Regimen, masks: MaskSet? = nil, compacted: Compacted? = nil,
    bits: Int? = nil, threads: Int = 1
  ) throws {
    self.compacted = compacted
    let data = regimen.data
    let batch = data.interface.evaluationBatch
    let codes = bits.map { FakeQuantised(bits: $0, roundsWeights: false, observes: false) }
    let network = try codes?.apply(to: regimen.model) ?? regimen.model
    evaluator = try Evaluator(
      compacted?.apply(to: network) ?? network, loss: regimen.loss, batch: batch,
      masks: masks.map { compacted?.sliced($0) ?? $0 }, execution: regimen.execution,
      threads: threads)
    let split = data.split
    training = try EvaluationBatches(split.training, of: data.dataset, batchSize: batch)
    validation = try EvaluationBatches(split.validation, of: data.dataset, batchSize: batch)
    test = try EvaluationBatches(split.test, of: data.dataset, batchSize: batch)
  }

  /// A network of these weights after `step` steps of its round. The last evaluation of a round also takes all training data
  /// and tells the classes apart.
  ///
  /// - Parameter ranges: those of the inputs of its layers, by the names of the weights, where they are codes.
  package func evaluation(
    _ parameters: ParameterSet, _ buffers: ParameterSet, ranges: ParameterSet = ParameterSet(), step: Int,
    isLast: Bool
  ) throws -> Evaluation {
    var buffers = compacted?.sliced(buffers) ?? buffers
    for (name, range) in FakeQuantised.buffers(ranges) { buffers[name] = range }
    evaluator.load(compacted?.sliced(parameters) ?? parameters, buffers)
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
