import CoppiceLaboratory
import CoppiceStore
import CoppiceTerms
import Foundation
import Testing

extension Running {
  @Suite struct NeededStagesTests {
    private let bench: Bench
    init() throws { bench = try Bench() }

    private static func experiment(_ name: String, analyses: [Analysis] = []) -> Experiment {
      Experiment(name, question: "Is it needed?", base: .tiny, analyses: analyses) { Axis(\.seed, 0..<2) }
    }

    private func plan(_ experiment: Experiment, name: String? = nil) throws -> SweepPlan {
      try SweepPlan(experiment, name: name, library: Bench.library)
    }

    private func needed(_ names: [String], _ experiments: [Experiment] = []) -> NeededStages {
      NeededStages(of: names, in: bench.results, library: Bench.library) { name in
        experiments.first { $0.name == name }
      }
    }

    private func keys(_ trials: [TrialPlan]) -> Set<String> {
      Set(trials.flatMap(\.stages).map(\.key.hexadecimal))
    }

    /// Makes a trial one that was interrupted, as a summary tells it.
    private func interrupt(_ trial: TrialPlan, of plan: SweepPlan) throws {
      let path = bench.results.summary(of: plan.name)
      var summary = try SummaryFile.read(path)
      for index in summary.rows.indices where summary.rows[index].trial == trial.name {
        summary.rows[index].status = .interrupted
      }
      try SummaryFile.write(summary, to: path, replacing: true)
    }

    @Test func aFinishedSweepNeedsNothing() throws {
      let experiment = Self.experiment("done")
      #expect(try bench.run(plan(experiment)).failures.isEmpty)
      let needed = needed(["done"], [experiment])
      #expect(needed.keys.isEmpty && needed.sweeps.isEmpty && needed.doubts.isEmpty)
      // Nobody knows the experiment, and its summary says enough.
      #expect(self.needed(["done"]).doubts.isEmpty && self.needed(["done"]).keys.isEmpty)
    }

    /// Whatever it is called: its summary has the settings of its trials.
    @Test func anUnfinishedSweepNeedsWhatIsLeft() throws {
      let experiment = Self.experiment("left")
      let plan = try plan(experiment, name: "another-name")
      try bench.run(plan)
      let trial = try #require(plan.trials.last)
      try interrupt(trial, of: plan)
      let needed = needed(["another-name"], [experiment])
      #expect(needed.doubts.isEmpty)
      #expect(needed.sweeps == [.init(name: "another-name", unfinished: 1)])
      #expect(needed.keys == keys([trial]))
      #expect(needed.keys.isSubset(of: keys(plan.trials)) && needed.keys != keys(plan.trials))
      #expect(needed.mayContain(try #require(needed.keys.first)) && !needed.mayContain("0"))
      // Whether an unknown experiment asks analyses of finished trials too, nobody can tell.
      #expect(self.needed(["another-name"]).keys == keys(plan.trials))
    }

    @Test func analysesReadFinishedTrials() throws {
      let experiment = Self.experiment("asked", analyses: [.maskOverlap])
      let plan = try plan(experiment)
      try bench.run(plan)
      #expect(needed(["asked"], [experiment]).keys.isEmpty)
      try interrupt(try #require(plan.trials.last), of: plan)
      #expect(needed(["asked"], [experiment]).keys == keys(plan.trials))
    }

    /// A run that ended between the last trial and the analyses.
    @Test func analysesThatAreMissingNeedAllTrials() throws {
      let plan = try plan(Self.experiment("asked"))
      try bench.run(plan)
      let asking = Self.experiment("asked", analyses: [.maskOverlap])
      let needed = needed(["asked"], [asking])
      #expect(needed.sweeps == [.init(name: "asked", unfinished: 0)])
      #expect(needed.keys == keys(plan.trials))
      // An answer without tables is an answer.
      let silent = Self.experiment(
        "asked", analyses: [Analysis("silent", version: 1) { _ in [] }])
      #expect(self.needed(["asked"], [silent]).sweeps.count == 1)
      try bench.run(self.plan(silent))
      #expect(self.needed(["asked"], [silent]).sweeps.isEmpty)
    }

    @Test func withoutASummaryTheExperimentIsPlanned() throws {
      let experiment = Self.experiment("begun")
      _ = try Journal(bench.results.journal(of: "begun"))
      let needed = needed(["begun"], [experiment])
      #expect(needed.sweeps == [.init(name: "begun", unfinished: 4)])
      #expect(try needed.keys == keys(plan(experiment).trials))
      let unknown = self.needed(["begun"])
      #expect(unknown.doubts.map(\.name) == ["begun"] && unknown.keys.isEmpty)
      #expect(unknown.mayContain("0"), "it may be needed")
    }

    @Test func whatCannotBePlannedIsDoubted() throws {
      let plan = try plan(Self.experiment("odd"))
      try bench.run(plan)
      let trial = try #require(plan.trials.last)
      try interrupt(trial, of: plan)
      let path = bench.results.summary(of: "odd")
      let whole = try SummaryFile.read(path)
      for (setting, value, reason) in [
        ("schedule", JSON.members([("name", .text("unheard-of"))]), "unheard-of"),
        // Another seed makes another key than the name tells.
        ("seed", .integer(7), "was planned by another version"),
      ] {
        guard case .members(let members)? = JSON(parsing: trial.configuration) else {
          Issue.record("the configuration is no object")
          return
        }
        let changed = JSON.members(members.map { ($0.name, $0.name == setting ? value : $0.value) })
        var summary = whole
        summary.configuration = whole.configuration.replacing(trial.configuration, with: changed.text)
        try SummaryFile.write(summary, to: path, replacing: true)
        let doubts = needed(["odd"], [Self.experiment("odd")]).doubts
        #expect(doubts.count == 1 && doubts.first?.reason.contains(reason) == true, "\(doubts)")
      }
      try Data("no summary".utf8).write(to: URL(fileURLWithPath: path))
      #expect(needed(["odd"], [Self.experiment("odd")]).doubts.count == 1)
    }
  }
}
