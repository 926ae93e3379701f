import CoppiceHDF5
import CoppiceStore
import CoppiceTestSupport
import Testing

@Suite struct StageFileTests {
  let folder: TemporaryFolder
  let stages: StageFolder
  let key = "cd" + String(repeating: "0", count: 62)
  init() throws {
    folder = try TemporaryFolder()
    stages = StageFolder(folder.file("stages"))
  }

  static let outcomes: [(outcome: StageOutcome, ending: TrialStatus?)] = [
    (.made, nil), (.collapsed(["fc1.weight", "fc2.weight"]), .collapsed), (.collapsed([]), .collapsed),
    (.diverged("the loss of step 3 is nan"), .diverged), (.broken("a mask grew"), .failed),
    (.stopped("plateau after step 40"), .completed),
  ]

  @Test(arguments: outcomes) func anOutcomeComesBack(outcome: StageOutcome, ending: TrialStatus?) throws {
    try stages.write(StageRecord(key: key, outcome: outcome, metadata: #"{"a": 1}"#))
    let read = try #require(try stages.read(key))
    #expect(read.outcome == outcome)
    #expect(read.outcome.ending == ending)
    #expect(read.metadata == #"{"a": 1}"#)
    #expect(read.layers.isEmpty && read.tables.isEmpty)
  }

  @Test func costsAndTablesComeBack() throws {
    let layers = [LayerRecord(name: "fc.weight", parameters: 6, nonzero: 4, isPrunable: true, flops: 12)]
    let other = NamedTable("empty", title: "nothing", columns: [.init("layer", texts: [])])
    try stages.write(StageRecord(key: key, layers: layers, tables: [Samples.overlap, other]))
    let read = try #require(try stages.read(key))
    #expect(read.layers == layers)
    #expect(read.tables == [Samples.overlap, other])
    #expect(read[table: "mask_overlap"] == Samples.overlap)
    #expect(read[table: "absent"] == nil)
  }

  /// Before outcomes were stored, metadata told of an early end; without any the stage was made.
  @Test func olderStagesAreReadWhereTheyWereMade() throws {
    try writeOlder(metadata: "{}")
    #expect(try StageFile.read(folder.file("old.h5")).outcome == .made)
    try writeOlder(metadata: #"{"collapsed": ["fc1.weight"]}"#)
    let error = #expect(throws: StoreError.self) { _ = try StageFile.read(folder.file("old.h5")) }
    #expect(error?.description.contains("bad outcome none") == true)
  }

  private func writeOlder(metadata: String) throws {
    let draft = try HDF5Draft(folder.file("old.h5"))
    let root = draft.root
    try root.attach(["format": "coppice-stage", "format_version": "1.0", "key": .text(key)])
    try root.createGroup("metadata").write("data", text: metadata)
    for name in ["parameters", "masks", "numbers"] { _ = try root.createGroup(name) }
    for name in ["series", "evaluations"] { try root.createGroup(name).write("step", [Int64]()) }
    try draft.commit(.contents)
  }
}
