import CoppiceLaboratory
import CoppiceStore
import CoppiceTensors
import CoppiceTestSupport
import Foundation
import Testing

@Suite struct RecentStagesTests {
  private let folder: TemporaryFolder
  private let stages: StageFolder

  init() throws {
    folder = try TemporaryFolder()
    stages = StageFolder(folder.file("stages"))
  }

  private func key(_ number: Int) -> StageKey { Node("\(number)").key }

  /// Outputs that take 4 bytes a weight and 1 byte an element of the mask.
  private func record(_ number: Int, weights: Int = 1, masked: Int = 0) -> StageRecord {
    StageRecord(
      key: key(number).hexadecimal,
      parameters: [("evidence", ParameterSet([("w", Tensor(repeating: Float(number), [weights]))]))],
      masks: [("masks", MaskSet([("w", Mask(keepingAll: [masked]))]))])
  }

  /// Which of the first stages are still read when no file is left: those in memory.
  private func inMemory(_ recent: RecentStages, of count: Int) throws -> [Int] {
    try FileManager.default.removeItem(atPath: stages.path)
    return try (0..<count).filter { try recent.read(key($0)) != nil }
  }

  @Test func whatIsWrittenOrReadStaysInMemory() throws {
    let (writer, reader) = (RecentStages(stages), RecentStages(stages))
    #expect(try writer.read(key(0)) == nil)
    try writer.write(record(0))
    let read = try #require(try reader.read(key(0)))
    #expect(read[parameters: "evidence"] == record(0)[parameters: "evidence"])
    #expect(try inMemory(writer, of: 1) == [0])
    #expect(try reader.read(key(0)) != nil)
    #expect(try RecentStages(stages).read(key(0)) == nil)
  }

  @Test func whatIsMissingIsLookedForAgain() throws {
    let recent = RecentStages(stages)
    #expect(try recent.read(key(0)) == nil)
    // Another process has made it meanwhile.
    try stages.write(record(0))
    #expect(try recent.read(key(0)) != nil)
  }

  @Test func theLeastRecentlyUsedGoesFirst() throws {
    let recent = RecentStages(stages, count: 3)
    for number in 0..<3 { try recent.write(record(number)) }
    #expect(try recent.read(key(0)) != nil)
    try recent.write(record(3))
    #expect(try inMemory(recent, of: 4) == [0, 2, 3])
    // They were used in this order, and what is written once more is used once more.
    try recent.write(record(0))
    try recent.write(record(4))
    #expect(try inMemory(recent, of: 5) == [0, 3, 4])
  }

  @Test func weightsAndMasksFillTheMemory() throws {
    let recent = RecentStages(stages, bytes: 100)
    for number in 0..<2 { try recent.write(record(number, weights: 10)) }
    #expect(try inMemory(recent, of: 2) == [0, 1])
    // 40 + 40 + 21 bytes.
    try recent.write(record(2, weights: 5, masked: 1))
    #expect(try inMemory(recent, of: 3) == [1, 2])
    // One that takes more than half of the memory would drive out all others.
    try recent.write(record(3, weights: 12, masked: 3))
    #expect(try recent.read(key(3)) != nil, "its file is there")
    #expect(try inMemory(recent, of: 4) == [1, 2])
    try recent.write(record(4, weights: 12, masked: 2))
    #expect(try inMemory(recent, of: 5) == [2, 4])
  }

  /// Whatever a stage holds takes memory: logs, evaluations, numbers and tables too.
  @Test func allThatStagesHoldIsCounted() throws {
    func empty(_ number: Int) -> StageRecord { StageRecord(key: key(number).hexadecimal) }
    var (log, judged, counted, answered) = (empty(0), empty(0), empty(0), empty(0))
    log.series = Series(steps: Array(1...100))
    log.series["loss"] = [Float](repeating: 0, count: 100)
    judged.evaluations = (1...4).map { Evaluation(step: $0, testClassAccuracy: [0.5, 0.5]) }
    counted.numbers = [("sums", [Double](repeating: 0, count: 150))]
    answered.tables = [
      NamedTable(
        "answers", title: "answers",
        columns: [
          .init("trial", texts: [String](repeating: "magnitude", count: 30)),
          .init("round", integers: [Int](repeating: 1, count: 30)),
        ])
    ]
    for record in [log, judged, counted, answered] {
      #expect((800...2000).contains(record.footprint), "\(record.footprint)")
      let recent = RecentStages(stages, bytes: 3_000)
      for number in 0..<6 {
        var copy = record
        copy.key = key(number).hexadecimal
        try recent.write(copy)
      }
      #expect(try inMemory(recent, of: 6).count < 4)
    }
  }

  /// However many trials a run has, as many stages stay as there were at the beginning.
  @Test func aLongRunKeepsNoMore() throws {
    let recent = RecentStages(stages, count: 8)
    for number in 0..<500 { try recent.write(record(number)) }
    #expect(try inMemory(recent, of: 500) == Array(492..<500))
  }

  @Test func whatIsWrittenAnewReplacesWhatIsRemembered() throws {
    let recent = RecentStages(stages, bytes: 100)
    for weights in [3, 5, 50] {
      try recent.write(record(0, weights: weights))
      #expect(try recent.read(key(0))?[parameters: "evidence"]?["w"]?.shape == [weights])
    }
    #expect(try inMemory(recent, of: 1) == [])
  }

  @Test func aDamagedFileIsAnErrorUntilItIsWrittenAgain() throws {
    let recent = RecentStages(stages)
    try recent.write(record(0))
    let handle = try #require(FileHandle(forUpdatingAtPath: stages.file(key(0).hexadecimal)))
    try handle.truncate(atOffset: 100)
    try handle.close()
    #expect(try recent.read(key(0)) != nil, "the file is not asked for")
    let other = RecentStages(stages)
    for _ in 0..<2 { #expect(throws: StoreError.self) { try other.read(key(0)) } }
    try other.write(record(0))
    #expect(try other.read(key(0)) != nil)
    #expect(try RecentStages(stages).read(key(0)) != nil)
  }

  @Test func aCheckpointGoesWithTheOutputs() throws {
    try stages.writeCheckpoint(record(0))
    let recent = RecentStages(stages)
    #expect(try recent.read(key(0)) == nil)
    try recent.write(record(0))
    #expect(try stages.readCheckpoint(key(0).hexadecimal) == nil)
  }
}
