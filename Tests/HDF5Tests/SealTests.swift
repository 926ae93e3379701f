import CoppiceHDF5
import CoppiceTestSupport
import Foundation
import Testing

/// A file of ours without its seal is not read: the library may crash or hang on it.
@Suite struct SealTests {
  let folder: TemporaryFolder
  let path: String
  private let whole: Data
  init() throws {
    folder = try TemporaryFolder()
    path = folder.file("a.h5")
    let draft = try HDF5Draft(path)
    try draft.root.write("x", (0..<3000).map(Float.init))
    try draft.commit()
    whole = try Data(contentsOf: URL(fileURLWithPath: path))
  }

  private func expect(
    _ bytes: Data, _ message: String, advice: String, _ location: SourceLocation = #_sourceLocation
  ) throws {
    try bytes.write(to: URL(fileURLWithPath: path))
    let error = #expect(throws: HDF5Error.self, sourceLocation: location) { _ = try HDF5File(path) }
    #expect(error?.message == message, sourceLocation: location)
    #expect(error?.isSealBroken == true, sourceLocation: location)
    #expect(error?.advice?.contains(advice) == true, "\(String(describing: error))", sourceLocation: location)
  }

  /// As a power cut may leave it.
  @Test func zerosInPlaceOfTheEndAreRefused() throws {
    for count in [32, 100, 4096, whole.count - 8] {
      try expect(
        whole.dropLast(count) + Data(count: count), "bad checksum: the end of the file is zeros",
        advice: "damaged")
    }
    try expect(Data(count: whole.count), "file signature not found", advice: "not HDF5")
    try expect(
      whole.prefix(2000), "truncated file: 2000 bytes of \(whole.count - 32)", advice: "cut off")
    try expect(Data(), "file signature not found", advice: "not HDF5")
  }

  /// As another program leaves it.
  @Test func aFileWithoutASealIsReadWhereItIsAskedForAsForeign() throws {
    try expect(
      whole.dropLast(32), "no checksum: another program has written to the file", advice: "--foreign")
    #expect(
      try HDF5File(path, isForeign: true).root.dataset("x").read(Float.self) == (0..<3000).map(Float.init))
    // Longer than it says it is, as while another program holds it open.
    try expect(
      whole.dropLast(32) + Data(repeating: 7, count: 500),
      "no checksum: another program has written to the file", advice: "--foreign")
    #expect(try HDF5File(path, isForeign: true).root.dataset("x").read(Float.self).count == 3000)
    try expect(
      whole.prefix(100) + Data([whole[100] ^ 1]) + whole.dropFirst(101), "bad checksum", advice: "damaged")
  }

  @Test func aLockKeepsNobodyFromReading() throws {
    let descriptor = open(path, O_RDWR)
    defer { close(descriptor) }
    try #require(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
    #expect(try HDF5File(path).root.dataset("x").read(Float.self).count == 3000)
  }

  @Test func aFileThatIsBeingWrittenToIsToldFromADamagedOne() throws {
    var bytes = whole
    bytes[whole.count / 2] ^= 1
    try expect(bytes, "bad checksum", advice: "damaged")
    let descriptor = open(path, O_RDWR)
    #expect(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
    let error = #expect(throws: HDF5Error.self) { _ = try HDF5File(path) }
    #expect(error?.message == "no checksum: another program has the file open for writing")
    #expect(error?.isSealBroken == true && error?.advice?.contains("--foreign") == true)
    close(descriptor)
  }

  /// libhdf5 marks a file in the flags of its superblock when it is opened for writing.
  @Test func theMarkOfAProgramThatHasWrittenNothingIsPassedOver() throws {
    var bytes = whole
    bytes[20] = 5
    try bytes.write(to: URL(fileURLWithPath: path))
    #expect(try HDF5File(path).root.dataset("x").read(Float.self) == (0..<3000).map(Float.init))
    bytes[1000] ^= 1
    try expect(bytes, "bad checksum", advice: "damaged")
  }

  /// A file may end with zeros of its own.
  @Test func zerosBeforeTheEndAreNoSignOfDamage() throws {
    let draft = try HDF5Draft(path)
    try draft.root.write("x", [Float](repeating: 0, count: 3000))
    try draft.commit()
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path)).dropLast(32)
    #expect(bytes.suffix(32).allSatisfy { $0 == 0 })
    try expect(bytes, "no checksum: another program has written to the file", advice: "--foreign")
  }

  @Test func whatWasTestedIsWhatIsRead() throws {
    let file = try HDF5File(path)
    try Data(repeating: 0xff, count: whole.count).write(to: URL(fileURLWithPath: path))
    #expect(try file.root.dataset("x").read(Float.self) == (0..<3000).map(Float.init))
  }

  @Test func pipesAndFoldersAreRefusedAtOnce() throws {
    let pipe = folder.file("pipe")
    #expect(mkfifo(pipe, 0o600) == 0)
    for path in [pipe, folder.path] {
      let error = #expect(throws: HDF5Error.self) { _ = try HDF5File(path) }
      #expect(error?.message.hasPrefix("wrong kind of file") == true)
    }
  }
}
