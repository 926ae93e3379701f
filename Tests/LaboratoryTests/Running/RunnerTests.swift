import CKernels
import CoppiceLaboratory
import CoppicePruning
import CoppiceStore
import CoppiceTensors
import CoppiceTerms
import Foundation
import Synchronization
import Testing

extension Running {
  @Suite struct RunnerTests {
    /// One control of the weights and one of the mask; `ControlRunTests` run them all.
    private static let controls = [Control.none, .randomReinitialisation, .randomMask]

    /// Seven trials: a dense baseline, tickets of two kinds, controls.
    static func plan() throws -> SweepPlan {
      try SweepPlan(.tiny) {
        for schedule in [Schedule.oneShot, .lotteryTicket(rounds: 2)] {
          Fix(\.schedule, schedule)
          if schedule.takesRatio {
            Axis(\.criterion, [.magnitude, .random, .taylor])
          } else {
            Fix(\.sparsity, nil)
            Axis(\.control, Self.controls)
          }
        }
      }
    }

    // MARK: Same specification, same bits

    @Test func jobsAndThreadsAndKernelsChangeNoBit() throws {
      let plan = try Self.plan()
      #expect(plan.trials.count == 7)
      func digests(jobs: Int = 1, threads: Int = 1) throws -> [String] {
        let bench = try Bench()
        let report = try bench.run(plan, jobs: jobs, threads: threads)
        #expect(report.count(.completed) == plan.trials.count)
        return try bench.digests(plan)
      }
      let expected = try digests()
      #expect(Set(expected).count == expected.count)
      #expect(try digests(jobs: 2) == expected)
      #expect(try digests(jobs: 3, threads: 2) == expected)
      let widest = ck_current_variant()
      defer { ck_use_variant(widest) }
      for variant in [CK_PORTABLE, CK_NEON, CK_AVX2] where ck_use_variant(variant) {
        #expect(try digests() == expected, "\(String(cString: ck_variant_name(variant)))")
      }
    }

    // MARK: Only what is missing

    @Test func runningAgainRunsNothing() throws {
      let (bench, plan) = (try Bench(), try Self.plan())
      let first = try bench.run(plan)
      let again = try bench.work(plan)
      #expect(again.stages == 0 && again.reusedTrials == plan.trials.count)
      let report = try bench.run(plan)
      #expect(report.rows == first.rows)
      #expect(report.trials.map(\.name) == plan.trials.map(\.name))
    }

    @Test func stagesCanBeDeletedAtNoLoss() throws {
      let (bench, plan) = (try Bench(), try Self.plan())
      try bench.run(plan)
      let expected = try bench.digests(plan)
      try FileManager.default.removeItem(atPath: bench.results.stages.path)
      #expect(try bench.work(plan).stages == 0)
      // A trial file that is gone then takes its own stages, and no others.
      let lost = plan.trials[1]
      try FileManager.default.removeItem(atPath: bench.file(lost, of: plan))
      let work = try bench.work(plan)
      #expect(work.stages == lost.stages.count && work.reusedTrials == plan.trials.count - 1)
      #expect(try bench.digests(plan) == expected)
    }

    @Test func aTrialFileIsMadeAgainFromItsStages() throws {
      let (bench, plan) = (try Bench(), try Self.plan())
      try bench.run(plan)
      let expected = try bench.digests(plan)
      try FileManager.default.removeItem(atPath: bench.file(plan.trials[4], of: plan))
      try Data("no HDF5".utf8).write(to: URL(fileURLWithPath: bench.file(plan.trials[2], of: plan)))
      let work = try bench.work(plan)
      #expect(work.stages == 0 && work.reusedTrials == plan.trials.count - 2)
      #expect(try bench.digests(plan) == expected)
    }

    @Test func freshRunsEverythingAnew() throws {
      let (bench, plan) = (try Bench(), try Self.plan())
      try bench.run(plan)
      let expected = try bench.digests(plan)
      #expect(try bench.work(plan, isFresh: true).stages == plan.stages.count)
      #expect(try bench.digests(plan) == expected)
    }

