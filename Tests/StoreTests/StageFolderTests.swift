import CoppiceHDF5
import CoppiceStore
import CoppiceTensors
import CoppiceTestSupport
import Foundation
import Testing

@Suite struct StageFolderTests {
  let folder: TemporaryFolder
  let stages: StageFolder
  let key = "ab" + String(repeating: "0", count: 62)
  init() throws {
    folder = try TemporaryFolder()
    stages = StageFolder(folder.file("stages"))
  }

  private var record: StageRecord {
    StageRecord(
      key: key, metadata: #"{"step": 7}"#,
      parameters: [
        ("weights", Samples.weights), ("adam", Samples.weights.mapValues { $0 }), ("none", ParameterSet()),
      ],
      masks: [("masks", Samples.masks)],
      numbers: [("powers", [0.1, .leastNonzeroMagnitude]), ("empty", [])],
      series: Samples.series, evaluations: Samples.evaluations)
  }

  @Test func aStageComesBack() throws {
    #expect(try stages.read(key) == nil)
    try stages.write(record)
    #expect(FileManager.default.fileExists(atPath: folder.file("stages/ab/\(key).h5")))
    let read = try #require(try stages.read(key))
    #expect(read.metadata == record.metadata)
    #expect(read.parameters.map(\.name) == ["weights", "adam", "none"])
    #expect(read[parameters: "weights"]?.hasSameBits(as: Samples.weights) == true)
    #expect(read[parameters: "none"] == ParameterSet())
    #expect(read[parameters: "absent"] == nil)
    #expect(read[masks: "masks"] == Samples.masks)
    #expect(read[numbers: "powers"] == [0.1, .leastNonzeroMagnitude])
    #expect(read[numbers: "empty"] == [])
    #expect(read.series == Samples.series)
    #expect(read.evaluations.last?[.testAccuracy] == 0.88)
    #expect(stages.paths() == [stages.file(key)])
  }

  @Test func aCheckpointIsReplacedAndThenGone() throws {
    #expect(try stages.readCheckpoint(key) == nil)
    var record = record
    for step in [10.0, 20] {
      record.numbers = [("step", [step])]
      try stages.writeCheckpoint(record)
      #expect(try stages.readCheckpoint(key)?[numbers: "step"] == [step])
    }
    #expect(try stages.read(key) == nil, "a checkpoint is no output")
    try stages.write(record)
    #expect(try stages.readCheckpoint(key) == nil)
    #expect(stages.paths() == [stages.file(key)])
  }

  @Test func damagedAndForeignStagesAreErrors() throws {
    try stages.write(record)
    let other = "ab" + String(repeating: "1", count: 62)
    try FileManager.default.copyItem(atPath: stages.file(key), toPath: stages.file(other))
    let error = #expect(throws: StoreError.self) { _ = try stages.read(other) }
    #expect(error?.description.contains("bad key") == true)
    let handle = try #require(FileHandle(forUpdatingAtPath: stages.file(key)))
    try handle.truncate(atOffset: 3000)
    try handle.close()
    #expect(throws: StoreError.self) { _ = try stages.read(key) }
    try stages.write(record)
    #expect(try stages.read(key) != nil)
  }

  /// A stage is not synced: after a power cut its length may be right and what was not written yet zeros.
  @Test func whatAPowerCutMayLeaveIsAnError() throws {
    try stages.write(record)
    let whole = try Data(contentsOf: URL(fileURLWithPath: stages.file(key)))
    for count in [0, 1, 31, 32, 2048, whole.count - 4096, whole.count - 32, whole.count - 1] {
      for tail in [0, whole.count - count] {
        try (whole.prefix(count) + Data(count: tail)).write(to: URL(fileURLWithPath: stages.file(key)))
        #expect(throws: StoreError.self, "\(count) bytes and \(tail) zeros") { _ = try stages.read(key) }
      }
    }
    try stages.write(record)
    #expect(try stages.read(key)?.key == key)
  }

  @Test func leftoversOfKilledProcessesGo() throws {
    try stages.write(record)
    let leftover = stages.file(key) + ".tmp-1-1"
    try Data().write(to: URL(fileURLWithPath: leftover))
    stages.removeLeftovers()
    #expect(FileManager.default.fileExists(atPath: leftover), "it may be a write in progress")
    stages.removeLeftovers(olderThan: -1)
    #expect(!FileManager.default.fileExists(atPath: leftover))
    #expect(stages.paths() == [stages.file(key)])
  }

  /// A run that is killed between the writing of a stage and the end of its lease leaves both files.
  @Test func whatIsBesideAStoredStageGoesWithItsHolder() throws {
    var leases: StageLeases? = StageLeases(stages)
    #expect(leases?.acquire(key) == .granted)
    let lease = (stages.file(key) as NSString).deletingPathExtension + ".lease"
    let bytes = try Data(contentsOf: URL(fileURLWithPath: lease))
    try stages.writeCheckpoint(record)
    stages.removeLeftovers()
    #expect(stages.paths().count == 2, "the stage is not there yet")
    try StageFile.write(record, to: stages.file(key), durability: .process)
    stages.removeLeftovers()
    #expect(stages.paths().count == 3, "somebody is at work on it")
    leases = nil
    try bytes.write(to: URL(fileURLWithPath: lease))
    stages.removeLeftovers()
    #expect(stages.paths() == [stages.file(key)])
  }

