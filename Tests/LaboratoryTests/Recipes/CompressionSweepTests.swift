import CoppiceDatasets
import CoppiceLaboratory
import CoppiceNetworks
import CoppicePruning
import CoppiceStore
import CoppiceTensors
import CoppiceTerms
import CoppiceTestSupport
import Foundation
import Testing

extension Running {
  /// Recipes whose steps distil, adapt, factorise and average.
  @Suite struct CompressionSweepTests {
    private static let tuning = Retraining.fineTune(.iterations(8))

    /// Lists of steps in more than one order.
    static let recipes: [Recipe] = [
      Recipe([.train(), .prune(sparsity: 0.8), .retrain(tuning)]),
      Recipe([.train(), .prune(sparsity: 0.8), .distil(.distillation(), from: .dense, tuning)]),
      Recipe([.train(), .prune(sparsity: 0.8), .adapt(rank: 2, tuning)]),
      Recipe([.train(), .prune(sparsity: 0.8), .average(copies: 3, batches: 2, tuning)]),
      Recipe([.train(), .factorise(flops: 0.5), .retrain(tuning)]),
      Recipe([
        .train(), .factorise(rank: 3), .retrain(.none), .prune(sparsity: 0.5),
        .distil(.featureMatching(layer: "fc2"), from: .dense, tuning),
      ]),
      Recipe([
        .train(), .factorise(flops: 0.5), .distil(.distillation(), from: .dense, tuning),
        .prune(sparsity: 0.5),
        .adapt(rank: 1, tuning), .prune(sparsity: 0.75), .average(copies: 2, batches: 2, tuning),
      ]),
      Recipe([
        .distil(.distillation(temperature: 2), from: .trained(model: .mlp([24]))), .prune(sparsity: 0.5),
        .retrain(.rewind(to: .iterations(4))),
      ]),
    ]

    private static func base(_ family: Int = 0) -> Trial {
      Trial.families[family].with {
        ($0.schedule, $0.sparsity, $0.retraining) = (.oneShot, nil, tuning)
        ($0.training, $0.evaluation) = (.iterations(12), .iterations(6))
        if family == 0 { $0.model = .mlp([14, 12]) }
      }
    }

    /// All of them in one sweep: the order of steps is an axis. Its learning rate, asked for in every step, ticks.
    static func plan(_ alarm: InterruptionTests.Alarm? = nil) throws -> SweepPlan {
      let trial = base().with {
        let rate = $0.learningRate
        $0.learningRate = LearningRate("ticking", version: 1) { step, total in
          alarm?.tick()
          return rate(step: step, total: total)
        }
      }
      return try SweepPlan(trial) { Axis(\.recipe, recipes.map { Optional($0) }) }
    }

    @Test func stagesAreSharedBetweenLists() throws {
      let plan = try Self.plan()
      #expect(plan.trials.count == Self.recipes.count + 1)
      let dense = try #require(plan.trials[0].rounds[0][.training])
      for trial in plan.trials.dropLast() { #expect(trial.stages.contains { $0.key == dense }) }
      // One dense training, one pruning of it, one plain retraining that is copy 0 of a mean.
      let trainings = plan.stages.compactMap { $0 as? TrainingStage }
      #expect(
        trainings.count {
          $0.source == .fresh(draw: 0) && $0.way.guide == nil && $0.regimen.model.model == .mlp([14, 12])
        } == 1)
      let first = plan.trials[1...4].map { trial in trial.stages.first { $0 is PruningStage }?.key }
      #expect(Set(first).count == 1 && first[0] != nil)
      let plain = try #require(plan.trials[1].rounds[1][.training])
      #expect(plan.trials[4].stages.contains { $0.key == plain })
      // Two lists factorise alike, and one stage serves both.
      let factors = plan.stages.filter { $0 is FactoriseStage }
      #expect(factors.count == 2)
    }

