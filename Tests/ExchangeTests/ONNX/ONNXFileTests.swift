import CoppiceAutodiff
import CoppiceExchange
import CoppiceNetworks
import CoppiceTensors
import CoppiceTerms
import CoppiceTestSupport
import Foundation
import Testing

/// Files of ONNX, taken apart by the tests' own reader.
struct ONNXFileTests {
  private func reader(_ file: ONNXFile) throws -> ONNXReader { try #require(ONNXReader(file.model.bytes)) }

  private func perceptron() throws -> DrawnNetwork {
    let network = try Network(.mlp([3]), .images([1, 2, 2], classes: 2))
    func numbers(_ shape: Shape) -> Tensor {
      guard shape.rank == 2 else { return Tensor(shape, Swift.Array([0.25, -0.5, 1].prefix(shape[0]))) }
      return Tensor(
        shape, (0..<shape.count).map { Float(3 * ($0 / shape[1]) + $0 % shape[1]) / 8 - 0.5 })
    }
    return DrawnNetwork(
      network, ParameterSet(network.declarations.map { ($0.name, numbers($0.shape)) }), ParameterSet())
  }

  /// Tests/Reference/onnx_files.py makes the same network by the onnx package.
  @Test func aFileIsThatOfThePackageByteByByte() throws {
    let url = try #require(
      Bundle.module.url(forResource: "perceptron", withExtension: "onnx", subdirectory: "Fixtures"))
    let drawn = try perceptron()
    let file = ONNXFile(try drawn.network.operatorList(.any), name: "mlp", facts: [("trial", "one")]) {
      (drawn.parameters[$0], nil)
    }
    #expect(file.model.bytes == [UInt8](try Data(contentsOf: url)))
  }

  @Test func theCatalogueIsCovered() {
    #expect(Set(SmallModel.all.map(\.model.name)) == Set(Model.catalogue.names))
  }

