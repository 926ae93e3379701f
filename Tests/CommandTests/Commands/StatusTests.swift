import CoppiceStore
import Foundation
import Testing

/// What `status` takes from the summary, and for what it opens files.
@Suite struct StatusTests {
  @Test func trialsThatEndedBehindTheLastSummaryCount() throws {
    let program = try Program(copying: Sweeps.finished.get())
    let path = program.store.summary(of: "tiny")
    let whole = try SummaryFile.read(path)
    // As a run leaves it that was killed: the summary tells of half of the trials, and all have files.
    var summary = whole
    for index in summary.rows.indices where index % 2 == 0 { summary.rows[index].status = .pending }
    try SummaryFile.write(summary, to: path, replacing: true)
    #expect(try program.run(["status", "tiny"]).output.hasPrefix("tiny: 21 of 21 trials done, 0 left"))
    // A file that is gone is to be made again, whatever the summary says.
    try SummaryFile.write(whole, to: path, replacing: true)
    let trial = try #require(program.store.trials(of: "tiny").first)
    try FileManager.default.removeItem(atPath: program.store.trial(trial, of: "tiny"))
    #expect(try program.run(["status", "tiny"]).output.hasPrefix("tiny: 20 of 21 trials done, 1 left"))
  }

  /// A file that was changed since is opened, and one that was not is not.
  @Test func onlyNewerFilesAreOpened() throws {
    let program = try Program(copying: Sweeps.finished.get())
    let trials = program.store.trials(of: "tiny")
    for trial in trials {
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSinceNow: -3600)],
        ofItemAtPath: program.store.trial(trial, of: "tiny"))
    }
    let damaged = program.store.trial(trials[0], of: "tiny")
    try Data("damaged".utf8).write(to: URL(fileURLWithPath: damaged))
    let told = try program.run(["status", "tiny"])
    #expect(told.output.hasPrefix("tiny: 20 of 21 trials done, 1 left"), "\(told.output)")
    #expect(told.errors.contains("not counted: \(damaged)"), "\(told.errors)")
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSinceNow: -3600)], ofItemAtPath: damaged)
    #expect(try program.run(["status", "tiny"]).output.hasPrefix("tiny: 21 of 21 trials done, 0 left"))
  }
}
