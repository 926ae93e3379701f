import CoppiceLaboratory
import CoppiceNetworks
import CoppicePruning
import CoppiceTestSupport
import Testing

@Suite struct SweepTests {
  /// The cells of a sweep without the baselines, in short.
  private func cells(@SweepBuilder _ sweep: () -> SweepStep) throws -> [String] {
    try Experiment("test", question: "", base: .tiny, sweep: sweep).trials().filter { $0.sparsity != 0 }.map {
      "\($0.criterion) \($0.schedule.name) \($0.sparsity.map { "\($0)" } ?? "-") \($0.seed)"
    }
  }

  @Test func linesMultiplyTheFirstSlowest() throws {
    let found = try cells {
      Axis(\.criterion, [.magnitude, .random])
      Axis(\.sparsity, [0.5, 0.9])
      Axis(\.seed, 0..<2)
    }
    #expect(
      found == [
        "magnitude one-shot 0.5 0", "magnitude one-shot 0.5 1", "magnitude one-shot 0.9 0",
        "magnitude one-shot 0.9 1", "random one-shot 0.5 0", "random one-shot 0.5 1", "random one-shot 0.9 0",
        "random one-shot 0.9 1",
      ])
  }

  @Test func zippedAxesGoTogether() throws {
    let found = try cells {
      Zip(Axis(\.criterion, [.magnitude, .random]), Axis(\.sparsity, [0.5, 0.9]), Axis(\.seed, [3, 4]))
    }
    #expect(found == ["magnitude one-shot 0.5 3", "random one-shot 0.9 4"])
  }

  @Test func conditionsKeepWhatSatisfiesThem() throws {
    let found = try cells {
      Axis(\.sparsity, [0.5, 0.9])
      Axis(\.seed, 0..<2)
      Where { $0.sparsity == 0.5 || $0.seed == 1 }
    }
    #expect(found == ["magnitude one-shot 0.5 0", "magnitude one-shot 0.5 1", "magnitude one-shot 0.9 1"])
  }

  @Test(arguments: [true, false]) func conditionsInSwiftApplyTheirLinesOrNone(isLong: Bool) throws {
    let found = try cells {
      if isLong { Axis(\.seed, 0..<2) }
      if isLong {
        Fix(\.sparsity, 0.25)
      } else {
        Fix(\.criterion, .random)
      }
    }
    #expect(
      found
        == (isLong ? ["magnitude one-shot 0.25 0", "magnitude one-shot 0.25 1"] : ["random one-shot 0.5 0"]))
  }

  @Test func loopsAddUpAndNest() throws {
    let found = try cells {
      for criterion in [Criterion.magnitude, .random] {
        Fix(\.criterion, criterion)
        for schedule in [Schedule.oneShot, .lotteryTicket(rounds: 2)] {
          Fix(\.schedule, schedule)
          if schedule.takesRatio {
            Axis(\.sparsity, [0.5, 0.9])
          } else {
            Fix(\.sparsity, nil)
          }
        }
      }
      Axis(\.seed, [7])
    }
    #expect(
      found
        == ["magnitude", "random"].flatMap {
          ["\($0) one-shot 0.5 7", "\($0) one-shot 0.9 7", "\($0) lottery-ticket - 7"]
        })
  }

  @Test func aSweepOfNothingButItsBaseIsOneCell() throws {
    let found = try cells {}
    #expect(found == ["magnitude one-shot 0.5 0"])
  }

  @Test func equalCellsAreOne() throws {
    let found = try cells {
      for sparsity in [0.5, 0.5, 0.9] { Fix(\.sparsity, sparsity) }
    }
    #expect(found == ["magnitude one-shot 0.5 0", "magnitude one-shot 0.9 0"])
  }

  @Test func whatCannotBeRunIsSaid() {
    #expect(
      message { _ = try cells { Axis(\.seed, 0..<0) } }
        == "the axis seed has no values, so the sweep has no cells: give it at least one")
    #expect(
      message { _ = try cells { Axis(\.learningRate, [LearningRate]()) } }
        == "the axis learning-rate has no values, so the sweep has no cells: give it at least one")
    #expect(
      message { _ = try cells { Zip(Axis(\.sparsity, [0.5, 0.9]), Axis(\.criterion, [.magnitude])) } }
        == "zipped axes must have equally many values: sparsity has 2, criterion has 1")
    #expect(
      message { _ = try cells { Zip(Axis(\.seed, [Int]()), Axis(\.criterion, [Criterion]())) } }
        == "the axis seed, criterion has no values, so the sweep has no cells: give it at least one")
    #expect(
      message { _ = try cells { Where { $0.seed > 0 } } }
        == "the sweep of test has no cells: its conditions leave none")
    #expect(
      "\(ExperimentError.unknown("quikstart", known: ["quickstart"]))"
        == "there is no experiment named \"quikstart\"; did you mean \"quickstart\"? See `coppice list`.")
    #expect(
      "\(ExperimentError.unknown("x", known: ["quickstart"]))"
        == "there is no experiment named \"x\". See `coppice list`.")
  }
}

