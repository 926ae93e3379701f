import CoppiceAutodiff
import CoppiceExchange
import CoppiceTensors
import Foundation
import Testing

/// Single messages, byte by byte as the onnx package writes them (Tests/Reference/onnx_files.py).
struct ProtobufMessageTests {
  private let expected: [String: String]

  init() throws {
    let url = try #require(
      Bundle.module.url(forResource: "messages", withExtension: "json", subdirectory: "Fixtures"))
    expected = try JSONDecoder().decode([String: String].self, from: Data(contentsOf: url))
  }

  private func hexadecimal(_ message: ProtobufMessage) -> String {
    message.bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  @Test func arraysAreThoseOfThePackage() {
    let tensors: [(String, ONNXTensor)] = [
      ("floats", ONNXTensor("größe", [2, 2], .floats([1.5, -0.0, .infinity, .leastNonzeroMagnitude]))),
      ("codes", ONNXTensor("codes", [1, 3], .int8([-128, -1, 127]))),
      ("flags", ONNXTensor("flags", [2], .bool([true, false]))),
      ("places", ONNXTensor("places", [2], .int64([-1, 1 << 40]))),
      ("numbers", ONNXTensor("numbers", [2], .int32([-1, 1 << 30]))),
      ("scalar", ONNXTensor("scalar", .scalar, .uint8([7]))),
    ]
    for (name, tensor) in tensors {
      #expect(hexadecimal(tensor.message) == expected[name], "\(name)")
      #expect(tensor.message.count == tensor.message.bytes.count)
    }
  }

  @Test func aMaskedArrayIsStoredAsZeros() {
    let scalars: [Float] = [1, -2, .nan, 4]
    let mask = Mask([2, 2], [1, 0, 0, 1])
    #expect(
      ONNXTensor("w", [2, 2], .floats(scalars, mask: mask)).message.bytes
        == ONNXTensor("w", [2, 2], .floats([1, 0, 0, 4])).message.bytes)
  }

  @Test func survivorsAreStoredWithTheirPlaces() {
    var scalars = [Float](repeating: 0, count: 64)
    (scalars[1], scalars[2], scalars[30]) = (2, 9, -1)
    var mask = Mask(keepingAll: [4, 16])
    mask.bytes[2] = 0
    let sparse = ONNXTensor("w", [4, 16], .floats(scalars, mask: mask)).sparseMessage
    #expect(sparse.map(hexadecimal) == expected["sparse"])
    // Half of the elements are smaller as they are: each survivor takes twelve bytes.
    let half = ONNXTensor("w", [64], .floats((0..<64).map { Float($0 % 2) }))
    #expect(half.sparseMessage == nil)
    #expect(ONNXTensor("w", [64], .int8([Int8](repeating: 0, count: 64))).sparseMessage == nil)
  }

  @Test func nodesAreThoseOfThePackage() {
    let node = ONNXGraph.node(
      "Conv", ["x", "", "w"], "y",
      [
        .init("epsilon", .number(1e-5)), .init("group", .integer(2)),
        .init("pads", .integers([1, 0, 300, -1])),
      ])
    // The package's node has a name of its own.
    let wanted = expected["node"]?.replacingOccurrences(of: "1a016e", with: "1a0179")
    #expect(hexadecimal(node) == wanted)
  }

  @Test func whatIsWrittenIsReadBack() throws {
    var inner = ProtobufMessage()
    inner.integer(1, -5)
    inner.text(2, String(repeating: "ä", count: 100))
    var message = ProtobufMessage()
    message.integers(16, [0, 127, 128, .max, .min])
    message.number(2, -1.5)
    message.message(3, inner)
    message.array(4, .int64([1, 2]))
    message.message(5, ProtobufMessage())
    let reader = try #require(ProtobufReader(message.bytes))
    #expect(reader.integers(16) == [0, 127, 128, .max, .min])
    #expect(reader.fields[5].contents == .fixed32((-1.5 as Float).bitPattern))
    #expect(reader.messages(3).first?.integers(1) == [-5])
    #expect(reader.messages(3).first?.texts(2).first?.count == 100)
    #expect(reader.bytes(4) == [[1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0]])
    #expect(reader.bytes(5) == [[]])
    #expect(message.count == message.bytes.count)
  }
}
