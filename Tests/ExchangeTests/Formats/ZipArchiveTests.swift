import CoppiceTensors
import CoppiceTestSupport
import Foundation
import Testing

@testable import CoppiceExchange

/// Archives: sizes, places and names that do not go together.
@Suite struct ZipArchiveTests {
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private let arrays = [WeightArray("a", Tensor([2], [1, 2])), WeightArray("b", Tensor([1], [3]))]

  /// The message of an archive of two arrays after a change.
  private func message(_ change: (inout [UInt8]) -> Void) throws -> String {
    let path = folder.file("a.npz")
    var bytes: [UInt8] = []
    for piece in try NPZ.pieces(of: arrays) { piece.withBytes { bytes += $0 } }
    change(&bytes)
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    return CoppiceTestSupport.message {
      let file = try WeightFile(path)
      for array in file.arrays { _ = try file.tensor(array.name) }
    }
  }

  /// The place of the n-th record that begins so.
  private func place(_ kind: UInt8, _ index: Int, _ bytes: [UInt8]) -> Int {
    let places = bytes.indices.dropLast(3).filter { Array(bytes[$0..<($0 + 3)]) == [0x50, 0x4b, kind] }
    return places.count > index ? places[index] : 0
  }

  @Test func damagedArchivesAreNamed() throws {
    #expect(try message { _ in } == "")
    #expect(try message { $0.removeLast() }.contains("it has no directory at its end: it is cut off"))
    #expect(try message { $0[40] ^= 1 }.contains("of a.npy in it"))
    // An element: its checksum tells.
    #expect(try message { $0[30 + 5 + 128] ^= 1 }.contains("differ from their checksum"))
    #expect(try message { $0[place(1, 1, $0) + 46] = UInt8(ascii: "a") }.contains("b.npy").self == false)
    #expect(try message { $0[place(1, 1, $0) + 42] = 0 }.contains("another name before its bytes"))
    #expect(try message { $0[place(1, 0, $0) + 8] |= 1 }.contains("a.npy in it is encrypted"))
    #expect(try message { $0[place(1, 0, $0) + 10] = 12 }.contains("packed by method 12"))
    #expect(try message { $0[place(1, 0, $0) + 24] ^= 1 }.contains("a.npy cannot have"))
    #expect(try message { $0[place(1, 0, $0) + 46] = 0xff }.contains("is no text in UTF-8"))
    #expect(try message { $0[$0.count - 10] = 0xff }.contains("does not lie before its end"))
    #expect(try message { $0[$0.count - 12] = 9 }.contains("its directory of 9 entries"))
  }

  @Test func membersOfOneNameAreRefused() throws {
    let path = folder.file("a.npz")
    var archive = ZipPieces()
    for _ in 0..<2 { archive.add("a.npy", [.bytes([1])]) }
    try write(archive.finished(), to: path)
    #expect(CoppiceTestSupport.message { _ = try WeightFile(path) }.contains("it holds a.npy twice"))
  }

  /// A directory that names one member by two names, as archives do that unpack to a thousand times their size.
  @Test func membersThatOverlapAreRefused() throws {
    let text = try message { bytes in
      let entry = place(1, 1, bytes)
      // The second entry is moved to the first member, under its name with another letter.
      bytes[entry + 42] = 0
      bytes[entry + 46] = UInt8(ascii: "a")
    }
    #expect(text.contains("it holds a.npy twice") || text.contains("overlaps"))
  }

  /// What unpacks to more than deflate can make is refused before anything is unpacked.
  @Test func sizesThatCannotBeAreRefused() throws {
    let path = folder.file("a.npz")
    var bytes = try WeightFixtures.bytes("packed.npz")
    let entry = place(1, 0, bytes)
    for offset in 0..<3 { bytes[entry + 24 + offset] = 0xff }
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    #expect(CoppiceTestSupport.message { _ = try WeightFile(path) }.contains("cannot have 16777215 bytes in"))
  }

  /// Large archives keep sizes and places in eight bytes.
  @Test func archivesWithLongFieldsAreRead() throws {
    let path = folder.file("a.npz")
    var archive = ZipPieces(long: 1)
    for array in arrays {
      archive.add(array.name + ".npy", [.bytes(try NPY.header(of: array)), .elements(array)], alignment: 64)
    }
    try write(archive.finished(), to: path)
    let file = try WeightFile(path)
    #expect(try file.tensor("a").scalars == [1, 2] && file.tensor("b").scalars == [3])
    guard let python = Python.interpreter(with: ["numpy"]) else { return }
    let script = "import numpy as np; a = np.load('\(path)'); print(a['a'].tolist(), a['b'].tolist())"
    #expect(Python.run(python, ["-c", script])?.output == "[1.0, 2.0] [3.0]\n")
  }
}
