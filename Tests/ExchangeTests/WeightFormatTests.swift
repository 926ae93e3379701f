import CoppiceTensors
import CoppiceTestSupport
import Foundation
import Testing

@testable import CoppiceExchange

/// Files that are written here.
@Suite struct WeightFormatTests {
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private func types(of format: WeightFormat) -> [ArrayType] {
    ArrayType.allCases.filter { format != .npz || $0 != .bfloat16 }
  }

  @Test(arguments: WeightFormat.allCases)
  func outAndInAgainGivesTheSameBits(_ format: WeightFormat) throws {
    let arrays = WeightFixtures.arrays(types(of: format))
    let path = folder.file("a" + format.ending)
    try format.write(arrays, to: path)
    let file = try WeightFile(path)
    #expect(file.format.rawValue == format.rawValue)
    #expect(file.arrays.map(\.name) == arrays.map(\.name))
    for array in arrays {
      #expect(file.array(array.name) == StoredArray(name: array.name, shape: array.shape, type: array.type))
      #expect(try file.bytes(array.name) == array.withBytes { Array($0) }, "\(array.name)")
    }
  }

  /// What one format read goes through each other and comes back as it was.
  @Test func formatsFollowEachOther() throws {
    var arrays = WeightFixtures.arrays(types(of: .npz))
    for format in WeightFormat.allCases + WeightFormat.allCases.reversed() {
      let path = folder.file("b" + format.ending)
      try format.write(arrays, to: path)
      let file = try WeightFile(path)
      arrays = try file.arrays.map {
        WeightArray($0.name, $0.shape, $0.type, bytes: try file.bytes($0.name))
      }
    }
    for (array, original) in zip(arrays, WeightFixtures.arrays(types(of: .npz))) {
      #expect(array.withBytes { Array($0) } == original.withBytes { Array($0) })
    }
  }

  @Test(arguments: WeightFormat.allCases)
  func equalArraysMakeEqualBytes(_ format: WeightFormat) throws {
    let arrays = WeightFixtures.arrays(types(of: format))
    for name in ["a", "b"] { try format.write(arrays, to: folder.file(name)) }
    #expect(try WeightFile(folder.file("a")).contentDigest() == WeightFile(folder.file("b")).contentDigest())
    #expect(folder.names == ["a", "b"])
  }

  @Test func textsGoIntoSafetensors() throws {
    let path = folder.file("a")
    let texts = [(name: "a", text: "\u{7}\\ \"ü\""), (name: "b", text: "")]
    try WeightFormat.safetensors.write([], metadata: texts, to: path)
    #expect(try WeightFile(path).metadata.map(\.text) == texts.map(\.text))
  }

  @Test func whatAFormatCannotHoldIsRefused() throws {
    let path = folder.file("a")
    let half = WeightArray("w", [1], .bfloat16, bytes: [0, 0])
    #expect(message { try WeightFormat.npz.write([half], to: path) }.contains("NumPy has no bfloat16"))
    let tensor = WeightArray("w", Tensor([1], [1]))
    #expect(
      message { try WeightFormat.torch.write([tensor, tensor], to: path) }.contains(
        "two arrays of the name w"))
    let short = WeightArray("w", [2], .float32, bytes: [0, 0, 0, 0])
    #expect(message { try WeightFormat.torch.write([short], to: path) }.contains("do not fill the shape [2]"))
    let metadata = WeightArray("__metadata__", Tensor([1], [1]))
    #expect(
      message { try WeightFormat.safetensors.write([metadata], to: path) }.contains("name it otherwise"))
    #expect(folder.names == [])
  }

  @Test func whatCannotBeWrittenIsNamed() throws {
    let error = #expect(throws: ExchangeError.self) {
      try WeightFormat.npz.write([], to: "/proc/no/such/place.npz")
    }
    #expect(error?.exitCode == .inputOutput)
  }

  /// Python's libraries read each format, and tell every bit as it was.
  @Test(
    .enabled(
      if: Python.interpreter(with: ["safetensors", "numpy", "torch"]) != nil,
      "Python with safetensors, numpy and torch is not found"))
  func pythonReadsWhatIsWritten() throws {
    let python = try #require(Python.interpreter(with: ["safetensors", "numpy", "torch"]))
    var expected: [String] = []
    for format in WeightFormat.allCases {
      let arrays = WeightFixtures.arrays(types(of: format))
      try format.write(arrays, to: folder.file("a" + format.ending))
      for array in arrays.sorted(by: { Array($0.name.utf8).lexicographicallyPrecedes(Array($1.name.utf8)) }) {
        let hexadecimal = WeightFixtures.hexadecimal(array.withBytes { Array($0) })
        expected.append("\(array.name) \(array.type.rawValue) \(array.shape) \(hexadecimal)")
      }
    }
    let outcome = try #require(
      Python.run(
        python,
        [
          "-c",
          """
          import numpy as np, torch, safetensors.torch
          def show(arrays):
              for name in sorted(arrays):
                  a = arrays[name]
                  t = a if isinstance(a, torch.Tensor) else torch.from_numpy(a)
                  bits = t.contiguous().reshape(-1).view(torch.uint8).numpy().tobytes().hex() if t.numel() else ""
                  print(name, str(t.dtype).removeprefix("torch."), list(t.shape), bits)
          show(safetensors.torch.load_file("\(folder.file("a.safetensors"))"))
          show(dict(np.load("\(folder.file("a.npz"))", allow_pickle=False)))
          show(torch.load("\(folder.file("a.pt"))", weights_only=True))
          """,
        ]))
    #expect(outcome.status == 0, "\(outcome.output)")
    #expect(outcome.output.split(separator: "\n").map(String.init) == expected)
  }
}
