import CoppiceHDF5
import CoppiceStore
import CoppiceTensors
import CoppiceTestSupport
import Testing

@Suite struct ParameterStorageTests {
  private let folder: TemporaryFolder
  private let stages: StageFolder
  private let key = "cd" + String(repeating: "1", count: 62)

  init() throws {
    folder = try TemporaryFolder()
    stages = StageFolder(folder.file("stages"))
  }

  @Test func companionsComeBackAsCompanions() throws {
    var masks = Samples.masks
    masks.setCompanion("fc1.bias", Mask([3], [1, 1, 0]))
    try stages.write(StageRecord(key: key, masks: [("masks", masks), ("plain", Samples.masks)]))
    let read = try #require(try stages.read(key))
    #expect(read[masks: "masks"] == masks)
    #expect(read[masks: "masks"]?.isCompanion("fc1.bias") == true)
    #expect(read[masks: "masks"]?.count == Samples.masks.count)
    #expect(read[masks: "plain"] == Samples.masks)
  }

  @Test func onlyCompanionsAreMarked() throws {
    var masks = Samples.masks
    masks.setCompanion("fc1.bias", Mask([3], [1, 1, 0]))
    try stages.write(StageRecord(key: key, masks: [("masks", masks)]))
    let file = try HDF5File(folder.file("stages/cd/\(key).h5"))
    let group = try file.root.group("masks/masks")
    #expect(try group.dataset("fc1.bias").attribute("counted")?.number == 0)
    #expect(try group.dataset("fc1.weight").attribute("counted") == nil)
  }
}