    @Test func manyTrialsShareWhatIsKeptOfAPlan() throws {
      let bench = try Bench()
      // More stages than are kept in memory, on more seeds than splits are.
      let plan = try SweepPlan(.tiny) { Axis(\.seed, 0..<30) }
      try bench.run(plan, jobs: 2)
      let together = try bench.digests(plan)
      for seed in [0, 17, 29] {
        let (alone, single) = (try Bench(), try SweepPlan(Trial.tiny.with { $0.seed = seed }))
        try alone.run(single)
        #expect(try alone.digests(single).allSatisfy(together.contains))
      }
    }

    @Test func aDamagedStageIsComputedAgain() throws {
      let (bench, plan) = (try Bench(), try Self.plan())
      try bench.run(plan)
      let expected = try bench.digests(plan)
      let ticket = plan.trials[1]
      let file = bench.results.stages.file(
        try #require(ticket.rounds[1][.training]).hexadecimal)
      let whole = try Data(contentsOf: URL(fileURLWithPath: file))
      for damaged in [
        whole.prefix(whole.count / 2), Data(), Data("nonsense".utf8),
        whole.prefix(4096) + Data(count: whole.count - 4096),
      ] {
        try Data(damaged).write(to: URL(fileURLWithPath: file))
        try FileManager.default.removeItem(atPath: bench.file(ticket, of: plan))
        #expect(try bench.work(plan).stages == 1)
        #expect(try bench.digests(plan) == expected)
      }
    }

    // MARK: Endings

    struct Broken: Error, CustomStringConvertible {
      var description: String { "the criterion is broken" }
    }

    @Test func aStageThatThrowsFailsItsTrialsAlone() throws {
      let bench = try Bench()
      let broken = Criterion("broken", version: 1) { _ in throw Broken() }
      let plan = try SweepPlan(.tiny) { Axis(\.criterion, [.magnitude, broken, .random]) }
      let events = Mutex<[String]>([])
      let report = try bench.run(plan, jobs: 2) { event in
        if case .failed(let trial, let message) = event {
          events.withLock { $0.append("\(trial) \(message)") }
        }
      }
      let failed = plan.trials[2].name
      #expect(report.count(.completed) == 3)
      #expect(report.failures.map(\.trial) == [failed])
      #expect(report.failures.map(\.message) == ["the criterion is broken"])
      #expect(events.withLock { $0 } == ["\(failed) the criterion is broken"])
      let row = try #require(report.rows.last { $0.trial == failed })
      #expect(row.status == .failed && row.isFinal && row.criterion == "broken" && row.round == 1)
      // Neither what is done nor what failed by itself is run again.
      let again = try bench.work(plan)
      #expect(again.stages == 0 && again.reusedTrials == 3)
      // The dense training of the trial was there, and is in its file.
      #expect(try bench.record(plan.trials[2], of: plan).rounds.map(\.index) == [0, 1])
    }

    @Test(arguments: [30, 1]) func divergenceEndsATrialVisibly(steps: Int) throws {
      let bench = try Bench()
      let plan = try SweepPlan(
        Trial.tiny.with {
          ($0.optimizer, $0.learningRate) = (.sgd(), .constant(1e30))
          ($0.training, $0.schedule, $0.sparsity) = (.iterations(steps), .lotteryTicket(rounds: 2), nil)
        }
      ) { Axis(\.control, Self.controls) }
      let report = try bench.run(plan)
      #expect(report.failures.isEmpty)
      #expect(report.count(.diverged) == plan.trials.count)
      // One row a trial, the one it ended in: the dense training.
      #expect(report.rows.map(\.trial) == plan.trials.map(\.name))
      #expect(
        report.rows.allSatisfy { $0.status == .diverged && $0.isFinal && $0.round == 0 && $0.model == "mlp" })
      let dense = try #require(plan.ticket.rounds[0][.training])
      let stage = try #require(try bench.results.stages.read(dense.hexadecimal))
      if steps == 1 {
        // The loss of the only step was taken before the step.
        #expect("\(stage.outcome)".contains("the test loss after step 1 is "))
      } else {
        #expect("\(stage.outcome)".contains("; the first number that is not finite comes from "))
      }
      #expect(try bench.work(plan).stages == 0)
    }

