import CoppiceAutodiff
import CoppiceLaboratory
import CoppiceNetworks
import CoppiceTensors

/// Measures whole steps of one model.
package struct ModelBenchmark {
  /// What is measured of a model.
  package struct Point: Hashable {
    package enum Work: String { case training, inference }

    package let work: Work
    package let batch: Int
    package let density: Double
  }

  let subject: BenchmarkModel
  let threads: Int
  /// Seconds of each run of a figure.
  let seconds: Double
  private let traced: Network
  /// `nil` for a model of published size, whose parameters are drawn one by one.
  private let state: TrainingState?

  init(_ subject: BenchmarkModel, threads: Int, seconds: Double) throws {
    (self.subject, self.threads, self.seconds) = (subject, threads, seconds)
    traced = try Network(subject.model, subject.interface)
    state =
      subject.isPublished
      ? nil : TrainingState(parameters: traced.initialParameters(seed: 0), buffers: traced.initialBuffers)
  }

  /// The row of a point and, of a model of published size, the most memory that the program held until then.
  func rows(of point: Point) throws -> [BenchmarkRow] {
    guard subject.isPublished else { return [try measure(point)] }
    PeakMemory.restart()
    let row = try measure(point)
    let key = BenchmarkRow.Key(
      benchmark: "\(row.key.benchmark)-memory", model: row.key.model, batch: row.key.batch, threads: threads,
      density: row.key.density)
    return [row]
      + (PeakMemory.bytes.map { [BenchmarkRow(key: key, rates: Rates([Double($0) / 1e9]), unit: "GB")] } ?? [])
  }

  func measure(_ point: Point) throws -> BenchmarkRow {
    let masks = traced.randomMasks(density: point.density)
    let (call, graph) = try point.work == .training ? training(point, masks) : inference(point, masks)
    let (rates, limit) = MultiplyAddLimit.around(threads: threads) { Rates(seconds: seconds, of: call) }
    return BenchmarkRow(
      key: .init(
        benchmark: point.work.rawValue, model: subject.name, batch: point.batch, threads: threads,
        density: point.density),
      rates: rates, unit: "steps/s",
      fractionOfLimit: masks == nil ? rates.median * Double(graph.flops) / limit : nil)
  }

  /// One training step after the other on one batch, and the graph of the dense step.
  private func training(_ point: Point, _ masks: MaskSet?) throws -> (call: () -> Void, graph: Graph) {
    let trainer = try Trainer(
      traced, state ?? drawn, masks: masks, optimizer: subject.optimizer, batch: point.batch, seed: 0,
      threads: threads)
    try trainer.fillBatch(subject.fill)
    return (
      { _ = trainer.run(learningRate: 1e-3) },
      try traced.trainingGraph(batch: point.batch, optimizer: subject.optimizer, masked: [])
    )
  }

  /// One batch through the network, and the graph of the dense network.
  private func inference(_ point: Point, _ masks: MaskSet?) throws -> (call: () -> Void, graph: Graph) {
    let evaluator = try Evaluator(
      traced, batch: point.batch, masks: masks, isTimed: true, threads: threads)
    if let state {
      evaluator.load(masks?.applied(to: state.parameters) ?? state.parameters, state.buffers)
    } else {
      evaluator.loadInitialParameters(of: traced)
    }
    try evaluator.fillBatch(subject.fill)
    return ({ evaluator.run() }, try traced.evaluationGraph(batch: point.batch))
  }

  private var drawn: TrainingState {
    TrainingState(parameters: traced.initialParameters(seed: 0), buffers: traced.initialBuffers)
  }
}

extension Evaluator {
  /// Takes over freshly drawn parameters, of which only one is held at a time beside the evaluator's own.
  func loadInitialParameters(of network: Network) {
    for ordinal in network.declarations.indices {
      load(network.initialParameters(seed: 0, ordinal..<ordinal + 1), ParameterSet([]))
    }
    load(ParameterSet([]), network.initialBuffers)
  }
}