    @Test func theyRunAndSayWhatTheyAre() throws {
      let (bench, plan) = (try Bench(), try Self.plan())
      let report = try bench.run(plan, jobs: 2)
      #expect(report.failures.isEmpty && report.count(.completed) == plan.trials.count)
      let records = try plan.trials.map { try bench.record($0, of: plan) }
      for record in records {
        #expect(!record.rounds.flatMap(\.invariants).contains { !$0.isHeld }, "\(record.trial)")
        #expect(record.rounds.allSatisfy { $0.row[metric: .testLoss].isFinite })
      }
      // Equal masks, other weights.
      let last = try records.map { try #require($0.rounds.last) }
      for place in 2...4 {
        #expect(last[place].masks == last[1].masks && last[place].weights != last[1].weights)
        #expect(last[place].row.sparsity == last[1].row.sparsity)
        let masks = try #require(last[place].masks)
        for (name, mask) in masks {
          let weight = try #require(last[place].weights?[name])
          #expect(zip(weight.scalars, mask.bytes).allSatisfy { $1 == 1 || $0 == 0 }, "\(name)")
        }
      }
      // Adapters leave what is no adapted weight as it was, and no array of their own.
      let dense = try #require(records[0].rounds[0].weights)
      let adapted = try #require(last[3].weights)
      #expect(adapted.names == dense.names && adapted["fc1.bias"] == dense["fc1.bias"])
      #expect(
        adapted["fc1.weight"] != last[3].masks?["fc1.weight"]?.applied(to: try #require(dense["fc1.weight"])))
      // A factorised network has fewer parameters and operations, and its own weights.
      let row = last[5].row
      #expect(
        row.sparsity == 0 && last[5].weights?["fc1.up.weight"] != nil && last[5].weights?["fc1.weight"] == nil
      )
      #expect(row[metric: .parameters] < 0.75 * records[0].rounds[0].row[metric: .parameters])
      let flops = row[metric: .flops] / records[0].rounds[0].row[metric: .flops]
      #expect(flops <= 0.5 && flops > 0.4)
      #expect(last[7].row[metric: .sparsity] == 0.75 || abs(last[7].row.sparsity - 0.75) < 0.01)
      #expect(records[7].rounds.map(\.index) == [0, 1, 2, 3])
      // The means of copies have cost as much as all copies, and a teacher is counted with its student.
      let spent = last.map { $0.row[metric: .trainingFlops] }
      #expect(spent[4] > spent[1] && spent[2] > spent[1])
      let own = spent[1] - records[0].rounds[0].row[metric: .trainingFlops]
      #expect(abs((spent[4] - spent[1]) / own - 2) < 1e-4)
    }

    /// Interrupted at every step that asks, continued, made anew, on other threads and with other jobs: the same bits.
    @Test func theyAreTheSameToTheBit() throws {
      let plan = try Self.plan()
      let bench = try Bench()
      try bench.run(plan)
      let expected = try bench.digests(plan)
      #expect(Set(expected).count == expected.count)
      try bench.run(plan, isFresh: true)
      #expect(try bench.digests(plan) == expected)
      let other = try Bench()
      try other.run(plan, jobs: 2, threads: 2, checkpointInterval: 0)
      #expect(try other.digests(plan) == expected)
      let stopped = try Bench()
      var runs = 0
      while runs < 60 {
        let alarm = InterruptionTests.Alarm(after: 11)
        let report = try stopped.run(try Self.plan(alarm), interruption: alarm.interruption)
        runs += 1
        if !report.isInterrupted { break }
      }
      #expect(runs > 3 && runs < 60)
      #expect(try stopped.digests(plan) == expected)
      #expect(try stopped.work(plan).stages == 0)
    }

    /// Batch normalisation, dropout, convolutions, attention: every step in every family.
    @Test(arguments: 1..<5) func everyFamilyIsCompressed(family: Int) throws {
      let recipes = [
        Recipe([.train(), .prune(sparsity: 0.5), .distil(.distillation(), from: .dense, Self.tuning)]),
        Recipe([.train(), .prune(sparsity: 0.5), .adapt(rank: 2, Self.tuning)]),
        Recipe([.train(), .prune(sparsity: 0.5), .average(copies: 2, batches: 2, Self.tuning)]),
        Recipe([
          .train(), .factorise(flops: 0.8), .retrain(Self.tuning), .prune(sparsity: 0.5),
          .retrain(Self.tuning),
        ]),
      ]
      let plan = try SweepPlan(Self.base(family)) { Axis(\.recipe, recipes.map { Optional($0) }) }
      let bench = try Bench()
      let report = try bench.run(plan)
      #expect(report.failures.isEmpty && report.count(.completed) == plan.trials.count)
      for trial in plan.trials {
        let record = try bench.record(trial, of: plan)
        #expect(!record.rounds.flatMap(\.invariants).contains { !$0.isHeld })
      }
    }

    /// What a teacher is given are the batches of its student's training.
    @Test func aTeacherIsPartOfTheKey() throws {
      func key(_ step: RecipeStep) throws -> StageKey {
        let plan = try TrialPlan(
          Self.base().with { $0.recipe = Recipe([.train(), .prune(sparsity: 0.5), step]) }, Bench.library)
        return try #require(plan.rounds.last?[.training])
      }
      let keys = try [
        RecipeStep.retrain(Self.tuning), .distil(.distillation(), from: .dense, Self.tuning),
        .distil(.distillation(temperature: 2), from: .dense, Self.tuning),
        .distil(.distillation(), from: .trained(model: .mlp([20])), Self.tuning),
        .distil(.featureMatching(), from: .dense, Self.tuning), .adapt(rank: 1, Self.tuning),
        .adapt(rank: 2, Self.tuning), .average(copies: 2, Self.tuning), .average(copies: 3, Self.tuning),
      ].map { try key($0) }
      #expect(Set(keys).count == keys.count)
    }

    /// The dense training of another model is the one that a trial of that model makes.
    @Test func aTrainedTeacherIsTheOtherModelsDenseTraining() throws {
      let model = Model.mlp([24])
      let other = try TrialPlan(
        Self.base().with { ($0.model, $0.sparsity, $0.retraining) = (model, 0, .none) }, Bench.library)
      let plan = try TrialPlan(
        Self.base().with { $0.recipe = Recipe([.distil(.distillation(), from: .trained(model: model))]) },
        Bench.library)
      #expect(plan.stages.contains { $0.key == other.rounds[0][.training] })
    }

    // MARK: Teachers of files

    @Test func aStoredTrialTeaches() throws {
      let bench = try Bench()
      let big = try SweepPlan(
        Self.base().with { ($0.model, $0.sparsity, $0.retraining) = (.mlp([40]), 0, .none) }, name: "big")
      try bench.run(big)
      let file = bench.file(big.ticket, of: big)
      func student(_ file: String, _ change: (inout Trial) -> Void = { _ in }) throws -> SweepPlan {
        try SweepPlan(
          Self.base().with {
            $0.recipe = Recipe([
              .distil(.distillation(), from: .trial(file: file)), .prune(sparsity: 0.5), .retrain(),
            ])
            change(&$0)
          })
      }
      let plan = try student(file)
      let copy = bench.folder.path + "/copy.h5"
      try FileManager.default.copyItem(atPath: file, toPath: copy)
      // By what it holds, not by where it lies.
      #expect(try student(copy).ticket.rounds.map(\.keys) == plan.ticket.rounds.map(\.keys))
      try bench.run(plan)
      let trained = try SweepPlan(
        Self.base().with {
          $0.recipe = Recipe([
            .distil(.distillation(), from: .trained(model: .mlp([40]))), .prune(sparsity: 0.5), .retrain(),
          ])
        }, name: "trained")
      try bench.run(trained)
      let (a, b) = (try bench.record(plan.ticket, of: plan), try bench.record(trained.ticket, of: trained))
      #expect(a.rounds.map(\.weights) == b.rounds.map(\.weights))

      func problem(_ file: String, _ change: (inout Trial) -> Void = { _ in }) -> String {
        message { _ = try student(file, change) }
      }
      #expect(problem(file) { $0.dataset = .tinyGlyphs }.contains("take a teacher of the same task"))
      #expect(problem(file) { $0.seed = 3 }.contains("was trained on validation examples of seed 3"))
      #expect(!problem(bench.folder.path + "/none.h5").isEmpty)
      // One that is another by the time it is asked for is not taken.
      let later = try student(copy) { $0.batchSize = 12 }
      try FileManager.default.removeItem(atPath: copy)
      try FileManager.default.copyItem(atPath: bench.file(plan.ticket, of: plan), toPath: copy)
      try FileManager.default.removeItem(atPath: bench.results.stages.path)
      let report = try bench.run(later, isForced: true)
      #expect(
        report.failures.contains { "\($0)".contains("is no longer the one that this run was planned with") })
    }

