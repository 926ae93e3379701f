import CoppiceLaboratory
import CoppiceTerms
import CoppiceTestSupport
import Testing

/// How what a trial begins with is spelled.
@Suite struct StartTests {
  @Test func shortFormsAreRead() throws {
    #expect(try Start(parsing: "fresh") == .fresh)
    #expect(try Start(parsing: "file(\"w.safetensors\")") == .file("w.safetensors"))
    #expect(try Start(parsing: "file(path: w.npz)") == .file("w.npz"))
    #expect(
      try Start(parsing: "file(\"a b/(c), d.npz\", names: timm, head: fresh)")
        == .file("a b/(c), d.npz", names: "timm", drawsHead: true))
  }

  @Test(arguments: [
    "w.safetensors", "/a/b c.npz", "100%.npz", "%20.npz", "a,b:c(d)[e].pt", "größe.npz", "a\"b.npz",
  ])
  func everyPathReadsBack(path: String) throws {
    let start = Start.file(path, names: "keras")
    #expect(try Start(parsing: "\(start)") == start)
    #expect(try Start(parsing: start.specification.description) == start)
    #expect(try Start(parsing: start.specification.description).file?.path == path)
  }

  @Test func whatCannotBeIsRefused() {
    #expect(
      message { _ = try Start(parsing: "fil(\"w\")") }
        == "there is no start named \"fil\"; did you mean \"file\"? There are: fresh, file")
    #expect(message { _ = try Start(parsing: "file") }.contains("file needs path"))
    #expect(message { _ = try Start(parsing: "file(\"w\", head: cold)") }.contains("kept or fresh"))
    #expect(message { _ = try Start(parsing: "file(\"w\", layout: x)") }.contains("layout"))
    var trial = Trial()
    trial.start = .file("w", names: "tim")
    #expect(
      message { _ = try SweepPlan(trial) }.contains("there is no names named \"tim\"; did you mean \"timm\"?")
    )
  }

  @Test func aStoredTrialKeepsIt() throws {
    var trial = Trial.tiny
    trial.start = .file("new weights.npz", drawsHead: true)
    let read = try Trial(configuration: trial.configuration)
    #expect(read.start == trial.start)
    #expect(try Trial(configuration: Trial.tiny.configuration).start == .fresh)
  }
}
