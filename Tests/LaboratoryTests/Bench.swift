import CoppiceDatasets
import CoppiceLaboratory
import CoppiceNetworks
import CoppicePruning
import CoppiceStore
import CoppiceTensors
import CoppiceTerms
import CoppiceTestSupport
import Synchronization
import Testing

/// Tests that run networks, one after the other: each has threads of its own.
@Suite(.serialized) enum Running {}

/// A results folder of a test's own, to run sweeps in.
struct Bench {
  /// Data are generated once for all tests.
  static let library = DataLibrary(DataFolders([]))

  let folder: TemporaryFolder
  var results: ResultsFolder { ResultsFolder(folder.path) }

  init() throws { folder = try TemporaryFolder() }

  @discardableResult
  func run(
    _ plan: SweepPlan, jobs: Int = 1, threads: Int = 1, isFresh: Bool = false, isForced: Bool = false,
    checkpointInterval: Double = 1_000, interruption: Interruption = Interruption(),
    retriesFailed: Bool = false, failsFast: Bool = false, scope: RunScope = .everything,
    observe: @escaping @Sendable (RunEvent) -> Void = { _ in }
  ) throws -> RunReport {
    var options = Runner.Options()
    (options.jobs, options.threads) = (jobs, threads)
    (options.isFresh, options.isForced) = (isFresh, isForced)
    options.checkpointInterval = checkpointInterval
    (options.retriesFailed, options.failsFast, options.scope) = (retriesFailed, failsFast, scope)
    return try Runner(
      plan, results: results, library: Self.library,
      provenance: Provenance(arguments: ["coppice", "run", plan.name], jobs: jobs, threads: threads),
      interruption: interruption, options: options, observe: observe
    ).run()
  }

  /// Runs a plan and says what there was to do.
  func work(_ plan: SweepPlan, isFresh: Bool = false) throws -> (stages: Int, reusedTrials: Int) {
    let found = Mutex((stages: -1, reusedTrials: -1))
    try run(plan, isFresh: isFresh) { event in
      guard case .began(let stages, _, _, _, let trials, _) = event else { return }
      found.withLock { $0 = (stages, trials) }
    }
    return found.withLock { $0 }
  }

  func file(_ trial: TrialPlan, of plan: SweepPlan) -> String { results.trial(trial.name, of: plan.name) }

  func record(_ trial: TrialPlan, of plan: SweepPlan) throws -> TrialRecord {
    try TrialFile(file(trial, of: plan)).record()
  }

  /// Status and digest of every trial of a plan, from its file.
  func digests(_ plan: SweepPlan) throws -> [String] {
    try plan.trials.map { trial in
      let record = try record(trial, of: plan)
      return "\(trial.name) \(record.status) \(record.shortDigest)"
    }
  }
}

extension TrialRecord {
  /// The digest of the canonical form.
  var shortDigest: String { Digest(digest).text }
}

extension SweepPlan {
  init(
    _ base: Trial, name: String = "test", @SweepBuilder _ sweep: () -> SweepStep = { SweepStep { $0 } }
  ) throws {
    try self.init(
      Experiment(name, question: "Does it work?", base: base, sweep: sweep), library: Bench.library)
  }

  /// The plan of the cell that is pruned, of a sweep of one.
  var ticket: TrialPlan { trials[trials.count - 1] }
}

extension DatasetSource {
  /// 200 + 40 + 60 inputs of 16 features in 3 classes.
  static var tiny: DatasetSource {
    var teacher = Teacher()
    (teacher.features, teacher.hidden, teacher.classes) = (16, 8, 3)
    (teacher.training, teacher.validation, teacher.test) = (200, 40, 60)
    return .teacher(teacher)
  }

  static var tinyGlyphs: DatasetSource { .glyphs(training: 60, validation: 20, test: 30) }
  static var tinyInduction: DatasetSource {
    .induction(vocabulary: 8, length: 12, training: 60, validation: 20, test: 20)
  }
  /// Sequences of 6 tokens below 9, padded with 0, whose class is that of their first token.
  static var tinySentences: DatasetSource { DatasetSource(Sentences()) }
}

private struct Sentences: DatasetDefinition {
  var specification: Specification { Specification("sentences", version: 1) }
  var summary: String { "for tests" }

  func load(from folders: DataFolders) throws(DatasetError) -> Dataset {
    func examples(_ count: Int, _ seed: UInt64) -> Examples {
      var random = RandomStream(seed: seed, stream: .generation)
      let rows = (0..<count).map { _ in
        let length = 3 + Int(random.integer(below: 4))
        return (0..<6).map { $0 < length ? 1 + Int32(random.integer(below: 8)) : 0 }
      }
      return Examples(tokens: rows.flatMap { $0 }, labels: rows.map { $0[0] % 2 })
    }
    return try Dataset(
      name: "sentences", task: .sequenceClassification(length: 6, vocabulary: 9), training: examples(80, 1),
      test: examples(30, 2), classNames: ["even", "odd"], validationCount: 20,
      record: DataRecord(dataset: "sentences", version: 1))
  }
}

extension Trial {
  /// A perceptron of 228 prunable weights, 30 steps of training, half of it pruned at one stroke and rewound.
  static var tiny: Trial {
    Trial(
      model: .mlp([12]), dataset: .tiny, optimizer: .adam(), learningRate: .constant(0.005), batchSize: 20,
      training: .iterations(30), evaluation: .iterations(10), sparsity: 0.5)
  }

  /// This trial with some settings changed.
  func with(_ change: (inout Trial) -> Void) -> Trial {
    var trial = self
    change(&trial)
    return trial
  }

  /// A small trial of every family of models, with a ladder of two rounds; batch normalisation, dropout, momentum, weight
  /// decay and clipping among them.
  static var families: [Trial] {
    let ladder = Trial.tiny.with {
      ($0.schedule, $0.sparsity) = (.lotteryTicket(rounds: 2, rate: 0.4), nil)
      ($0.training, $0.evaluation, $0.batchSize) = (.iterations(12), .iterations(5), 10)
    }
    return [
      ladder,
      ladder.with { ($0.model, $0.dataset) = (.lenet([2, 3], hidden: 8), .tinyGlyphs) },
      ladder.with {
        ($0.model, $0.dataset) = (.resnet([3, 4], blocks: 1), .tinyGlyphs)
        ($0.optimizer, $0.learningRate) = (.sgd(momentum: 0.9, weightDecay: 1e-3), .cosine(0.05))
      },
      ladder.with {
        ($0.model, $0.dataset) = (.encoder(width: 8, heads: 2, layers: 1, feedForward: 2), .tinySentences)
        ($0.optimizer, $0.clipping) = (.adamW(weightDecay: 0.1), 1)
      },
      ladder.with {
        $0.model = .causalTransformer(width: 8, heads: 2, layers: 1, feedForward: 2, dropout: 0.2)
        $0.dataset = .tinyInduction
        $0.optimizer = .adamW()
        $0.retraining = .rewind(to: .iterations(4))
      },
    ]
  }
}