    @Test func collapseEndsATrialVisibly() throws {
      let bench = try Bench()
      let emptying = Allocation("emptying", version: 1) { layers, _ in
        .layers(layers.enumerated().map { $0 == 0 ? 0 : $1.survivors })
      }
      let plan = try SweepPlan(
        Trial.tiny.with { ($0.allocation, $0.schedule) = (emptying, .iterative(rounds: 2)) }
      ) {
        // A control that reports its last round alone, which is never made.
        for rounds in [[1, 2], [2]] {
          Fix(\.rounds, rounds)
          Axis(\.control, Self.controls)
        }
      }
      let report = try bench.run(plan)
      #expect(report.failures.isEmpty)
      let statuses = report.trials.map(\.status)
      #expect(statuses == [.completed] + [TrialStatus](repeating: .collapsed, count: 6))
      for trial in plan.trials.dropFirst() {
        let record = try bench.record(trial, of: plan)
        let (dense, last) = (try #require(record.rounds.first), try #require(record.rounds.last))
        #expect(record.rounds.count == 2)
        #expect(
          dense.row.status == .completed && !dense.row.isFinal && dense.row[metric: .testAccuracy].isFinite)
        #expect(last.row.status == .collapsed && last.row.isFinal && last.row[metric: .testAccuracy].isNaN)
      }
      let ticket = try bench.record(plan.trials[1], of: plan)
      #expect(ticket.rounds[1].masks?["fc1.weight"]?.keptCount == 0)
      let masks = try #require(plan.trials[1].rounds[1][.masks])
      let stage = try #require(try bench.results.stages.read(masks.hexadecimal))
      #expect(stage.outcome == .collapsed(["fc1.weight"]))
    }

    @Test func anEmptiedLayerBesideAShortcutIsNoCollapse() throws {
      let bench = try Bench()
      let emptying = Allocation("emptying", version: 1) { layers, _ in
        .layers(layers.map { $0.name.hasPrefix("blocks.0.conv") ? 0 : $0.survivors })
      }
      let plan = try SweepPlan(
        Trial.tiny.with {
          ($0.model, $0.dataset) = (.resnet([3], blocks: 2), .tinyGlyphs)
          ($0.training, $0.batchSize) = (.iterations(4), 10)
          ($0.allocation, $0.granularity, $0.schedule) = (emptying, .weight, .oneShot)
        }
      ) { Axis(\.control, Self.controls) }
      let report = try bench.run(plan)
      #expect(report.failures.isEmpty && report.count(.completed) == plan.trials.count)
      for trial in plan.trials.dropFirst() {
        let rounds = try bench.record(trial, of: plan).rounds
        let (dense, pruned) = (rounds[0].row, rounds[1].row)
        #expect(dense[metric: .emptiedLayers] == 0 && dense[metric: .deadUnits] == 0)
        #expect(dense[metric: .effectiveSparsity] == 0)
        #expect(pruned[metric: .emptiedLayers] == 2 && pruned[metric: .deadUnits] == 6)
        #expect(pruned[metric: .effectiveSparsity] == pruned.sparsity && pruned.sparsity > 0)
        #expect(pruned[metric: .testAccuracy].isFinite && rounds[1].series.steps.last == 4)
      }
    }

