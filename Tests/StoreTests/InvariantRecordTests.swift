import CoppiceHDF5
import CoppiceStore
import CoppiceTestSupport
import Testing

@Suite struct InvariantRecordTests {
  private let records = [
    InvariantRecord("rewound-weights"),
    InvariantRecord("shrinking-masks", fault: "the invariant is broken: 3 of fc.weight"),
  ]

  @Test func aTrialKeepsThemBesideItsDigest() throws {
    let folder = try TemporaryFolder()
    let row = IndexRow(trial: "t", seed: 0, round: 0)
    func record(_ invariants: [InvariantRecord]) -> TrialRecord {
      TrialRecord(
        trial: "t", status: .failed, configuration: "{}", provenance: "{}",
        rounds: [RoundRecord(row: row, invariants: invariants)])
    }
    try TrialFile.write(record(records), to: folder.file("t.h5"))
    #expect(try TrialFile(folder.file("t.h5")).record().rounds[0].invariants == records)
    try TrialFile.write(record([]), to: folder.file("none.h5"))
    #expect(try TrialFile(folder.file("none.h5")).record().rounds[0].invariants == [])
    #expect(Digest(record(records).digest).text == Digest(record([]).digest).text)
  }

  @Test func aStageKeepsThem() throws {
    let folder = try TemporaryFolder()
    let stages = StageFolder(folder.file("stages"))
    let key = "ab" + String(repeating: "0", count: 62)
    try stages.write(StageRecord(key: key, outcome: .broken("why"), invariants: records))
    let read = try #require(try stages.read(key))
    #expect(read.invariants == records && read.outcome == .broken("why") && read.outcome.fault == "why")
    #expect(read.outcome.ending == .failed)
  }
}
