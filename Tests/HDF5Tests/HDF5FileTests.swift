import CoppiceHDF5
import CoppiceTestSupport
import Foundation
import Testing

@Suite struct HDF5FileTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  @Test func nothingIsVisibleBeforeCommit() throws {
    let path = folder.file("deep/er/a.h5")
    do {
      let draft = try HDF5Draft(path)
      try draft.root.write("x", [Float(1)])
      #expect(folder.names.isEmpty)
    }
    #expect(folder.names.isEmpty, "an abandoned draft leaves a trace")
    let draft = try HDF5Draft(path)
    try draft.root.write("x", [Float(1), 2])
    try draft.commit()
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("deep/er")) == ["a.h5"])
    #expect(try HDF5File(path).root.dataset("x").read(Float.self) == [1, 2])
  }

  @Test func aReaderKeepsTheFileThatIsReplaced() throws {
    let path = folder.file("a.h5")
    try write(path, [1])
    let reader = try HDF5File(path)
    try write(path, [2])
    #expect(try reader.root.dataset("x").read(Float.self) == [1])
    #expect(try HDF5File(path).root.dataset("x").read(Float.self) == [2])
  }

  @Test func equalContentsAreEqualBytes() throws {
    for name in ["a.h5", "b.h5"] {
      let draft = try HDF5Draft(folder.file(name))
      let group = try draft.root.createGroup("g")
      try group.setAttribute("units", "1")
      try group.write("w", (0..<5000).map(Float.init), storage: .compressed([5000]))
      try group.write("t", texts: ["a", "bc"])
      try draft.commit()
    }
    let bytes = try ["a.h5", "b.h5"].map { try Data(contentsOf: URL(fileURLWithPath: folder.file($0))) }
    #expect(bytes[0] == bytes[1])
  }

  @Test func aMissingFileIsNamed() throws {
    let error = #expect(throws: HDF5Error.self) { _ = try HDF5File(folder.file("none.h5")) }
    #expect(
      error?.description == "\(folder.file("none.h5")): No such file or directory (open). Check the path.")
    #expect(error?.systemError == ENOENT)
  }

  @Test func foreignAndCutOffFilesAreErrors() throws {
    let path = folder.file("a.h5")
    for bytes in [Data(), Data("not HDF5".utf8), Data(repeating: 0, count: 4096)] {
      try bytes.write(to: URL(fileURLWithPath: path))
      let error = #expect(throws: HDF5Error.self) { _ = try HDF5File(path) }
      #expect(error?.description.hasPrefix("\(path): ") == true)
      #expect(error?.advice?.contains("not HDF5") == true, "\(String(describing: error))")
    }
    try write(path, (0..<1000).map(Float.init))
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    for count in stride(from: 0, to: whole.count - 33, by: 97) {
      try whole.prefix(count).write(to: URL(fileURLWithPath: path))
      #expect(throws: HDF5Error.self) { _ = try HDF5File(path).root.dataset("x").read(Float.self) }
    }
  }

  /// The library crashes on some of these files when it is let at them.
  @Test func anyFlippedBitIsFound() throws {
    let path = folder.file("a.h5")
    try write(path, (0..<1000).map(Float.init))
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    for position in stride(from: 0, to: whole.count - 33, by: 13) {
      var bytes = whole
      bytes[position] ^= 1 << UInt8(position % 8)
      try bytes.write(to: URL(fileURLWithPath: path))
      let error = #expect(throws: HDF5Error.self) { _ = try HDF5File(path) }
      #expect(error?.message == "bad checksum")
    }
    #expect(
      HDF5Error(call: "open", file: "a.h5", message: "bad checksum").description
        == "a.h5: bad checksum (open). The file is damaged, cut off or not HDF5; move it away and make it again."
    )
  }

  /// What another program has written to, or cut the seal from, is guarded by the checksums of its chunks.
  @Test func aFlippedBitInAChunkIsFoundWithoutTheSeal() throws {
    let path = folder.file("a.h5")
    let draft = try HDF5Draft(path)
    let values = (0..<4096).map { Float($0 &* 2_654_435_761 % 1009) }
    try draft.root.write("x", values, storage: HDF5Storage(chunk: [4096], checksum: true))
    try draft.commit()
    var bytes = try Data(contentsOf: URL(fileURLWithPath: path)).dropLast(32)
    try bytes.write(to: URL(fileURLWithPath: path))
    #expect(try HDF5File(path, isForeign: true).root.dataset("x").read(Float.self) == values)
    let pattern = values[100..<110].flatMap { value in withUnsafeBytes(of: value) { Array($0) } }
    let place = try #require(bytes.range(of: Data(pattern)))
    bytes[place.lowerBound] ^= 1
    try bytes.write(to: URL(fileURLWithPath: path))
    let error = #expect(throws: HDF5Error.self) {
      _ = try HDF5File(path, isForeign: true).root.dataset("x").read(Float.self)
    }
    #expect(error?.object == "/x")
    #expect(error?.message.contains("checksum") == true, "\(String(describing: error))")
  }

  @Test func aFolderThatCannotBeWrittenIsNamed() throws {
    let blocker = folder.file("file")
    try Data().write(to: URL(fileURLWithPath: blocker))
    let error = #expect(throws: HDF5Error.self) { try write(blocker + "/a.h5", [1]) }
    #expect(error?.systemError == ENOTDIR)
    guard getuid() != 0 else { return }  // root may write anywhere
    try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: folder.path)
    let refusal = #expect(throws: HDF5Error.self) { try write(folder.file("a.h5"), [1]) }
    #expect(refusal?.systemError == EACCES)
  }

  /// Needs leave to mount a small disk of memory, which a container may refuse.
  @Test(.enabled(if: getuid() == 0)) func aFullOrReadOnlyDiskIsNamedAndTheOldFileStays() throws {
    let mount = ["-t", "tmpfs", "-o", "size=64k", "none", folder.path]
    guard Python.run("mount", mount)?.status == 0 else { return }
    defer { _ = Python.run("umount", [folder.path]) }
    let path = folder.file("a.h5")
    try write(path, [1])
    let error = #expect(throws: HDF5Error.self) { try write(path, [Float](repeating: 1, count: 100_000)) }
    #expect(error?.systemError == ENOSPC)
    #expect(error?.description.contains("Make room and run again; nothing already stored is lost.") == true)
    #expect(folder.names == ["a.h5"], "a temporary file is left")
    guard Python.run("mount", ["-o", "remount,ro", folder.path])?.status == 0 else { return }
    let refusal = #expect(throws: HDF5Error.self) { try write(path, [2]) }
    #expect(
      refusal?.description
        == "\(path): Read-only file system (open). Choose a folder that can be written, or change its permissions."
    )
    #expect(try HDF5File(path).root.dataset("x").read(Float.self) == [1])
  }

  @Test func manyThreadsWriteAndReadAtOnce() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for index in 0..<16 {
        group.addTask { [folder] in
          let path = folder.file("\(index).h5")
          let values = (0..<3000).map { Float($0 + index) }
          let draft = try HDF5Draft(path)
          try draft.root.createGroup("g").write("x", values, storage: .compressed([3000]))
          try draft.commit()
          #expect(try HDF5File(path).root.dataset("g/x").read(Float.self) == values)
          #expect(throws: HDF5Error.self) { _ = try HDF5File(path + "?") }
        }
      }
      try await group.waitForAll()
    }
  }

  private func write(_ path: String, _ values: [Float]) throws(HDF5Error) {
    let draft = try HDF5Draft(path)
    try draft.root.write("x", values)
    try draft.commit()
  }
}
