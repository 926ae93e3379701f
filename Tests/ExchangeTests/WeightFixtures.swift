import CoppiceTensors
import Foundation

@testable import CoppiceExchange

/// Files of other libraries and what these libraries say of them, by Tests/Reference/weight_files.py.
enum WeightFixtures {
  struct Expected: Decodable {
    struct Array: Decodable {
      let name: String
      let shape: [Int]
      let type: String
      /// The elements, row-major, lowest byte first, in hexadecimal.
      let bytes: String
      /// The elements as float32, as bits.
      let floats: [UInt32]
    }
    let ignored: [String]
    let arrays: [Array]
    /// The bits of what a pruned layer computes with.
    let weight: [UInt32]?
  }

  /// The path of a file.
  static func path(_ name: String) -> String {
    (Bundle.module.resourceURL ?? URL(filePath: "")).appending(path: "Fixtures/\(name)").path
  }

  static func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: path(name))))
  }

  static let expected: [String: Expected] = {
    let data = try? Data(contentsOf: URL(fileURLWithPath: path("weight-files.json")))
    return data.flatMap { try? JSONDecoder().decode([String: Expected].self, from: $0) } ?? [:]
  }()

  static func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// An array of each type that a format knows, of bytes that follow from its number.
  static func arrays(_ types: [ArrayType]) -> [WeightArray] {
    types.enumerated().map { index, type in
      let count = 6 * type.size
      let bytes = (0..<count).map { place in
        type == .bool ? UInt8(place % 2) : UInt8(truncatingIfNeeded: (index + 3) * (place * place + 7))
      }
      return WeightArray("layer \(index)/\(type.rawValue)", [2, 3], type, bytes: bytes)
    } + [
      WeightArray("scalar", Tensor(.scalar, [-0.0])), WeightArray("empty", Tensor([0, 4], [])),
      WeightArray("größe", Tensor([3], [.nan, .infinity, .leastNonzeroMagnitude])),
    ]
  }
}
