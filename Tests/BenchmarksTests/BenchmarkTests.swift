import CoppiceBenchmarks
import CoppiceLaboratory
import CoppiceNetworks
import CoppiceTerms
import CoppiceTestSupport
import Testing

/// Tests that run networks, one after the other: each has threads of its own.
@Suite(.serialized) enum Running {}

extension Running {
  @Suite struct BenchmarkTests {
    private let perceptron = BenchmarkModel.all[0]

    private func run(_ parts: Benchmark.Part..., density: Double = 1) throws -> [BenchmarkRow] {
      try Benchmark(threads: 1, density: density, seconds: 1e-4).run(parts, [perceptron])
    }

    @Test func kernelsAreThoseOfTheStep() throws {
      let rows = try run(.kernels)
      // The costliest of each primitive that matters; products are bound by arithmetic, updates by memory.
      #expect(
        Dictionary(uniqueKeysWithValues: rows.map { ($0.key.benchmark, $0.unit) }) == [
          "affine fc1": "GFLOP/s", "matrix-product fc1": "GFLOP/s", "adam-update fc1.weight": "GB/s",
        ])
      for row in rows {
        #expect((row.key.model, row.key.batch, row.key.threads) == (perceptron.name, perceptron.batch, 1))
        #expect(row.key.density == nil)
        #expect((row.unit == "GFLOP/s") == (row.fractionOfLimit != nil))
        // How fast a machine is no test knows; a rate that came from nothing would be 0 or infinite.
        let rates = row.rates
        #expect(0 < rates.low && rates.low <= rates.median && rates.median <= rates.high)
        #expect(rates.high.isFinite)
      }
    }

    @Test func whatTwoPartsAskForIsMeasuredOnce() throws {
      let rows = try run(.inference, .sparse)
      #expect(Set(rows.map(\.key)).count == rows.count)
      #expect(rows.allSatisfy { $0.unit == "steps/s" })
      // Nine densities of training and of inference at two batches, evaluations' own being one of them.
      #expect(rows.count == 9 * 3)
      for row in rows { #expect((row.key.density == 1) == (row.fractionOfLimit != nil)) }
    }

    @Test func densityIsThatOfWholeSteps() throws {
      let rows = try run(.inference, density: 0.1)
      #expect(rows.map(\.key.batch) == [64, 1])
      #expect(rows.allSatisfy { $0.key.density == 0.1 && $0.fractionOfLimit == nil })
    }

    @Test func integersAreMeasuredBesideFloatsAndSparseOnesBesideDense() throws {
      let rows = try run(.integer)
      #expect(
        rows.map(\.key.benchmark) == ["integer-inference", "integer-sparse", "integer-blocks"])
      #expect(rows.map(\.key.density) == [nil, 0.1, 0.1])
      #expect(rows.allSatisfy { $0.key.batch == 64 && $0.unit == "×" && $0.rates.low > 0 })
    }