    // MARK: What does not go together

    @Test(arguments: [
      (
        [RecipeStep.distil()],
        "distil takes the dense network as its teacher, and none is trained to its end before it"
      ),
      (
        [.train(until: .iterations(3)), .prune(sparsity: 0.5), .distil()],
        "none is trained to its end before it"
      ),
      ([.train(), .prune(sparsity: 0.5), .distil(.crossEntropy)], "cross-entropy looks at labels alone"),
      (
        [.train(), .prune(sparsity: 0.5), .distil(.featureMatching(layer: "conv1"))],
        "one of the networks does not have"
      ),
      (
        [.train(), .prune(sparsity: 0.5), .distil(.featureMatching(), from: .trained(model: .mlp([30])))],
        "activations of one shape"
      ),
      ([.distil(.distillation(), from: .trained(model: .mlp([20])), .fineTune())], "leave out with"),
      ([.train(), .distil()], "distil stands in the recipe before there is a network to take"),
      ([.train(), .adapt(rank: 2)], "adapt stands before a pruning"),
      ([.train(), .factorise(rank: 2), .adapt(rank: 2)], "adapt stands before a pruning"),
      ([.train(), .prune(sparsity: 0.5), .adapt(rank: 2, masked: false, .fineTune())], "a sparsity of 0"),
      ([.train(), .prune(sparsity: 0.5), .adapt(rank: 2, .rewind())], "adapt keeps the weights"),
      (
        [.train(), .prune(sparsity: 0.5), .compact(), .adapt(rank: 2)], "a compacted network has smaller ones"
      ),
      ([.train(), .prune(sparsity: 0.5), .compact(), .distil(.featureMatching())], "fewer units there"),
      (
        [.train(), .prune(sparsity: 0.5), .factorise(rank: 2), .retrain()],
        "factors of a pruned weight have no zeros"
      ),
      ([.factorise(rank: 2), .retrain()], "factorise stands in the recipe before there is a network"),
      ([.train(), .factorise(rank: 2), .factorise(rank: 1), .retrain()], "weights are factorised once"),
      ([.train(), .factorise(rank: 2)], "without a network that is measured"),
      ([.train(), .factorise(rank: 60), .retrain()], "takes less as a product of that rank"),
      ([.train(), .factorise(flops: 0.001), .retrain()], "products of rank 1 still take a share of"),
      ([.train(), .factorise(rank: 2), .retrain(.rewind())], "a factorised network has no earlier weights"),
      (
        [.train(), .factorise(rank: 2), .retrain(), .prune(sparsity: 0.5), .retrain(.rewind())],
        "a factorised network has no earlier weights"
      ),
      ([.train(), .average(copies: 2)], "average stands in the recipe before there is a network to take"),
      (
        [.train(), .prune(sparsity: 0.5), .average(copies: 2, Retraining.none)],
        "copies that are not trained are one network"
      ),
      (
        [.train(), .prune(sparsity: 0.5), .average(copies: 2), .retrain()],
        "two retrain steps stand behind one prune"
      ),
    ])
    func refusesWhatDoesNotGoTogether(steps: [RecipeStep], reason: String) {
      let problem = message {
        _ = try TrialPlan(Self.base().with { $0.recipe = Recipe(steps) }, Bench.library)
      }
      #expect(problem.contains(reason), "\(problem)")
    }

    @Test func refusesSettingsThatDoNotGoTogether() {
      func problem(_ change: (inout Trial) -> Void) -> String {
        message {
          _ = try TrialPlan(
            Self.base().with {
              $0.recipe = Recipe([.train(), .prune(sparsity: 0.5), .average(copies: 2)])
              change(&$0)
            }, Bench.library)
        }
      }
      #expect(problem { $0.control = .randomMask }.contains("average is another: set control=none"))
      #expect(problem { $0.optimizerState = .kept }.contains("optimizer-state=fresh"))
      #expect(
        problem { ($0.recipe, $0.sparsity, $0.loss) = (nil, 0.5, .distillation()) }.contains(
          "compares with a teacher"))
      #expect(
        problem {
          $0.recipe = Recipe([.train(), .factorise(rank: 2), .retrain()]); $0.repair = .biasCorrection()
        }.contains("factorise prunes nothing"))
      // A teacher of another task.
      #expect(
        problem {
          $0.recipe = Recipe([
            .train(), .prune(sparsity: 0.5), .distil(.distillation(), from: .trained(model: .resnet20)),
          ])
        } != "")
    }
  }
}
