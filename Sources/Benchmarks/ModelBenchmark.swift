import CoppiceAutodiff
import CoppiceLaboratory
import CoppiceNetworks
import CoppiceTensors

/// Measures whole steps of one model.
struct ModelBenchmark {
  /// What is measured of a model.
  struct Point: Hashable {
    enum Work: String { case training, inference }

    let work: Work
    let batch: Int
    let density: Double
  }

  let subject: BenchmarkModel
  let threads: Int
  /// Seconds of each run of a figure.
  let seconds: Double
  private let traced: Network
  private let state: TrainingState

  init(_ subject: BenchmarkModel, threads: Int, seconds: Double) throws {
    (self.subject, self.threads, self.seconds) = (subject, threads, seconds)
    traced = try Network(subject.model, subject.interface)
    state = TrainingState(parameters: traced.initialParameters(seed: 0), buffers: traced.initialBuffers)
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
      traced, state, masks: masks, optimizer: subject.optimizer, batch: point.batch, seed: 0,
      threads: threads)
    try trainer.fillBatch(subject.fill)
    return (
      { _ = trainer.run(learningRate: 1e-3) },
      try traced.trainingGraph(batch: point.batch, optimizer: subject.optimizer, masked: [])
    )
  }

  /// One batch through the network, and the graph of the dense network.
  private func inference(_ point: Point, _ masks: MaskSet?) throws -> (call: () -> Void, graph: Graph) {
    let evaluator = try Evaluator(traced, batch: point.batch, masks: masks, threads: threads)
    evaluator.load(masks?.applied(to: state.parameters) ?? state.parameters, state.buffers)
    try evaluator.fillBatch(subject.fill)
    return ({ evaluator.run() }, try traced.evaluationGraph(batch: point.batch))
  }
}
