import CoppiceExchange
import CoppiceTensors
import CoppiceTestSupport
import Foundation
import Testing

/// Damaged weight files: each is read, with arrays that are as large as they say and not larger than the file allows, or refused.
@Suite struct WeightFileFuzzingTests {
  /// Ten times as many as of other readers, for these take little: `make fuzz` gives 100,000 a format.
  private static let share = 10.0
  /// The bytes of each storage that damaged pickles may name.
  private static let storage = 24

  /// Reads all arrays of a file.
  private func read(_ path: String, of size: Int, isPacked: Bool) throws {
    let file = try WeightFile(path, limit: isPacked ? 1 << 24 : nil)
    var total = 0
    for array in file.arrays {
      let bytes = try file.bytes(array.name)
      total += bytes.count
      let scalars = (try? file.tensor(array.name))?.scalars
      // Asked for by hand, for an expectation takes longer than the reading.
      guard
        bytes.count != array.shape.count * array.type.size
          || scalars.map({ $0.count != array.shape.count }) ?? false
      else { continue }
      Issue.record("\(array) has \(bytes.count) bytes")
    }
    if !isPacked && total > 2 * size { Issue.record("\(total) bytes of arrays in \(size)") }
  }

  private func fuzz(
    _ name: String, _ mutator: Mutator, isPacked: Bool = false,
    wrapped: (_ bytes: [UInt8]) -> [FilePiece] = { [.bytes($0)] }
  ) throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a")
    let answers = try Fuzzing(name).run(mutator, share: Self.share) { bytes in
      let pieces = wrapped(bytes)
      try write(pieces, to: path)
      try read(path, of: pieces.reduce(0) { $0 + $1.count }, isPacked: isPacked)
    }
    #expect(answers.refused > 0 && answers.refused < answers.read)
  }

  private func files(_ names: String...) throws -> [[UInt8]] { try names.map(WeightFixtures.bytes) }

  @Test func damagedSafetensorsAreReadOrRefused() throws {
    let folder = try TemporaryFolder()
    try WeightFormat.safetensors.write(
      [WeightArray("a", Tensor([2], [1, 2])), WeightArray("b", [1], .bool, bytes: [1])], to: folder.file("a"))
    let small = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.file("a"))))
    try fuzz(
      "safetensors",
      Mutator(
        try files("types.safetensors") + [small, small],
        words: [
          "\"a\":", "{", "}", "[", "]", ",", "\\u0000", "\"dtype\":\"F64\"", "\"shape\":[0]", "__metadata__",
        ]))
  }

  @Test func damagedArraysOfNumPyAreReadOrRefused() throws {
    try fuzz(
      "npy",
      Mutator(
        try files("one.npy", "objects.npy", "table.npy"),
        words: ["'descr'", "(", ")", ",", "True", "'<f8'", "|b1", "'shape': ()"]))
  }

  @Test func damagedArchivesOfNumPyAreReadOrRefused() throws {
    try fuzz("npz", Mutator(try files("types.npz", "packed.npz")), isPacked: true)
  }

  @Test func damagedFilesOfTorchAreReadOrRefused() throws {
    try fuzz("torch", Mutator(try files("types.pt", "checkpoint.pt", "pruned.pt")), isPacked: true)
  }

  @Test func damagedFormerFilesOfTorchAreReadOrRefused() throws {
    try fuzz("torch-former", Mutator(try files("former.pt")))
  }

  /// Pickles whose archives are whole: the checksum would keep most damage from being looked at.
  @Test func damagedPicklesAreReadOrRefused() throws {
    // Every storage has 24 bytes, so that each pickle finds those it names.
    let types: [ArrayType] = [.float32, .bool, .int16, .uint16, .float64, .bfloat16]
    let arrays = (0..<8).map { index in
      let type = types[index % types.count]
      return WeightArray(
        "w\(index)", [1, Self.storage / type.size], type, bytes: [UInt8](repeating: 1, count: Self.storage))
    }
    var pickles = [TorchFile.pickle(of: arrays), TorchFile.pickle(of: Array(arrays.prefix(2)))]
    for name in ["types.pt", "checkpoint.pt", "pruned.pt", "evil.pt"] {
      let archive = try ZipArchive(FileBytes(WeightFixtures.path(name)), format: "torch")
      let pickle = try #require(archive.members.first { $0.name.hasSuffix(TorchFile.pickleName) })
      pickles.append(try archive.bytes(of: pickle, atMost: 1 << 20))
    }
    let words = [
      "ctorch\nFloatStorage\n", "ctorch._utils\n_rebuild_tensor_v2\n", "ccollections\nOrderedDict\n", ")R",
      "(", "t",
      "K\u{1}", "h\u{1}", "}", "s", "Q", "]", "a", "e", "u", "b", "N", "U\u{5}model", "ctorch\nSize\n",
    ]
    try fuzz("pickle", Mutator(pickles, words: words)) { pickle in
      var archive = ZipPieces()
      archive.add("a/data.pkl", [.bytes(pickle)])
      for key in 0..<8 {
        archive.add("a/data/\(key)", [.bytes([UInt8](repeating: 1, count: Self.storage))])
      }
      return archive.finished()
    }
  }

  @Test func damagedFilesOfKerasAreReadOrRefused() throws {
    try fuzz(
      "keras", Mutator(try files("types.h5", "types.h5", "chunks.h5"), words: ["TREE", "SNOD", "HEAP"]))
  }
}
