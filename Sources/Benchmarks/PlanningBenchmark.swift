import CoppiceAutodiff
import CoppiceLaboratory
import CoppiceNetworks

/// Measures what stands before the first run of a model: tracing and planning, and finding what goes together.
struct PlanningBenchmark {
  let subject: BenchmarkModel
  let threads: Int

  init(_ subject: BenchmarkModel, threads: Int) { (self.subject, self.threads) = (subject, threads) }

  /// Seconds that each should stay below.
  static let limit = 2.0

  /// `planning`: from the model to the plan of its inference, one example at a time. `grouping`: from the traced network to what is
  /// tied together.
  func rows() throws -> [BenchmarkRow] {
    let network = try Network(subject.model, subject.interface)
    return [
      row(
        "planning",
        try seconds {
          let traced = try Network(subject.model, subject.interface)
          _ = Plan(
            try traced.evaluationGraph(batch: 1).fusingNormalizations().inMicroBatches(threads: threads))
        }),
      row(
        "grouping",
        try seconds { _ = try network.forward(batch: 1, isTraining: false).axisGroups(withStates: true) }
      ),
    ]
  }

  private func seconds(_ work: () throws -> Void) rethrows -> Rates {
    Rates(
      try (0..<Rates.runs).map { _ in
        let watch = Stopwatch()
        try work()
        return watch.elapsed
      })
  }

  private func row(_ name: String, _ rates: Rates) -> BenchmarkRow {
    BenchmarkRow(
      key: .init(benchmark: name, model: subject.name, batch: nil, threads: threads, density: nil),
      rates: rates, unit: "s", limit: Self.limit)
  }
}
