import CoppiceLaboratory
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
}
