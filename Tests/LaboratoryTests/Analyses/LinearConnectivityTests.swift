import CoppiceDatasets
import CoppiceLaboratory
import CoppiceNetworks
import CoppicePruning
import CoppiceStore
import CoppiceTensors
import CoppiceTerms
import CoppiceTestSupport
import Testing

extension Running {
  @Suite struct LinearConnectivityTests {
    private static let ladder = Trial.tiny.with {
      ($0.schedule, $0.sparsity) = (.lotteryTicket(rounds: 2, rate: 0.4), nil)
      $0.retraining = .rewind(to: .iterations(0))
    }

    private func plan(
      _ analyses: [Analysis], _ base: Trial = ladder, @SweepBuilder _ sweep: () -> SweepStep
    ) throws -> SweepPlan {
      try SweepPlan(
        Experiment("test", question: "Is there a barrier?", base: base, analyses: analyses, sweep: sweep),
        library: Bench.library)
    }

    private func tables(_ bench: Bench, _ plan: SweepPlan) throws -> [NamedTable] {
      let report = try bench.run(plan, isForced: true)
      #expect(report.failures.isEmpty)
      return try SummaryFile.read(report.summary).analyses
    }

    /// The examples of a part of the data, and their labels.
    private func examples(_ subset: Subset, of data: TaskData) throws -> [(inputs: [Double], label: Int)] {
      let batches = try EvaluationBatches(subset, of: data.dataset, batchSize: subset.count)
      var inputs = [Float](repeating: 0, count: subset.count * 16)
      var labels = [Int32](repeating: 0, count: subset.count)
      inputs.withUnsafeMutableBufferPointer { inputs in
        labels.withUnsafeMutableBufferPointer { labels in
          _ = batches.fill(0, inputs: inputs, labels: labels)
        }
      }
      return labels.indices.map { row in
        (inputs[(row * 16)..<(row * 16 + 16)].map(Double.init), Int(labels[row]))
      }
    }