    @Test func aLateNetworkIsPrunedAndItsMomentsHaveFaded() throws {
      let life = try LateNetwork(threads: 1, steps: 500).live()
      #expect(abs(life.masks.density - 0.2) < 1e-3)
      #expect(life.late.step == 1000)
      var faded = 0
      for (name, mask) in life.masks {
        let weights = try #require(life.late.parameters[name]).scalars
        let moments = try #require(life.late.moments["moment2:\(name)"]).scalars
        for index in weights.indices where mask.bytes[index] == 0 { #expect(weights[index] == 0) }
        faded += moments.indices.count { mask.bytes[$0] == 1 && moments[$0] > 0 && moments[$0] < 1e-15 }
      }
      #expect(faded > 0)
    }

    @Test func aProfileAccountsForTheStep() throws {
      let profile = try StepProfile(perceptron, density: 1, seconds: 0)
      #expect(profile.steps == 5)
      #expect(profile.lines.map(\.seconds) == profile.lines.map(\.seconds).sorted(by: >))
      let products = try #require(profile.lines.first { $0.primitive == "affine" })
      #expect(products.calls == 3)
      #expect(products.flops == 2 * 60 * 266_200)
      #expect(Set(products.scopes.map(\.path)) == ["fc1", "fc2", "fc3"])
    }

    /// A pruning in several rounds, of a small network: seconds, and the memory where it is asked for.
    @Test func pruningsHaveTheirLimits() throws {
      let small = BenchmarkModel(
        model: .mlp([6]), interface: .images([1, 4, 4], classes: 3), batch: 5, optimizer: .sgd())
      let benchmark = CriteriaBenchmark(threads: 1, seconds: 1e-4)
      let flow = try benchmark.measure(
        .init("flow", small, .synflow(rounds: 3), batches: (1, 1), limit: 7))
      #expect(flow.map(\.key.benchmark) == ["flow"])
      #expect(flow[0].unit == "s" && flow[0].limit == 7 && flow[0].rates.low > 0)
      let surgeon = try benchmark.measure(
        .init(
          "surgeon", small, .woodFisher(block: 8), allocation: .layerWise, batches: (5, 2), limit: 7,
          memory: 2e9))
      #expect(surgeon[0].key.benchmark == "surgeon")
      #expect(surgeon.map(\.key.benchmark) == ["surgeon", "surgeon-memory"])
      #expect(surgeon[1].unit == "GB" && surgeon[1].limit == 2)
      // A test program holds more than a megabyte.
      #expect((0.001..<100).contains(surgeon[1].rates.median))
    }

    @Test func scoringIsMeasuredOnOneThreadAndOnTwo() throws {
      let rows = try CriteriaBenchmark(threads: 1, seconds: 1e-4).scoring(
        BenchmarkModel(
          model: .mlp([6]), interface: .images([1, 4, 4], classes: 3), batch: 5, optimizer: .sgd()))
      #expect(rows.map(\.key.benchmark) == ["scoring", "scoring", "scoring-speed-up"])
      #expect(rows.map(\.key.threads) == [1, 2, 2])
      #expect(rows.map(\.unit) == ["steps/s", "steps/s", "×"])
      let ratio = rows[2].rates
      #expect(ratio.low > 0 && ratio.high.isFinite)
      #expect(ratio.high <= rows[1].rates.high / rows[0].rates.low * (1 + 1e-12))
    }

    @Test func whatIsAskedOfCriteriaIsMeasured() {
      let tasks = BenchmarkModel.all.flatMap { CriteriaBenchmark.tasks(of: $0) }
      #expect(tasks.map(\.name) == ["wood-fisher-1000", "synflow-100", "sparse-gpt"])
      #expect(tasks.map(\.limit) == [60, 10, 30])
      #expect(tasks.map(\.memory) == [1.5e9, nil, nil])
      #expect(tasks[0].batches.size * tasks[0].batches.count == 1_000 && tasks[1].criterion.rounds == 100)
    }

    /// Of a model of published size inference is measured at two batches, and nothing that trains it.
    @Test func publishedModelsAreMeasuredInInferenceAlone() throws {
      let names = ["mobilenet-v2", "resnet-50", "vit", "distilbert", "bert"]
      #expect(BenchmarkModel.published.map(\.name) == names)
      let subject = try BenchmarkModel.named("bert")
      #expect(subject.isPublished && !BenchmarkModel.all.contains { $0.isPublished })
      let points = Benchmark(threads: 1, seconds: 1).points(of: subject, Benchmark.Part.allCases)
      #expect(points.map(\.work) == [.inference, .inference])
      #expect(points.map(\.batch) == [1, 8])
    }

    @Test func planningHasItsLimit() throws {
      let rows = try run(.planning)
      #expect(rows.map(\.key.benchmark) == ["planning", "grouping"])
      #expect(rows.allSatisfy { $0.unit == "s" && $0.limit == 2 && $0.rates.low > 0 })
    }

    /// Half of each block's inner channels leaves half of the work of its convolutions.
    @Test func compactedNetworksHaveHalfTheWork() throws {
      for (name, channels) in [("resnet-20", 16), ("encoder", 128)] {
        let benchmark = try #require(
          try CompactedBenchmark(BenchmarkModel.named(name), threads: 1, seconds: 0))
        func flops(_ network: Network) throws -> Double {
          Double(try network.evaluationGraph(batch: 1).flops)
        }
        #expect(try (0.49...0.53).contains(flops(benchmark.compacted) / flops(benchmark.whole)))
        // What residual sums carry is whole.
        let shapes = Dictionary(
          uniqueKeysWithValues: benchmark.compacted.declarations.map { ($0.name, $0.shape) })
        #expect((shapes["conv.weight"] ?? shapes["wte.weight"])?.axes.contains(channels) == true)
        #expect(shapes["blocks.4.conv1.weight"].map { $0[0] } ?? 16 == 16)
        #expect(shapes["h.1.attn.c_attn.weight"].map { $0 == [192, 128] } ?? true)
      }
      #expect(try CompactedBenchmark(perceptron, threads: 1, seconds: 0) == nil)
    }

