import CoppiceStore
import CoppiceTensors
import CoppiceTerms
import CoppiceTestSupport
import Testing

@Suite struct MetricsTests {
  @Test func everyMetricIsAColumnOfItsOwn() {
    let names = Metrics.all.map(\.name)
    #expect(Set(names).count == names.count)
    #expect(names.allSatisfy { $0.allSatisfy { $0.isLowercase || $0 == "_" || $0.isNumber } })
    #expect(Metrics.all.allSatisfy { !$0.quantity.title.isEmpty })
    #expect(IndexRow.columnNames.filter(names.contains) == names)
    #expect(Set(IndexRow.columnNames).count == IndexRow.columnNames.count)
  }

  @Test func columnsThatAreNoMetricAreNamedToo() {
    #expect(Metrics.column("test_accuracy").quantity == Metric.testAccuracy.quantity)
    #expect(Metrics.column("density").quantity.title == "weights remaining")
    #expect(Metrics.column("learning_rate").quantity == Quantity("learning_rate", "learning rate"))
    var row = IndexRow(trial: "t", seed: 0, round: 3)
    row.density = 0.25
    row.settings = [.init("learning_rate", .number(0.1))]
    #expect(row[metric: .density] == 0.25)
    #expect(row[metric: Metrics.column("learning_rate")] == 0.1)
    #expect(row[metric: Metrics.column("round")] == 3)
    #expect(row[metric: Metrics.column("nonsense")].isNaN)
  }

  /// One tally a part, and what each metric makes of it.
  @Test func anEvaluationTakesTheMetricsOfItsPart() {
    let labels: [Int32] = [0, 1, 1, -1, 2]
    var tally = Tally(classes: 4)
    labels.withUnsafeBufferPointer {
      tally.add(labels: $0, predictions: [0, 1, 0, 0, 0], losses: [1, 2, 3, 100, 6])
    }
    var evaluation = Evaluation(step: 7)
    evaluation.measure(.validation, tally)
    #expect(evaluation[.validationLoss] == 3)
    #expect(evaluation[.validationAccuracy] == 0.5)
    #expect(evaluation[.testLoss].isNaN && evaluation[.trainLoss].isNaN)
    let hits = Metric(
      Quantity("hits", unit: .count), isLowerBetter: false, .evaluation(.test) { Double($0.correct) })
    evaluation.measure(.test, tally, metrics: Metrics.all + [hits])
    #expect(evaluation[hits] == 2)
    #expect(evaluation[.testLoss] == 3)
    #expect(evaluation == evaluation, "what was not measured is no obstacle")
  }

