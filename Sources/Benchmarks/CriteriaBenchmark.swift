import CoppiceLaboratory
import CoppiceNetworks
import CoppicePruning
import CoppiceTensors

/// Measures whole prunings by criteria that ask for much: evidence, scores and cut, on made-up examples. Each has a limit.
package struct CriteriaBenchmark: Sendable {
  /// One pruning.
  package struct Task: Sendable {
    /// What its row is called.
    package let name: String
    package let subject: BenchmarkModel
    package let criterion: Criterion
    package let allocation: Allocation
    /// Examples in a batch of evidence, and how many batches.
    package let batches: (size: Int, count: Int)
    /// Seconds that it should stay below.
    package let limit: Double
    /// Bytes that the program should stay below meanwhile; `nil` where nobody asks.
    package let memory: Double?

    package init(
      _ name: String, _ subject: BenchmarkModel, _ criterion: Criterion, allocation: Allocation = .global,
      batches: (size: Int, count: Int), limit: Double, memory: Double? = nil
    ) {
      (self.name, self.subject, self.criterion, self.allocation) = (name, subject, criterion, allocation)
      (self.batches, self.limit, self.memory) = (batches, limit, memory)
    }
  }

  /// Threads that share each kernel.
  package let threads: Int
  /// Seconds of each of the five runs of a figure.
  package let seconds: Double

  /// The sparsity that everything is pruned to.
  static let sparsity = 0.9
  /// The evidence whose batches are counted, how many, and on which model: SNIP's and Taylor's.
  static let scored = (evidence: Evidence.gradients, batches: 16, model: "conv-2")

  package init(threads: Int, seconds: Double) { (self.threads, self.seconds) = (threads, seconds) }

  /// The prunings that are measured on a model.
  package static func tasks(of subject: BenchmarkModel) -> [Task] {
    switch subject.name {
    case "lenet-300-100":
      [
        Task(
          "wood-fisher-1000", subject, .woodFisher(), batches: (100, 10), limit: 60, memory: 1.5e9)
      ]
    case "lenet-5": [Task("synflow-100", subject, .synflow(rounds: 100), batches: (1, 1), limit: 10)]
    case "encoder":
      [
        Task(
          "sparse-gpt", subject, .sparseGPT(), allocation: .layerWise, batches: (subject.batch, 4), limit: 30)
      ]
    default: []
    }
  }

  /// The models that something is measured on.
  package static var models: [String] {
    BenchmarkModel.all.map(\.name).filter { name in
      name == scored.model || BenchmarkModel.all.contains { $0.name == name && !tasks(of: $0).isEmpty }
    }
  }

  /// The rows of a model: its prunings, and how scoring goes with threads.
  func run(_ subject: BenchmarkModel, willMeasure: (String) -> Void) throws -> [BenchmarkRow] {
    var rows: [BenchmarkRow] = []
    for task in Self.tasks(of: subject) {
      willMeasure("\(subject.name): pruning by \(task.criterion)")
      rows += try measure(task)
    }
    if subject.name == Self.scored.model {
      willMeasure("\(subject.name): scoring on one thread and on two")
      rows += try scoring(subject)
    }
    return rows
  }

  /// Seconds of a pruning from the weights to the masks, tracing included: five of them, or one that takes longer than a second. And
  /// the most memory that the program held meanwhile, where there is a limit and the system tells.
  package func measure(_ task: Task) throws -> [BenchmarkRow] {
    let network = try Network(task.subject.model, task.subject.interface)
    let weights = network.initialParameters(seed: 0)
    PeakMemory.restart()
    var taken: [Double] = []
    repeat {
      let watch = Stopwatch()
      try prune(network, weights, task)
      taken.append(watch.elapsed)
    } while taken.count < Rates.runs && taken[0] < 1
    func row(_ name: String, _ rates: Rates, _ unit: String, limit: Double) -> BenchmarkRow {
      BenchmarkRow(
        key: .init(
          benchmark: name, model: task.subject.name, batch: nil, threads: threads, density: nil),
        rates: rates, unit: unit, limit: limit)
    }
    var rows = [row(task.name, Rates(taken), "s", limit: task.limit)]
    if let memory = task.memory, let bytes = PeakMemory.bytes {
      rows.append(
        row("\(task.name)-memory", Rates([Double(bytes) / 1e9]), "GB", limit: memory / 1e9))
    }
    return rows
  }

  private func prune(_ network: Network, _ weights: ParameterSet, _ task: Task) throws {
    let probes = EvidenceProbes(network, threads: threads)
    func measure(_ evidence: Evidence, _ weights: ParameterSet, _ masks: MaskSet) throws -> ParameterSet {
      let parts = evidence.parts(batch: task.batches.size, count: task.batches.count)
      return try probes.measure(
        evidence, weights, network.initialBuffers, masks: masks, batch: parts.size, parts: parts.count
      ) { task.subject.fill($1, $2, part: $0) }
    }
    let pruner = Pruner(criterion: task.criterion, allocation: task.allocation)
    let masks = network.fullMasks
    _ = try pruner.prune(
      ScoringContext(
        weights: weights, masks: masks, seed: 0,
        evidence: try pruner.needs.evidence.map { ($0, try measure($0, weights, masks)) }),
      to: .sparsity(Self.sparsity), measuring: measure)
  }

  /// Batches of evidence a second on one thread and on two, in turn, and how many times as fast two are.
  package func scoring(_ subject: BenchmarkModel) throws -> [BenchmarkRow] {
    let network = try Network(subject.model, subject.interface)
    let weights = network.initialParameters(seed: 0)
    func rate(_ probes: EvidenceProbes) throws -> Double {
      let watch = Stopwatch()
      var batches = 0
      repeat {
        _ = try probes.measure(
          Self.scored.evidence, weights, network.initialBuffers, masks: nil, batch: subject.batch,
          parts: Self.scored.batches
        ) { subject.fill($1, $2, part: $0) }
        batches += Self.scored.batches
      } while watch.elapsed < seconds
      return Double(batches) / watch.elapsed
    }
    let (alone, shared) = (EvidenceProbes(network, threads: 1), EvidenceProbes(network, threads: 2))
    // The first of each warms caches and threads.
    _ = (try rate(alone), try rate(shared))
    let pairs = try (0..<Rates.runs).map { _ in (alone: try rate(alone), shared: try rate(shared)) }
    func row(_ name: String, _ threads: Int, _ rates: [Double], _ unit: String) -> BenchmarkRow {
      BenchmarkRow(
        key: .init(
          benchmark: name, model: subject.name, batch: subject.batch, threads: threads, density: nil),
        rates: Rates(rates), unit: unit)
    }
    return [
      row("scoring", 1, pairs.map(\.alone), "steps/s"), row("scoring", 2, pairs.map(\.shared), "steps/s"),
      row("scoring-speed-up", 2, pairs.map { $0.shared / $0.alone }, "×"),
    ]
  }
}