    /// Mean loss and error of a perceptron with 12 hidden units on some examples, in Double precision.
    private func measure(
      _ weights: [String: [Double]], _ examples: [(inputs: [Double], label: Int)]
    ) throws -> (loss: Double, error: Double) {
      func layer(_ name: String, _ inputs: [Double]) throws -> [Double] {
        let (weight, bias) = (try #require(weights[name + ".weight"]), try #require(weights[name + ".bias"]))
        return bias.indices.map { unit in
          inputs.indices.reduce(bias[unit]) { $0 + weight[unit * inputs.count + $1] * inputs[$1] }
        }
      }
      var (loss, wrong) = (0.0, 0)
      for (inputs, label) in examples {
        let logits = try layer("fc2", try layer("fc1", inputs).map { max(0, $0) })
        let highest = logits.max() ?? 0
        let sum = logits.reduce(0) { $0 + Elementary.exp($1 - highest) }
        loss += Elementary.log(sum) + highest - logits[label]
        wrong += logits.firstIndex(of: highest) == label ? 0 : 1
      }
      return (loss / Double(examples.count), Double(wrong) / Double(examples.count))
    }

    @Test func everyPointIsWhatAForwardPassByHandGives() throws {
      let (bench, plan) = (
        try Bench(),
        try self.plan([.linearConnectivity(points: 7, examples: 200)]) { Axis(\.dataOrder, [1, 2]) }
      )
      let tables = try self.tables(bench, plan)
      #expect(tables.map(\.name) == ["linear_connectivity", "linear_connectivity_paths"])
      let (barriers, paths) = (tables[0], tables[1])
      // The dense network and two tickets.
      #expect(barriers.rowCount == 3 && paths.rowCount == 21)
      let trials = plan.trials.filter { !$0.name.hasPrefix("dense") }
      #expect(barriers[text: "trial_a"] == [String](repeating: trials[0].name, count: 3))
      #expect(barriers[text: "trial_b"] == [String](repeating: trials[1].name, count: 3))
      #expect(barriers[text: "masks"] == ["none", "one", "one"])
      let records = try trials.map { try bench.record($0, of: plan) }
      let data = trials[0].regimen.data
      let (test, train) = (
        try examples(data.split.test, of: data), try examples(data.split.training, of: data)
      )
      for round in 0...2 {
        let ends = try records.map { try #require($0.rounds[round].weights) }
        var measured: [(test: (loss: Double, error: Double), train: (loss: Double, error: Double))] = []
        for point in 0..<7 {
          let position = Double(point) / 6
          var weights: [String: [Double]] = [:]
          for (name, tensor) in ends[0] {
            let other = try #require(ends[1][name])
            weights[name] = zip(tensor.scalars, other.scalars).map {
              Double($0) + position * (Double($1) - Double($0))
            }
          }
          measured.append((try measure(weights, test), try measure(weights, train)))
          let row = 7 * round + point
          #expect(abs(paths[number: "position"][row] - position) < 1e-12)
          let found = ["test_loss", "train_loss", "test_error", "train_error"].map { paths[number: $0][row] }
          let last = measured[point]
          #expect(abs(found[0] - last.test.loss) < 1e-4 && abs(found[1] - last.train.loss) < 1e-4)
          #expect(abs(found[2] - last.test.error) < 1e-9 && abs(found[3] - last.train.error) < 1e-9)
        }
        func barrier(_ values: [Double]) -> Double { (values.max() ?? 0) - (values[0] + values[6]) / 2 }
        #expect(
          abs(barriers[number: "test_error_barrier"][round] - barrier(measured.map(\.test.error))) < 1e-9)
        #expect(
          abs(barriers[number: "train_loss_barrier"][round] - barrier(measured.map(\.train.loss))) < 1e-4)
      }
      // The ends are the networks as they were evaluated when they were trained.
      let accuracies = records.map { $0.rounds[2].row[metric: .testAccuracy] }
      #expect(abs(paths[number: "test_error"][14] - (1 - accuracies[0])) < 1e-12)
      #expect(abs(paths[number: "test_error"][20] - (1 - accuracies[1])) < 1e-12)
    }

