import CoppiceStore
import CoppiceTestSupport
import Foundation
import Testing

@Suite struct SummaryStatusesTests {
  private static func rows() -> [IndexRow] {
    [("a", 0, TrialStatus.completed), ("a", 1, .collapsed), ("b", 0, .interrupted), ("c", 0, .completed)].map
    {
      var row = IndexRow(trial: $0, seed: 0, round: $1)
      row.status = $2
      return row
    }
  }

  @Test func finishedTrialsAreToldUnlessTheirFilesAreNewer() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("summary.h5")
    try SummaryFile.write(
      Summary(experiment: "e", configuration: "{}", provenance: "{}", rows: Self.rows()), to: path)
    let now = Date()
    for (name, age) in [("summary.h5", 100.0), ("older", 200), ("newer", 50), ("same", 100)] {
      let file = folder.file(name)
      if name != "summary.h5" { #expect(FileManager.default.createFile(atPath: file, contents: nil)) }
      try FileManager.default.setAttributes(
        [.modificationDate: now.addingTimeInterval(-age)], ofItemAtPath: file)
    }
    let statuses = try SummaryStatuses(path)
    #expect(statuses.trials == ["a", "b", "c"])
    // Of a ladder that broke off, the last row says so.
    #expect(statuses.status(of: "a", in: folder.file("older")) == .collapsed)
    #expect(statuses.status(of: "c", in: folder.file("older")) == .completed)
    #expect(statuses.status(of: "b", in: folder.file("older")) == nil, "it was to go on")
    for name in ["newer", "same", "missing"] {
      #expect(statuses.status(of: "c", in: folder.file(name)) == nil, "\(name)")
    }
    #expect(statuses.status(of: "d", in: folder.file("older")) == nil)
    #expect(throws: StoreError.self) { _ = try SummaryStatuses(folder.file("missing.h5")) }
  }
}
