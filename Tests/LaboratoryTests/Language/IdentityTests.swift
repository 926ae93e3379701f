import CoppiceLaboratory
import CoppiceTerms
import CoppiceTestSupport
import Testing

extension Trial {
  /// A property as a later version may add one.
  fileprivate var later: Int {
    get { 0 }
    set {}
  }
}

extension Running {
  /// A setting that is added later renames nothing and orphans nothing.
  @Suite struct IdentityTests {
    /// The table of settings of a later version, in which every trial has this value.
    private func later(_ value: Int) -> [Setting] {
      Settings.all + [
        Setting(
          "later", \.later, unit: "integer", "what came later", neutral: .integer(0),
          value: { _ in .integer(value) }, parse: { Int($0) ?? 0 })
      ]
    }

    private func plan(_ settings: [Setting], overrides: [(name: String, text: String)] = []) throws
      -> SweepPlan
    {
      try SweepPlan(
        Experiment("test", question: "Does it stay?", base: Trial.tiny) { Axis(\.seed, 0..<2) },
        overrides: overrides, library: Bench.library, settings: settings)
    }

    @Test func aSettingAtItsNeutralValueChangesNoNameAndNoKey() throws {
      let overrides = [(name: "clipping", text: "1")]
      let (old, new) = (
        try plan(Settings.all, overrides: overrides), try plan(later(0), overrides: overrides)
      )
      #expect(old.name.hasPrefix("test@") && old.name == new.name)
      #expect(old.stages.map(\.key) == new.stages.map(\.key))
      #expect(old.trials.map(\.key) == new.trials.map(\.key))
      #expect(old.trials.map(\.name) == new.trials.map(\.name))
      #expect(new.trials.allSatisfy { $0.configuration.contains("\"later\": 0") })
    }

    @Test func whatWasStoredIsFound() throws {
      let bench = try Bench()
      let old = try plan(Settings.all)
      let first = try bench.run(old)
      let new = try plan(later(0))
      let work = try bench.work(new)
      #expect(work.stages == 0 && work.reusedTrials == old.trials.count)
      let report = try bench.run(new)
      #expect(report.orphans.isEmpty && report.rows.map(\.trial) == first.rows.map(\.trial))
    }

    @Test func atAnotherValueItIsAnotherTrial() throws {
      let (old, new) = (try plan(Settings.all), try plan(later(1)))
      #expect(zip(old.trials, new.trials).allSatisfy { $0.key != $1.key && $0.name != $1.name })
    }

    @Test func aFileWithoutTheSettingMeansItsNeutralValue() throws {
      let stored = try StoredTrial(configuration: Trial.tiny.configuration, settings: later(0))
      #expect(stored.problems.isEmpty && stored.trial.specification == Trial.tiny.specification)
      // A setting that was always there cannot be missing.
      let damaged = Trial.tiny.configuration.replacing("\"batch-size\"", with: "\"batch\"")
      #expect(try StoredTrial(configuration: damaged).problems.map(\.setting) == ["batch-size"])
    }

    /// Every setting added since the first version.
    @Test func neutralValuesAreTheDefaults() {
      let neutral = Settings.all.filter { $0.neutral != nil }
      #expect(
        neutral.map(\.name)
          == [
            "scoring-batches", "loss", "dynamics", "learned-mask", "stop", "recipe", "retraining-rate",
            "repair", "compaction", "optimizer-state", "measure", "target", "start", "data-order",
          ])
      for setting in neutral { #expect(setting.value(Trial()) == setting.neutral) }
      for setting in Settings.all {
        #expect(Trial().specification.fields.contains { $0.name == setting.name } == (setting.neutral == nil))
      }
    }

    @Test func theFullKeyStandsInTheFile() throws {
      let (bench, plan) = (try Bench(), try plan(Settings.all))
      try bench.run(plan)
      for trial in plan.trials { #expect(try bench.record(trial, of: plan).key == trial.key.hexadecimal) }
    }
  }
}