    /// The middle of the line is the mean of copies, with statistics of its own, as the step `average` makes it.
    @Test func statisticsAreThoseOfThePoint() throws {
      let base = Trial.families[2].with {
        ($0.schedule, $0.sparsity) = (.oneShot, 0.3)
        ($0.retraining, $0.scoringBatch) = (.fineTune(.iterations(6)), 60)
      }
      func paths(_ remakes: Bool) throws -> (NamedTable, Bench, SweepPlan) {
        let bench = try Bench()
        let plan = try self.plan(
          [.linearConnectivity(points: 3, remakesStatistics: remakes, batches: 4, examples: 60)], base
        ) { Axis(\.dataOrder, [1, 2]) }
        return (try #require(try self.tables(bench, plan).last), bench, plan)
      }
      let (remade, bench, plan) = try paths(true)
      let (interpolated, _, _) = try paths(false)
      let trials = plan.trials.filter { !$0.name.hasPrefix("dense") }
      // With the statistics that training has left, an end is the network that was stored.
      let stored = try bench.record(trials[0], of: plan).rounds[1].row[metric: .testLoss]
      let rows = interpolated.rowCount - 3
      #expect(abs(interpolated[number: "test_loss"][rows] - stored) < 1e-9)
      #expect(interpolated[number: "test_loss"] != remade[number: "test_loss"])
      // The middle, made by another way.
      let regimen = trials[0].regimen
      let keys = try trials.map { try #require($0.rounds.last?[.training]) }
      let masks = try #require(trials[0].rounds.last?[.masks])
      let mean = try AverageStage(regimen, of: keys, masks: masks, data: ScoringData(batch: 60, count: 4))
        .run(
          StageContext(folder: bench.results.stages))
      let meter = try Meter(regimen)
      let middle = try meter.evaluation(
        try #require(mean[parameters: "parameters"]), try #require(mean[parameters: "buffers"]), step: 0,
        isLast: false)
      #expect(abs(remade[number: "test_loss"][rows + 1] - middle[.testLoss]) < 1e-6)
      #expect(abs(remade[number: "test_error"][rows + 1] - (1 - middle[.testAccuracy])) < 1e-9)
    }

    @Test func pairsAreOfOneKind() throws {
      let bench = try Bench()
      let analyses = NetworkPairs.allCases.map {
        Analysis.linearConnectivity(between: $0, points: 2, examples: 40)
      }
      let plan = try self.plan(analyses, Trial.tiny) {
        Axis(\.criterion, [.magnitude, .random])
        Axis(\.dataOrder, [.own, DataOrder(1, from: .iterations(10))])
        Axis(\.seed, 0..<2)
      }
      let tables = try self.tables(bench, plan).filter { !$0.name.hasSuffix("_paths") }
      #expect(
        tables.map(\.name)
          == ["linear_connectivity", "linear_connectivity_methods", "linear_connectivity_seeds"])
      // Final networks only: two criteria and the dense one, two seeds.
      #expect(tables[0].rowCount == 6)
      #expect(Set(tables[0][text: "masks"]) == ["one", "none"])
      #expect(Set(tables[0][number: "shared_steps"]) == [10])
      // Magnitude with random, by seed and order; both have the dense network, which is no pair.
      #expect(tables[1].rowCount == 4)
      #expect(Set(tables[1][text: "compared"]) == ["magnitude, one-shot with random, one-shot"])
      #expect(Set(tables[1][text: "masks"]) == ["two"])
      // Three kinds of networks, two orders.
      #expect(tables[2].rowCount == 6)
      #expect(tables[2][text: "compared"].allSatisfy { $0.hasSuffix(", other seeds") })
      // Asking again finds what was measured.
      let count = bench.results.stages.paths().count
      try bench.run(plan, isForced: true)
      #expect(bench.results.stages.paths().count == count)
    }
  }
}

@Suite struct LinearConnectivityTextTests {
  @Test func formsAreRead() throws {
    for text in [
      "linear-connectivity", "linear-connectivity(between: seeds, points: 5)",
      "linear-connectivity(statistics: interpolated, examples: 100)",
    ] {
      let analysis = try Analysis(parsing: text)
      #expect(try Analysis(parsing: "\(analysis.specification)").specification == analysis.specification)
    }
    #expect(
      try Analysis(parsing: "linear-connectivity").specification
        == Analysis.linearConnectivity().specification)
    #expect(message { _ = try Analysis(parsing: "linear-connectivity(between: rounds)") }.contains("orders"))
    #expect(message { _ = try Analysis(parsing: "linear-connectivity(points: 1)") }.contains("2…1000"))
  }

  /// Barriers by the formula: the highest value less the mean of the ends.
  @Test func barriers() throws {
    func path(_ errors: [Double]) throws -> ConnectivityPath {
      let names = ConnectivityPath.Measure.all.map(\.name)
      return try #require(
        ConnectivityPath(
          StageRecord(
            key: "", numbers: [("position", errors.indices.map(Double.init))] + names.map { ($0, errors) })))
    }
    #expect(abs(try path([0.02, 0.3, 0.9, 0.1, 0.04]).barrier(.testError) - 0.87) < 1e-12)
    #expect(abs(try path([0.02, 0.01, 0.04]).barrier(.testError) - 0.01) < 1e-12)
    #expect(try path([0.5, 0.2, 0.5]).barrier(.trainLoss) == 0)
    #expect(try path([0.5, .nan, 0.5]).barrier(.testLoss).isNaN)
    #expect(ConnectivityPath(StageRecord(key: "")) == nil)
  }
}

extension NamedTable {
  fileprivate subscript(text name: String) -> [String] {
    if case .texts(let values)? = self[name]?.values { values } else { [] }
  }

  fileprivate subscript(number name: String) -> [Double] {
    switch self[name]?.values {
    case .numbers(let values)?: values
    case .integers(let values)?: values.map(Double.init)
    default: []
    }
  }
}
