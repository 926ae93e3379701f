import CoppiceTensors
import CoppiceTestSupport
import Foundation
import Testing

@testable import CoppiceExchange

/// Files that other libraries wrote.
@Suite struct WeightFileTests {
  @Test(arguments: [
    ("types.safetensors", FileFormat.safetensors), ("types.npz", .npz), ("packed.npz", .npz),
    ("one.npy", .npy),
    ("types.pt", .torch), ("checkpoint.pt", .torch), ("former.pt", .torch), ("pruned.pt", .torch),
    ("keras.weights.h5", .keras), ("keras.h5", .keras), ("types.h5", .keras),
  ])
  func filesOfOtherLibrariesAreRead(_ name: String, _ format: FileFormat) throws {
    let file = try WeightFile(WeightFixtures.path(name))
    let expected = try #require(WeightFixtures.expected[name])
    #expect(file.format == format)
    #expect(file.ignored == expected.ignored)
    // HDF5 has the order of names, and h5py tells names in an order of its own.
    let names = expected.arrays.map(\.name)
    #expect(
      format == .keras ? file.arrays.map(\.name).sorted() == names.sorted() : file.arrays.map(\.name) == names
    )
    for array in expected.arrays {
      let stored = try #require(file.array(array.name))
      #expect(stored.shape == Shape(array.shape), "\(array.name)")
      #expect(stored.type.rawValue == array.type, "\(array.name)")
      #expect(WeightFixtures.hexadecimal(try file.bytes(array.name)) == array.bytes, "\(array.name)")
      #expect(try file.tensor(array.name).scalars.map(\.bitPattern) == array.floats, "\(array.name)")
    }
  }

  /// Nothing of its name says what a file is.
  @Test func theFormatIsToldByTheContent() throws {
    let folder = try TemporaryFolder()
    try Data(try WeightFixtures.bytes("types.pt")).write(
      to: URL(fileURLWithPath: folder.file("a.safetensors")))
    #expect(try WeightFile(folder.file("a.safetensors")).format == .torch)
  }

  @Test func textsBesideArraysAreRead() throws {
    let file = try WeightFile(WeightFixtures.path("types.safetensors"))
    #expect(file.metadata.map(\.name) == ["format", "text"])
    #expect(file.metadata.map(\.text) == ["pt", "π \"x\"\n"])
  }

  @Test func theDigestIsOfTheBytes() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a.npy")
    try Data(try WeightFixtures.bytes("one.npy")).write(to: URL(fileURLWithPath: path))
    let file = try WeightFile(path)
    let outcome = try #require(Python.run("sha256sum", [path]))
    #expect(outcome.output.hasPrefix(try file.contentDigest() + " "))
  }

  @Test func aMissingArrayIsNamedWithTheNearest() throws {
    let file = try WeightFile(WeightFixtures.path("checkpoint.pt"))
    #expect(throws: ExchangeError.missingArray("0.weigth", near: ["0.weight"])) {
      try file.tensor("0.weigth")
    }
  }

  /// A number that no float32 holds is named; its bytes can be read.
  @Test func numbersThatAreNoFloatAreNamed() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a.safetensors")
    let large = [Int64(1), 1 << 24, (1 << 24) + 1].flatMap { value in
      (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    let double = (0..<8).map { UInt8(truncatingIfNeeded: 1e300.bitPattern >> (8 * UInt64($0))) }
    try WeightFormat.safetensors.write(
      [WeightArray("a", [3], .int64, bytes: large), WeightArray("b", [1], .float64, bytes: double)], to: path)
    let file = try WeightFile(path)
    #expect(message { _ = try file.tensor("a") }.contains("element 2 of a is no number that a float32 holds"))
    #expect(message { _ = try file.tensor("b") }.contains("element 0 of b"))
    #expect(try file.bytes("a") == large)
  }

  @Test func moreThanALimitIsNotRead() throws {
    let path = WeightFixtures.path("packed.npz")
    let total = try WeightFile(path).arrays.reduce(0) { $0 + $1.shape.count * $1.type.size }
    _ = try WeightFile(path, limit: total)
    let error = #expect(throws: ExchangeError.self) { try WeightFile(path, limit: total - 1) }
    #expect(
      "\(try #require(error))".contains("its arrays take \(total) bytes, and at most \(total - 1) are read"))
    #expect(error?.exitCode == .badData)
  }

  /// Arrays that share their elements could be many times as large as the file.
  @Test func arraysThatShareElementsAreCounted() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a.pt")
    let storage = WeightArray("", Tensor([4096], [Float](repeating: 1, count: 4096)))
    func pickle(_ count: Int) -> [UInt8] {
      var bytes: [UInt8] = [0x80, 2] + Array("}(".utf8)
      for index in 0..<count {
        let name = "w\(index)"
        bytes += Array("X".utf8) + [UInt8(name.utf8.count), 0, 0, 0] + Array(name.utf8)
        bytes += Array(
          "ctorch._utils\n_rebuild_tensor_v2\n((U\u{7}storagectorch\nFloatStorage\nU\u{1}0U\u{3}cpuM".utf8)
        bytes += [0, 16] + Array("tQK".utf8) + [0] + Array("M".utf8) + [0, 16, 0x85] + Array("K".utf8)
        bytes += [1, 0x85, 0x89] + Array("NtR".utf8)
      }
      return bytes + Array("u.".utf8)
    }
    func writeFile(_ count: Int) throws {
      var archive = ZipPieces()
      archive.add("a/data.pkl", [.bytes(pickle(count))])
      archive.add("a/data/0", [.elements(storage)])
      try write(archive.finished(), to: path)
    }
    try writeFile(2)
    #expect(try WeightFile(path).arrays.count == 2)
    try writeFile(3)
    #expect(message { _ = try WeightFile(path) }.contains("name a higher limit"))
    #expect(try WeightFile(path, limit: 3 * 4 * 4096).tensor("w2").scalars.count == 4096)
  }
}

/// Writes pieces one behind the other.
func write(_ pieces: [FilePiece], to path: String) throws {
  var data = Data()
  for piece in pieces { piece.withBytes { data.append(contentsOf: $0) } }
  try data.write(to: URL(fileURLWithPath: path))
}
