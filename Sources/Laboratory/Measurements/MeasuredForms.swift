import CoppiceAutodiff
import CoppiceDatasets
import CoppiceNetworks
import CoppiceStore
import CoppiceTensors

/// The forms of a pruned network, ready to be timed.
struct MeasuredForms {
  let regimen: Regimen
  let parameters: ParameterSet
  let buffers: ParameterSet
  /// What is pruned; `nil` where nothing is.
  let masks: MaskSet?
  /// What the codes of its weights and inputs stand for; `nil` where they are none.
  private let quantisation: Quantisation?
  /// What is left where units are cut out; `nil` where nothing can be.
  private let compacted: (form: Compacted, network: Network)?

  /// The forms of a network of these weights, pruned ones 0.
  init(
    _ regimen: Regimen, _ parameters: ParameterSet, _ buffers: ParameterSet, masks: MaskSet?,
    quantisation: Quantisation? = nil
  ) throws {
    self.quantisation = quantisation
    (self.regimen, self.parameters, self.buffers) = (regimen, parameters, buffers)
    let isSmaller = masks?.contains { $0.mask.keptCount < $0.mask.count } ?? false
    self.masks = isSmaller ? masks : nil
    let form = try self.masks.map { try Compacted(regimen.model, masks: $0) }
    compacted = try form.flatMap { form in
      form.kept.isEmpty ? nil : (form, try form.apply(to: regimen.model))
    }
  }

  /// Which pruned weights run sparse in the sparse form: as the trial has them; by the contract's table where it has none.
  static func execution(_ regimen: Regimen) -> SparseExecution {
    regimen.execution == .never ? .automatic : regimen.execution
  }

  /// The forms that are others than the dense one, and the dense one first.
  func evaluators(
    batch: Int, threads: Int
  ) throws -> [(form: LatencyRecord.Form, evaluator: Evaluator)] {
    var found = [(LatencyRecord.Form.dense, try Evaluator(regimen.model, batch: batch, threads: threads))]
    found[0].1.load(parameters, buffers)
    let execution = Self.execution(regimen)
    if let masks, !execution.sparseNames(regimen.model, masks).isEmpty {
      let sparse = try Evaluator(
        regimen.model, batch: batch, masks: masks, execution: execution, threads: threads)
      sparse.load(parameters, buffers)
      found.append((.sparse, sparse))
    }
    if let compacted {
      let smaller = try Evaluator(compacted.network, batch: batch, threads: threads)
      smaller.load(compacted.form.sliced(parameters), compacted.form.sliced(buffers))
      found.append((.compacted, smaller))
    }
    if let quantisation, quantisation.layers.contains(where: \.scales.hasIntegerInput) {
      let network = try quantisation.network(regimen.model, parameters, buffers)
      let integers = try Evaluator(network, batch: batch, threads: threads)
      integers.load(parameters, buffers)
      found.append((.quantised, integers))
    }
    let data = regimen.data
    let test = try EvaluationBatches(data.split.test, of: data.dataset, batchSize: batch)
    for (_, evaluator) in found { try evaluator.fillBatch { test.fill(0, $0, $1) } }
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