    @Test func masksWithoutAPathAreACollapse() throws {
      let bench = try Bench()
      // One survivor a layer: few of them meet.
      let one = Allocation("one", version: 1) { layers, _ in .layers(layers.map { _ in 1 }) }
      let plan = try SweepPlan(
        Trial.tiny.with {
          ($0.allocation, $0.criterion, $0.granularity) = (one, .random, .weight)
          ($0.training, $0.schedule) = (.iterations(3), .oneShot)
        }
      ) { Axis(\.seed, 0..<30) }
      try bench.run(plan)
      var found: [TrialStatus: Int] = [:]
      for trial in plan.trials where trial.trial.sparsity != 0 {
        let record = try bench.record(trial, of: plan)
        let last = try #require(record.rounds.last)
        let masks = try #require(last.masks)
        // Hidden units that are both reached and read.
        let (a, b) = (try #require(masks["fc1.weight"]), try #require(masks["fc2.weight"]))
        let isConnected = (0..<12).contains { unit in
          a.bytes[(unit * 16)..<(unit * 16 + 16)].contains(1)
            && (0..<3).contains { b.bytes[$0 * 12 + unit] == 1 }
        }
        #expect(record.status == (isConnected ? .completed : .collapsed))
        #expect(last.row[metric: .emptiedLayers] == 0)
        #expect(last.row[metric: .effectiveSparsity] == (isConnected ? last.row.sparsity : 1))
        #expect(last.row[metric: .deadUnits] == (isConnected ? 13 : 15))
        found[record.status, default: 0] += 1
      }
      #expect(found[.completed] ?? 0 > 0 && found[.collapsed] ?? 0 > 0)
    }

    @Test func aNetworkAtChanceIsMarked() throws {
      let bench = try Bench()
      // Nothing but the last bias is ever trained: every example is of one class.
      let plan = try SweepPlan(Trial.tiny.with { $0.initializer = .zeros })
      let report = try bench.run(plan)
      #expect(report.trialsAtChance == Set(plan.trials.map(\.name)))
      let trained = try SweepPlan(Trial.tiny.with { $0.training = .iterations(200) }, name: "trained")
      #expect(try bench.run(trained).trialsAtChance.isEmpty)
    }

    // MARK: The summary

    @Test func theSummaryHasARowForEveryCell() throws {
      let (bench, plan) = (try Bench(), try Self.plan())
      let interruption = Interruption()
      interruption.request()
      let stopped = try bench.run(plan, interruption: interruption)
      #expect(stopped.isInterrupted)
      #expect(stopped.count(.interrupted) == plan.trials.count)
      #expect(stopped.rows.map(\.trial) == plan.trials.map(\.name))
      #expect(
        stopped.rows.allSatisfy { $0.status == .interrupted && $0.isFinal && $0[metric: .testAccuracy].isNaN }
      )
      // Rows without results have their conditions.
      #expect(stopped.rows.map(\.criterion) == plan.trials.map { "\($0.trial.criterion)" })
      #expect(stopped.rows.allSatisfy { row in row.settings.contains { $0.name == "criterion" } })

      let report = try bench.run(plan)
      let summary = try SummaryFile.read(report.summary)
      #expect(
        summary.rows.map(\.trial) == plan.trials.flatMap { trial in trial.rounds.map { _ in trial.name } })
      #expect(
        summary.rows.allSatisfy {
          $0.status == .completed && $0[metric: .testAccuracy].isFinite && $0[metric: .wallTime] > 0
        })
      #expect(summary.rows.count { $0.isFinal } == plan.trials.count)
      // The configurations that trials have in files of their own.
      let configurations = plan.trials.map { ($0.name, JSON(parsing: $0.configuration) ?? .null) }
      #expect(
        summary.configuration
          == JSON.object([
            ("experiment", .text(plan.experiment.name)), ("question", .text(plan.experiment.question)),
            ("trials", .members(configurations)),
          ]))
    }

    @Test func aSummaryIsNotReplacedByLess() throws {
      let bench = try Bench()
      func plan(_ criteria: [Criterion]) throws -> SweepPlan {
        try SweepPlan(.tiny) { Axis(\.criterion, criteria) }
      }
      let (all, one) = (try plan([.magnitude, .random]), try plan([.magnitude]))
      let full = try bench.run(all)
      #expect(full.orphans.isEmpty)
      let refused = try bench.run(one)
      #expect(refused.summaryError == .fewerRows(file: full.summary, stored: 5, offered: 3))
      #expect(try SummaryFile.read(full.summary).rows.count == 5)
      let forced = try bench.run(one, isForced: true)
      #expect(try SummaryFile.read(full.summary).rows.count == 3)
      #expect(forced.orphans == [all.trials[2].name])

      // A run that was interrupted leaves the fuller summary in place.
      try bench.run(all)
      let interruption = Interruption()
      interruption.request()
      let stopped = try bench.run(all, isFresh: true, interruption: interruption)
      #expect(stopped.isInterrupted && stopped.summaryError != nil)
      #expect(try SummaryFile.read(full.summary).finishedCount == 5)
    }

    @Test func rowsOfTrialsFoundDoneHaveTheSettingsTheSweepVariesNow() throws {
      let bench = try Bench()
      let seeds = try SweepPlan(.tiny) { Axis(\.seed, 0..<2) }
      try bench.run(seeds)
      let both = try SweepPlan(.tiny) {
        Axis(\.batchSize, [20, 25])
        Axis(\.seed, 0..<2)
      }
      #expect(try bench.work(both).reusedTrials == seeds.trials.count)
      let report = try bench.run(both)
      #expect(both.distinctions.contains { $0.name == "batch-size" })
      #expect(report.rows.allSatisfy { row in row.settings.contains { $0.name == "batch-size" } })
      #expect(report.orphans.isEmpty, "those found done keep the names of their files")
      #expect(Set(report.rows.compactMap { $0[column: "batch_size"] }) == [.integer(20), .integer(25)])
    }

    /// An older file has the sparsity rounded to whole weights.
    @Test func rowsOfTrialsFoundDoneHaveTheSparsityThatIsAskedFor() throws {
      let (bench, plan) = (try Bench(), try SweepPlan(.tiny))
      try bench.run(plan)
      var record = try bench.record(plan.ticket, of: plan)
      let last = record.rounds.count - 1
      for round in record.rounds.indices { record.rounds[round].row.targetSparsity = 0.500006 }
      record.rounds[last].row.requestedSparsity = 0.500006
      try TrialFile.write(record, to: bench.file(plan.ticket, of: plan))
      let rows = try bench.run(plan).rows.filter { $0.trial == plan.ticket.name }
      #expect(rows.allSatisfy { $0.targetSparsity == 0.5 } && rows.last?.requestedSparsity == 0.5)
    }

    @Test func theJournalTellsOfTheRun() throws {
      let (bench, plan) = (try Bench(), try Self.plan())
      try bench.run(plan)
      let entries = try Journal.entries(of: JournalEntry.self, in: bench.results.journal(of: plan.name))
      let told = entries.map(\.event).filter { [.began, .trial, .ended].contains($0) }
      #expect(told == [.began] + plan.trials.map { _ in .trial } + [.ended])
      #expect(entries.map(\.event).last == .ended && entries.last?.status == "completed")
      #expect(entries.first?.trials == plan.trials.count)
      #expect(Set(entries.compactMap(\.trial)) == Set(plan.trials.map(\.name)))
      let made = entries.filter { $0.event == .stage }
      #expect(Set(made.compactMap(\.stage)) == Set(plan.stages.made.map(\.key.hexadecimal)))
      #expect(made.compactMap(\.steps).reduce(0, +) == plan.stages.made.reduce(0) { $0 + $1.steps })
      #expect(
        made.allSatisfy { ($0.seconds ?? -1) >= 0 } && entries.count { $0.event == .started } == made.count)
    }
  }
}