  /// A run on another machine, whose lock nobody here can ask for, is believed for ten minutes; a link is nobody's lease.
  @Test func aSilentHolderOfAnotherMachineIsSwept() throws {
    try stages.write(record)
    let lease = (stages.file(key) as NSString).deletingPathExtension + ".lease"
    let json =
      #"{"beat":1,"began":0,"expiry":60,"host":"elm","isLocked":true,"kernel":"another","process":7,"run":"f00d"}"#
    for (age, count) in [(500.0, 2), (700, 1)] {
      try Data(json.utf8).write(to: URL(fileURLWithPath: lease))
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSinceNow: -age)], ofItemAtPath: lease)
      stages.removeLeftovers()
      #expect(stages.paths().count == count, "\(age) s")
    }
    let other = folder.file("other.lease")
    try Data("{}".utf8).write(to: URL(fileURLWithPath: other))
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSinceNow: -700)], ofItemAtPath: other)
    try FileManager.default.createSymbolicLink(atPath: lease, withDestinationPath: other)
    stages.removeLeftovers()
    #expect((try? FileManager.default.destinationOfSymbolicLink(atPath: lease)) == other)
  }

  /// Whatever lies beside stages that no run has written, and what links lead to.
  @Test func filesOfOthersAreNoStages() throws {
    try stages.write(record)
    try stages.writeCheckpoint(record)
    let other = folder.file("other")
    for name in [
      "stages/notes.h5", "stages/ab/notes.txt", "stages/ab/model.h5", "stages/ab/\(key).h5.bak",
      "stages/ab/\(key)",
      "stages/ab/model.h5.tmp-1-1", "stages/cd/\(key).h5", "stages/data/\(key).h5", "other/\(key).h5",
      "other/\(key).h5.tmp-1-1",
    ] {
      try write(name)
    }
    try FileManager.default.createDirectory(
      atPath: folder.file("stages/ab/\(key).lease"), withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(atPath: folder.file("stages/ef"), withDestinationPath: other)
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("stages/ab/" + "ab" + String(repeating: "1", count: 62) + ".h5"),
      withDestinationPath: other + "/\(key).h5")
    let own = [folder.file("stages/ab/\(key).checkpoint.h5"), stages.file(key)]
    #expect(stages.paths() == own)
    #expect(stages.leftovers(olderThan: -1).isEmpty)
    // The folder itself a link: it is used, and nothing there is anybody's to remove.
    let linked = StageFolder(folder.file("linked"))
    try FileManager.default.createSymbolicLink(atPath: linked.path, withDestinationPath: stages.path)
    #expect(try linked.read(key) != nil)
    #expect(linked.isLink && linked.paths().isEmpty && linked.leftovers(olderThan: -1).isEmpty)
    #expect(!stages.isLink)
    let lease = StageLeases(linked)
    #expect(lease.acquire("ab" + String(repeating: "2", count: 62)) == .granted)
    #expect(linked.holders.count == 1)
  }

  private func write(_ name: String) throws {
    let path = folder.file(name)
    try FileManager.default.createDirectory(
      atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try Data().write(to: URL(fileURLWithPath: path))
  }

  /// Cleaning goes by age, and what runs still read is not old.
  @Test func readingMarksAStageAsUsed() throws {
    try stages.write(record)
    let now = Date().timeIntervalSince1970
    // Written long ago, by a clock that was ahead, and within the hour.
    for (age, isMarked) in [(86_400.0, true), (-86_400, true), (1_800, false)] {
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSince1970: now - age)], ofItemAtPath: stages.file(key))
      #expect(abs(try #require(stages.entries().first).time - (now - age)) < 1)
      #expect(try stages.read(key) != nil)
      let time = try #require(stages.entries().first).time
      #expect(isMarked ? abs(time - now) < 60 : abs(time - (now - age)) < 1, "\(age)")
    }
  }

  @Test func filesAreToldByNameAndKind() throws {
    try stages.write(record)
    try stages.writeCheckpoint(record)
    let leases = StageLeases(stages)
    #expect(leases.acquire(key) == .granted)
    let entries = stages.entries()
    #expect(entries.map(\.kind) == [.checkpoint, .outputs, .lease])
    #expect(entries.allSatisfy { $0.key == key && $0.bytes > 0 })
    #expect(entries.map(\.path) == stages.paths())
    #expect(stages.isHeld(key) && !stages.isHeld("ab" + String(repeating: "1", count: 62)))
    leases.release(key)
    #expect(!stages.isHeld(key))
  }

  @Test func manyWritersOfOneKeyAgree() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<8 {
        group.addTask { [stages, record, key] in
          try stages.write(record)
          #expect(try stages.read(key)?[masks: "masks"] == Samples.masks)
        }
      }
      try await group.waitForAll()
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("stages/ab")) == [key + ".h5"])
  }
}
