import CoppiceHDF5
import CoppiceStore
import CoppiceTestSupport
import Foundation
import Testing

/// Files from before columns that came later.
@Suite struct OlderFileTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  @Test func theShippedSummaryIsRead() throws {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../Results/lottery-lenet-mnist/summary.h5").standardizedFileURL.path
    let summary = try SummaryFile.read(path)
    #expect(summary.rows.count == 132)
    #expect(summary.rows.allSatisfy { $0.isLadder == ($0.schedule == "lottery-ticket") })
    #expect(summary.rows.allSatisfy { $0.dynamics == "none" && $0.stoppedBy.isEmpty })
    #expect(summary.rows.allSatisfy { $0[metric: .testAccuracy] > 0.5 && $0[metric: .parameters] > 1000 })
    // Without the column, of a one-shot trial round 0 would be drawn beside its result.
    let curves = SummaryCube.curveRows(summary.rows)
    #expect(curves.allSatisfy { $0.row.isFinal || $0.row.schedule == "lottery-ticket" })
    #expect(curves.contains { !$0.row.isFinal })
  }

  /// A round of a trial file that has the attributes of the first version only.
  @Test func anOlderTrialIsRead() throws {
    let path = folder.file("t.h5")
    let draft = try HDF5Draft(path)
    try draft.root.attach([
      "format": "coppice-trial", "format_version": "1.0", "trial": "t", "status": "completed",
    ])
    for name in ["config", "provenance"] { try draft.root.createGroup(name).write("data", text: "{}") }
    let round = try draft.root.createGroup("rounds").createGroup("2")
    try round.attach([
      "trial": "t", "status": "completed", "final": 1, "schedule": "lottery-ticket", "seed": 4, "round": 2,
      "parameters": 266_610, "test_accuracy": 0.98, "validation_loss": .number(.nan), "settings": .texts([]),
    ])
    for name in ["series", "evaluations"] { try round.createGroup(name).write("step", [Int64]()) }
    try round.write(
      "layers",
      HDF5Table([
        .init("name", .text(["w"])), .init("parameters", .int64([6])), .init("nonzero", .int64([4])),
        .init("prunable", .uint8([1])), .init("flops", .int64([12])), .init("flops_nonzero", .int64([8])),
      ]))
    try draft.commit(.contents)
    let record = try TrialFile(path).record()
    #expect(record.key == nil)
    let row = record.rounds[0].row
    #expect(row.isLadder && row.dynamics == "none" && row.stoppedBy.isEmpty)
    #expect(row[metric: .testAccuracy] == 0.98 && row[metric: .parameters] == 266_610)
    #expect(row[metric: .validationLoss].isNaN && row[metric: .earlyStopStep].isNaN)
    #expect(record.rounds[0].trainedMasks == nil && record.rounds[0].masks == nil)
    #expect(record.rounds[0].layers.map(\.nonzero) == [4])
  }
}