  @Test(arguments: SmallModel.all)
  func aFileHoldsTheNetworksArraysUnderTheirNames(small: SmallModel) throws {
    let drawn = try DrawnNetwork(small.model, small.interface)
    let masks = drawn.masks(density: 0.5)
    let file = try reader(
      try ONNXFile(
        drawn.network, drawn.parameters, drawn.buffers, masks: masks, metadata: [("trial", "t-1")]))
    #expect((file.version, file.operators) == (8, [17]))
    #expect(file.isInOrder)
    #expect(file.metadata["model"] == "\(small.model.specification)")
    #expect(file.metadata["trial"] == "t-1")
    #expect(file.inputs == ["inputs": ["batch"] + small.interface.exampleShape.axes.map { "\($0)" }])
    let rows = small.interface.labelsPerExample
    #expect(
      file.outputs == ["logits": [rows == 1 ? "batch" : "\(rows)*batch", "\(small.interface.classes)"]])
    let arrays = masks.applied(to: drawn.parameters)
    for (name, tensor) in Swift.Array(arrays) + Swift.Array(drawn.buffers) {
      let stored = try #require(file[name], "\(name) of \(small.model.name)")
      #expect(stored.shape == tensor.shape.axes && stored.type == 1)
      #expect(stored.floats.map(\.bitPattern) == tensor.scalars.map(\.bitPattern))
    }
    #expect(!file.nodes.contains { $0.operation == "Identity" })
  }

  @Test func aNumberOfExamplesCanStandInTheFile() throws {
    let drawn = try perceptron()
    let file = try reader(try ONNXFile(drawn.network, drawn.parameters, drawn.buffers, batch: .of(5)))
    #expect(file.inputs == ["inputs": ["5", "1", "2", "2"]])
    #expect(file.outputs == ["logits": ["5", "2"]])
    #expect(file["/constant_0"]?.int64 == [5, 4])
  }

  /// An encoder adds positions to tokens without repeating them for every example, and a vision transformer repeats its class token as
  /// often as there are examples.
  @Test func nothingIsRepeatedThatNeedNotBe() throws {
    func nodes(_ name: String) throws -> [ONNXReader.Node] {
      let small = try #require(SmallModel.all.first { $0.model.name == name })
      let drawn = try DrawnNetwork(small.model, small.interface)
      return try reader(try ONNXFile(drawn.network, drawn.parameters, drawn.buffers)).nodes
    }
    let bert = try nodes("bert")
    #expect(!bert.contains { ["Expand", "Shape"].contains($0.operation) })
    #expect(
      bert.contains {
        $0.operation == "Add" && $0.inputs.contains("bert.embeddings.position_embeddings/Slice_1")
      }
        || bert.contains {
          $0.operation == "Slice" && $0.inputs.first?.contains("position_embeddings.weight") == true
        })
    #expect(try nodes("vit").count { $0.operation == "Shape" } == 1)
  }

  @Test func survivorsAndPlacesAreStoredWhereThatIsSmaller() throws {
    let small = try #require(SmallModel.all.first { $0.model.name == "lenet-300-100" })
    let drawn = try DrawnNetwork(small.model, small.interface)
    let masks = drawn.masks(density: 0.1)
    let dense = try ONNXFile(drawn.network, drawn.parameters, drawn.buffers, masks: masks)
    let sparse = try ONNXFile(
      drawn.network, drawn.parameters, drawn.buffers, masks: masks, isSparse: true)
    let file = try reader(sparse)
    #expect(file.isInOrder)
    #expect(sparse.count < dense.count / 2)
    for (values, places, shape) in file.sparse {
      let mask = try #require(masks[values.name]), weight = try #require(drawn.parameters[values.name])
      #expect(shape == weight.shape.axes && values.shape == [mask.keptCount] && places.shape == values.shape)
      var scattered = Tensor(repeating: 0, weight.shape)
      for (place, value) in zip(places.int64, values.floats) { scattered.scalars[place] = value }
      #expect(scattered == mask.applied(to: weight))
    }
    #expect(Set(file.sparse.map(\.values.name)) == ["fc1.weight", "fc2.weight", "fc3.weight"])
    #expect(file["fc1.bias"] != nil)
  }

  @Test func theSameNetworkGivesTheSameBytesInAFileOfItsOwn() throws {
    let drawn = try perceptron(), folder = try TemporaryFolder()
    let file = try ONNXFile(drawn.network, drawn.parameters, drawn.buffers)
    let path = folder.file("deep/net.onnx")
    try file.write(to: path)
    try file.write(to: path)
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    #expect(bytes == file.model.bytes && bytes.count == file.count)
    #expect(
      bytes == (try ONNXFile(drawn.network, drawn.parameters, drawn.buffers)).model.bytes)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("deep")) == ["net.onnx"])
  }

  @Test func whatCannotBeWrittenIsRefused() throws {
    func failure(_ body: () throws -> Void) -> ONNXError? {
      do {
        try body()
        return nil
      } catch { return error as? ONNXError }
    }
    let images = Interface.images([1, 4, 4], classes: 2)
    // More than 2 GB, which is told before any array is looked at.
    let large = try Network(.mlp([40_000, 20_000]), images)
    let tooLarge = failure { _ = try ONNXFile(large, ParameterSet(), ParameterSet()) }
    guard case .tooLarge(let model, let bytes) = tooLarge else {
      Issue.record("\(String(describing: tooLarge)) where the file would be too large")
      return
    }
    #expect(model == "mlp" && bytes > 1 << 31)
    #expect(tooLarge?.exitCode == .badData)
    #expect(tooLarge?.description.contains("write safetensors instead") == true)
    // Arrays of another network.
    let drawn = try perceptron()
    #expect(
      failure { _ = try ONNXFile(try Network(.mlp([3]), images), drawn.parameters, drawn.buffers) }
        == .weights(model: "mlp", reason: "fc1.weight of the parameters is shaped [3, 4], not [3, 16]"))
    // A primitive that other programs have not, and a network that does something else to other batches.
    func own(_ logits: @escaping @Sendable (Value, Interface, Scope) -> Value) throws -> Network {
      try Network(Model("own", initializer: .zeros, logits: logits), .images([2], classes: 2))
    }
    let gradient = try own { x, _, _ in x.builder.apply(ReLU.Gradient(), x, x) }
    #expect(
      failure { _ = try ONNXFile(gradient, ParameterSet(), ParameterSet()) }
        == .operation(
          model: "own", reason: "relu-gradient: is no operation that other programs have"))
    let uneven = try own { x, _, _ in x.scaled(by: 1 / Float(x.shape[0])) }
    #expect(failure { _ = try ONNXFile(uneven, ParameterSet(), ParameterSet()) } == .fixedBatch(model: "own"))
    #expect(try ONNXFile(uneven, ParameterSet(), ParameterSet(), batch: .of(3)).count > 0)
  }
}
