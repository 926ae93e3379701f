import CoppiceAutodiff
import CoppiceDatasets
import CoppiceNetworks
import CoppiceStore
import CoppiceTensors

/// The forms of a pruned network, ready to be timed.
package struct MeasuredForms {
  let model: Network
  let parameters: ParameterSet
  let buffers: ParameterSet
  /// What is pruned; `nil` where nothing is.
  let masks: MaskSet?
  /// What the codes of its weights and inputs stand for; `nil` where they are none.
  private let quantisation: Quantisation?
  /// Which pruned weights run sparse in the sparse form.
  let execution: SparseExecution
  /// Fills a batch of so many examples.
  let fill: (_ batch: Int) throws -> BatchFill
  /// What is left where units are cut out; `nil` where nothing can be.
  private let compacted: (form: Compacted, network: Network)?

  /// The forms of a network of these weights, pruned ones 0.
  package init(
    _ model: Network, _ parameters: ParameterSet, _ buffers: ParameterSet, masks: MaskSet?,
    quantisation: Quantisation? = nil, execution: SparseExecution,
    fill: @escaping (_ batch: Int) throws -> BatchFill
  ) throws {
    (self.model, self.parameters, self.buffers) = (model, parameters, buffers)
    (self.quantisation, self.execution, self.fill) = (quantisation, execution, fill)
    let isSmaller = masks?.contains { $0.mask.keptCount < $0.mask.count } ?? false
    self.masks = isSmaller ? masks : nil
    let form = try self.masks.map { try Compacted(model, masks: $0) }
    compacted = try form.flatMap { form in form.isEmpty ? nil : (form, try form.apply(to: model)) }
  }

  /// The forms of a network of a trial, on its test data.
  package init(
    _ regimen: Regimen, _ parameters: ParameterSet, _ buffers: ParameterSet, masks: MaskSet?,
    quantisation: Quantisation? = nil
  ) throws {
    let data = regimen.data
    try self.init(
      regimen.model, parameters, buffers, masks: masks, quantisation: quantisation,
      execution: Self.execution(regimen)
    ) { batch in
      let test = try EvaluationBatches(data.split.test, of: data.dataset, batchSize: batch)
      return { test.fill(0, $0, $1) }
    }
  }

  /// Which pruned weights run sparse in the sparse form: as the trial has them; by the contract's table where it has none.
  static func execution(_ regimen: Regimen) -> SparseExecution {
    regimen.execution == .never ? .automatic : regimen.execution
  }

  /// Whether some pruned weights run sparse.
  private var isSparse: Bool {
    masks.map { !execution.sparseNames(model, $0, isTimed: true).isEmpty } ?? false
  }

  /// The forms that are others than the dense one, and the dense one first.
  package func evaluators(
    batch: Int, threads: Int
  ) throws -> [(form: LatencyRecord.Form, evaluator: Evaluator)] {
    var found = [(LatencyRecord.Form.dense, try Evaluator(model, batch: batch, threads: threads))]
    found[0].1.load(parameters, buffers)
    if let masks, isSparse {
      let sparse = try Evaluator(
        model, batch: batch, masks: masks, execution: execution, isTimed: true, threads: threads)
      sparse.load(parameters, buffers)
      found.append((.sparse, sparse))
    }
    if let compacted {
      let smaller = try Evaluator(compacted.network, batch: batch, threads: threads)
      smaller.load(compacted.form.sliced(parameters), compacted.form.sliced(buffers))
      found.append((.compacted, smaller))
    }
    if let quantisation, quantisation.layers.contains(where: \.scales.hasIntegerInput) {
      let network = try quantisation.network(model, parameters, buffers)
      let integers = try Evaluator(network, batch: batch, threads: threads)
      integers.load(parameters, buffers)
      found.append((.quantised, integers))
    }
    let fill = try fill(batch)
    for (_, evaluator) in found { try evaluator.fillBatch(fill) }
    return found
  }

  /// The same for training steps from these weights on, on one thread. In the dense form nothing is masked.
  package func trainers(
    batch: Int, optimizer: Optimizer, loss: Loss
  ) throws -> [(form: LatencyRecord.Form, trainer: Trainer)] {
    func trainer(
      _ network: Network, _ parameters: ParameterSet, _ buffers: ParameterSet, _ masks: MaskSet?
    ) throws -> Trainer {
      let trainer = try Trainer(
        network, TrainingState(parameters: parameters, buffers: buffers), masks: masks, execution: execution,
        optimizer: optimizer, loss: loss, batch: batch, seed: 0)
      try trainer.fillBatch(try fill(batch))
      return trainer
    }
    var found = [(LatencyRecord.Form.dense, try trainer(model, parameters, buffers, nil))]
    if let masks, isSparse { found.append((.sparse, try trainer(model, parameters, buffers, masks))) }
    if let compacted {
      let form = compacted.form
      found.append(
        (
          .compacted,
          try trainer(compacted.network, form.sliced(parameters), form.sliced(buffers), nil)
        ))
    }
    return found
  }

  /// How long they take.
  func record(
    on machine: Machine, _ effort: CallTimes.Effort = .usual, counter: EnergyCounter? = EnergyCounter(),
    check: () throws -> Void
  ) throws -> LatencyRecord {
    var record = LatencyRecord(
      processor: machine.processor, kernels: machine.kernels, threads: machine.threads,
      isSmaller: masks != nil, figures: [])
    for batch in LatencyRecord.batches {
      let forms = try evaluators(batch: batch, threads: machine.threads)
      let times = try CallTimes(
        of: forms.map { form in { form.evaluator.run() } }, effort, counter: counter, check: check)
      record.figures += forms.indices.map { times.figure($0, forms[$0].form, batch: batch) }
    }
    return record
  }
}

extension Regimen {
  /// Bytes that a measurement of latencies takes at least, the data set apart: three forms at the largest batch, and the weights.
  func memoryOfLatency() throws -> Int {
    let batch = LatencyRecord.batches.max() ?? 1
    let weights = model.declarations.map(\.shape.count).total.times(4)
    return Plan.bytes(of: try model.evaluationGraph(batch: batch)).times(3).plus(weights)
  }
}