@Suite struct ExperimentTests {
  private func trials(
    seeds: Int? = nil, overrides: [(name: String, text: String)] = [], base: Trial = .tiny,
    @SweepBuilder _ sweep: () -> SweepStep
  ) throws -> [Trial] {
    try Experiment("test", question: "", base: base, sweep: sweep).trials(seeds: seeds, overrides: overrides)
  }

  @Test func theDenseTrainingComesFirstOnceASeed() throws {
    let trials = try trials {
      Axis(\.criterion, [.random, .taylor])
      Axis(\.granularity, [.weight, .neuron])
      Axis(\.control, [.none, .randomMask])
      Axis(\.sparsity, [0.5, 0.9])
      Axis(\.seed, 0..<2)
    }
    #expect(trials.count == 2 + 32)
    for (seed, trial) in trials.prefix(2).enumerated() {
      #expect(trial.sparsity == 0)
      #expect(trial.retraining == .none)
      #expect(trial.control == .none)
      #expect(trial.seed == seed)
    }
    #expect(trials.dropFirst(2).allSatisfy { $0.sparsity != 0 })
  }

  @Test func whatFineTunesIsComparedWithTheDenseNetworkTrainedOnAsOftenToo() throws {
    let trials = try trials(base: Trial.tiny.with { $0.retraining = .fineTune(.share(0.2)) }) {
      Axis(\.schedule, [.oneShot, .iterative(rounds: 3)])
      Axis(\.sparsity, [0.5, 0.9])
    }
    #expect(
      trials.prefix(3).map { "\($0.schedule) \($0.retraining) \($0.sparsity ?? 1)" } == [
        "one-shot none 0.0", "one-shot fine-tune(budget: 0.2) 0.0",
        "iterative(rounds: 3) fine-tune(budget: 0.2) 0.0",
      ])
    #expect(trials.count == 3 + 4)
  }

  @Test func aBaselineThatIsACellIsNotDoubled() throws {
    let trials = try trials(base: Trial.tiny.with { $0.retraining = .none }) { Axis(\.sparsity, [0, 0.5]) }
    #expect(trials.map(\.sparsity) == [0, 0.5])
  }

  @Test func seedsAreTheSweepsOwnThenThoseThatFollow() throws {
    func seeds(_ count: Int) throws -> [Int] {
      let all = try trials(seeds: count) {
        Axis(\.sparsity, [0.5, 0.9])
        Axis(\.seed, [9, 5])
      }
      #expect(all.count == 3 * count)
      return Set(all.map(\.seed)).sorted()
    }
    #expect(try seeds(1) == [5])
    #expect(try seeds(2) == [5, 9])
    #expect(try seeds(4) == [5, 9, 10, 11])
    for count in [0, -1, 10_001] {
      #expect(
        message { _ = try trials(seeds: count) {} } == "\(count) seeds cannot be run: ask for 1 to 10000")
    }
    // No integer follows the largest.
    let last = try trials(seeds: 1) { Axis(\.seed, [Int.max]) }
    #expect(Set(last.map(\.seed)) == [Int.max])
    #expect(throws: ExperimentError.seeds(2)) { _ = try trials(seeds: 2) { Axis(\.seed, [Int.max]) } }
  }

  @Test func overridesReplaceWhatTheSweepSays() throws {
    let trials = try trials(overrides: [("sparsity", "0.25"), ("batch-size", "8")]) {
      Axis(\.sparsity, [0.5, 0.9])
    }
    #expect(trials.map(\.sparsity) == [0, 0.25])
    #expect(trials.allSatisfy { $0.batchSize == 8 })
  }

  @Test func aSweepNamesWhatItVaries() throws {
    let plan = try SweepPlan(.tiny) {
      Axis(\.criterion, [.magnitude, .random])
      Axis(\.seed, 0..<2)
    }
    // The dense baseline differs in the sparsity, which has columns of its own, and the retraining.
    #expect(plan.distinctions.map(\.name) == ["criterion", "retraining", "seed"])
    #expect(plan.name == "test")
  }

  @Test func aRunThatChangesCellsHasAFolderOfItsOwn() throws {
    let experiment = Experiment("test", question: "", base: .tiny) { Axis(\.seed, 0..<2) }
    func name(seeds: Int? = nil, _ overrides: [(name: String, text: String)] = []) throws -> String {
      try SweepPlan(experiment, seeds: seeds, overrides: overrides, library: Bench.library).name
    }
    let names = [try name(seeds: 1), try name(seeds: 3), try name([("batch-size", "8")])]
    #expect(Set(names).count == 3)
    #expect(names.allSatisfy { $0.hasPrefix("test@") && $0.count == "test@".count + 8 })
    #expect(try name(seeds: 1) == names[0])
    #expect(try SweepPlan(experiment, seeds: 1, name: "mine", library: Bench.library).name == "mine")
  }
}