    @Test func unknownModelsAreRefused() {
      #expect(
        message { _ = try BenchmarkModel.named("lenet-6") }
          .hasPrefix("there is no measured model named \"lenet-6\"; did you mean \"lenet-5\"?"))
    }
  }
}

@Suite struct BenchmarkComparisonTests {
  private func row(_ median: Double, low: Double, high: Double, density: Double? = 1) -> BenchmarkRow {
    BenchmarkRow(
      key: .init(benchmark: "training", model: "lenet-5", batch: 60, threads: 2, density: density),
      rates: Rates(median: median, low: low, high: high), unit: "steps/s")
  }

  private func file(_ rows: [BenchmarkRow]) -> String {
    JSON.object([("schema_version", .integer(1)), ("rows", .list(rows.map { .members($0.members) }))])
  }

  @Test func ratiosAreOfTheSameMeasurement() throws {
    let comparison = try BenchmarkComparison(
      parsing: file([row(10, low: 8, high: 20), row(3, low: 3, high: 3, density: nil)]))
    #expect(comparison.ratio(row(15, low: 10, high: 16)) == Rates(median: 1.5, low: 0.5, high: 2))
    #expect(comparison.ratio(row(6, low: 3, high: 9, density: nil)) == Rates(median: 2, low: 1, high: 3))
    #expect(comparison.ratio(row(15, low: 10, high: 16, density: 0.5)) == nil)
  }

  /// A limit is kept; files of before there were any are read all the same.
  @Test func limitsAreReadWhereTheyAre() throws {
    let limited = BenchmarkRow(
      key: .init(benchmark: "synflow-100", model: "lenet-5", batch: nil, threads: 2, density: nil),
      rates: Rates([2]), unit: "s", limit: 10)
    let text = file([limited])
    #expect(text.contains("\"limit\""))
    #expect(try BenchmarkComparison(parsing: text).ratio(limited) == Rates([1]))
    let older = try #require(JSON(parsing: text)?["rows"])
    guard case .list(let rows) = older, case .members(let members) = rows[0] else {
      Issue.record("a row is no object")
      return
    }
    let without = JSON.object([
      ("schema_version", .integer(1)),
      ("rows", .list([.members(members.filter { $0.0 != "limit" })])),
    ])
    #expect(try BenchmarkComparison(parsing: without).ratio(limited) == Rates([1]))
    #expect(
      message {
        _ = try BenchmarkComparison(parsing: text.replacing("\"limit\": 10.0", with: "\"limit\": \"ten\""))
      } == "\"limit\" of row 0 is not a number or null")
  }

  @Test(arguments: [
    ("rows", "it is not JSON"), ("{\"rows\": []}", "its schema_version is not 1"),
    ("{\"schema_version\": 1}", "it has no list \"rows\""),
    ("{\"schema_version\": 1, \"rows\": [{}]}", "\"benchmark\" of row 0 is not a text"),
  ])
  func whatIsWrongIsSaid(text: String, problem: String) {
    #expect(message { _ = try BenchmarkComparison(parsing: text) } == problem)
  }

  @Test func aRateIsPositive() {
    let text = file([row(10, low: 8, high: 20), row(10, low: 0, high: 20)])
    #expect(
      message { _ = try BenchmarkComparison(parsing: text) } == "\"low\" of row 1 is not a positive number")
  }
}

@Suite struct RatesTests {
  @Test func theMiddleAndTheRange() {
    #expect(Rates([3, 1, 2]) == Rates(median: 2, low: 1, high: 3))
    #expect(Rates([4, 1, 2, 3]).median == 2.5)
    #expect(Rates([4, 2]).scaled(by: 2) == Rates(median: 6, low: 4, high: 8))
  }

  @Test func aCallThatLastsCountsOnce() {
    var calls = 0
    _ = Rates(seconds: 0) { calls += 1 }
    #expect(calls == 1 + Rates.runs)
  }
}