  @Test func aRowTakesEveryMetricFromTheFacts() {
    let facts = RoundFacts(
      evaluations: [
        Evaluation(step: 0, [(.validationLoss, 2), (.testAccuracy, 0.1)]),
        Evaluation(step: 10, [(.validationLoss, 0.5), (.testAccuracy, 0.8)]),
        Evaluation(step: 20, [(.validationLoss, 0.5), (.testAccuracy, 0.9)]),
        Evaluation(step: 30, [(.validationLoss, .infinity), (.testAccuracy, 0.7), (.trainLoss, 0.2)]),
      ],
      layers: [
        LayerRecord(name: "a", parameters: 10, nonzero: 4, isPrunable: true, flops: 20, flopsNonzero: 8),
        LayerRecord(name: "b", parameters: 3, nonzero: 3, isPrunable: false, flops: 5, flopsNonzero: 5),
      ],
      flops: 30, trainingFlops: 9000, trainingFlopsDense: 10_000,
      paths: PathRecord(
        isConnected: true, weights: 8, effective: 2, emptiedLayers: 1, deadUnits: 3, flopsCompacted: 12),
      compaction: CompactionRecord(parameters: 5, bytes: 24, difference: 0.00002),
      size: SizeRecord(bytes: 52, bytesSparse: 33, activationBytes: 640, activationBytesCompacted: 320),
      latency: LatencyRecord(
        processor: "p", kernels: "k", threads: 2, isSmaller: true,
        figures: [
          .init(.dense, batch: 1, median: 0.004, low: 0.003, high: 0.006, runs: 5),
          .init(
            .sparse, batch: 1, median: 0.002, low: 0.002, high: 0.0025, ratio: 0.5, ratioLow: 0.4,
            ratioHigh: 0.75, runs: 5),
          .init(.dense, batch: 64, median: 0.064, low: 0.06, high: 0.07, runs: 3, energy: 6.4),
          .init(
            .compacted, batch: 64, median: 0.0635, low: 0.06, high: 0.07, ratio: 0.99, ratioLow: 0.9,
            ratioHigh: 1.01, runs: 3, energy: 3.2),
        ]),
      target: TargetRecord(whole: 200, asked: 100, achieved: 50),
      quantisation: QuantisationRecord(bits: 8, zeroedSurvivors: 3, bytes: 17, bytesSparse: 11),
      wallTime: 1.25, exploration: 0.625)
    var row = IndexRow(trial: "t", seed: 0, round: 0)
    row.measure(facts)
    let expected: [(Metric, Double)] = [
      (.parameters, 13), (.parametersNonzero, 7), (.flops, 30), (.flopsNonzero, 18), (.trainingFlops, 9000),
      (.trainingFlopsDense, 10_000), (.effectiveSparsity, 0.75), (.emptiedLayers, 1), (.deadUnits, 3),
      (.flopsCompacted, 12), (.exploration, 0.625), (.parametersCompacted, 5), (.bytesCompacted, 24),
      (.logitDifference, 0.00002), (.bytes, 52), (.bytesSparse, 33), (.activationBytes, 640),
      (.activationBytesCompacted, 320), (.latency, 2), (.latencyDense, 4), (.latencySparse, 2),
      // What is no form of its own has the times of the dense one.
      (.latencyCompacted, 4), (.latency64Sparse, 64), (.latency64Compacted, 63.5), (.latencyThreads, 2),
      (.latencyDenseSpread, 3), (.latencySparseSpread, 0.5), (.throughputDense, 1000),
      (.throughput, 64 / 0.0635), (.energyDense, 0.1), (.energySparse, 0.1), (.energyCompacted, 0.05),
      // Faster in half of the runs is not faster.
      (.notFaster, 0), (.notFaster64, 1),
      (.requestedShare, 0.5), (.achievedShare, 0.75), (.requestedCost, 100), (.achievedCost, 50),
      (.bits, 8), (.bytesQuantised, 17), (.bytesQuantisedSparse, 11), (.zeroedSurvivors, 3),
      (.trainLoss, 0.2), (.validationLoss, .infinity), (.testAccuracy, 0.7), (.earlyStopStep, 10),
      (.earlyStopTestAccuracy, 0.8), (.wallTime, 1.25),
    ]
    for (metric, value) in expected {
      let found = row[metric: metric]
      #expect(found == value || abs(found - value) <= 1e-12 * abs(value), "\(metric.name) \(found)")
    }
    #expect(row.processor == "p" && row.kernels == "k")
    #expect(row[metric: .validationAccuracy].isNaN)
    // A round that was never trained has costs, and nothing else.
    row.measure(RoundFacts(layers: facts.layers, flops: 30))
    #expect(row[metric: .flopsNonzero] == 18)
    // What a row cannot hold is not written: layers of another network.
    row.measure(RoundFacts(layers: facts.layers, flops: 11))
    #expect(row[metric: .flopsNonzero].isNaN)
    for metric in [Metric.testAccuracy, .bits, .earlyStopStep, .trainingFlops, .wallTime] {
      #expect(row[metric: metric].isNaN, "\(metric.name)")
    }
  }

  @Test func whatWasNotMeasuredComesBackAsSuch() throws {
    let folder = try TemporaryFolder()
    var measured = IndexRow(trial: "t", seed: 0, round: 0)
    for (index, metric) in Metrics.all.enumerated() { measured[metric: metric] = Double(index + 1) }
    var rows = [measured, IndexRow(trial: "u", seed: 0, round: 0)]
    for place in rows.indices {
      (rows[place].targetSparsity, rows[place].requestedSparsity) = (0.5, 0.5)
      (rows[place].sparsity, rows[place].density) = (0.5, 0.5)
    }
    let path = folder.file("summary.h5")
    try SummaryFile.write(
      Summary(experiment: "e", configuration: "{}", provenance: "{}", rows: rows), to: path)
    #expect(try SummaryFile.read(path).rows == rows)
    let trial = TrialRecord(
      trial: "t", status: .completed, configuration: "{}", provenance: "{}",
      rounds: [RoundRecord(row: rows[0])])
    try TrialFile.write(trial, to: folder.file("t.h5"))
    #expect(try TrialFile(folder.file("t.h5")).rows == [rows[0]])
    #expect(rows[1][column: "parameters"] == nil)
    #expect(rows[0][column: "parameters"] == .integer(1))
  }

  /// Names that files have for something else are told of before anything is trained.
  @Test(arguments: ["step", "class", "class_step", "test_class_accuracy", "achieved_sparsity", "test_loss"])
  func namesOfFilesAreTaken(name: String) {
    #expect(throws: ComponentError.self) {
      try Metrics.add([Metric(Quantity(name), isLowerBetter: true, on: .test) { _ in 0 }])
    }
    #expect(Metrics.all.count == Metrics.shipped.count)
  }
}
