import CoppiceLaboratory
import CoppiceNetworks
import CoppicePruning
import Testing

@Suite struct SweepPlanTests {
  /// An experiment of that name would write outside its folder, or among the stages of all.
  @Test(arguments: ["../evil", "..", ".", "", "/evil", "a/b", "-evil", ".evil", "stages", "a\nb", "a\0b"])
  func namesThatLeadElsewhereAreRefused(name: String) throws {
    let error = #expect(throws: ExperimentError.self) { _ = try SweepPlan(.tiny, name: name) }
    #expect(error == .name(name) && error?.exitCode == .usage)
    #expect(
      error?.description
        == "results cannot have the name \(name.debugDescription): it is that of a folder inside the results, so it "
        + "begins with a letter, a digit or _, has no / and no control characters, and is not stages")
    // The name of one's own choice likewise.
    let experiment = Experiment("test", question: "?", base: .tiny) {}
    #expect(throws: ExperimentError.name(name)) {
      _ = try SweepPlan(experiment, name: name, library: Bench.library)
    }
  }

  /// A sweep of thousands of trials holds one regimen a seed, not one a trial, and what differs in any way has its own.
  @Test func trialsThatDifferInTheirPruningShareTheirRegimen() throws {
    func plan(_ change: (inout Trial) -> Void = { _ in }) throws -> SweepPlan {
      try SweepPlan(Trial.tiny.with(change)) {
        Axis(\.criterion, [.magnitude, .random])
        Axis(\.seed, 0..<2)
      }
    }
    let trials = try plan().trials
    #expect(trials.count == 6)
    for trial in trials {
      for other in trials {
        #expect((trial.regimen === other.regimen) == (trial.trial.seed == other.trial.seed))
      }
    }
    let settings: [(inout Trial) -> Void] = [
      { $0.evaluation = .iterations(7) }, { $0.execution = .always }, { $0.stop = .plateau() },
      { $0.clipping = 3 }, { $0.loss = .labelSmoothing() }, { $0.initializer = .kaimingNormal },
    ]
    for (place, change) in settings.enumerated() {
      #expect(try plan(change).trials[0].regimen.identity != trials[0].regimen.identity, "\(place)")
    }
  }
}
