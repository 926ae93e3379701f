import CoppiceAutodiff
import CoppiceExchange
import CoppiceNetworks
import CoppiceTensors
import CoppiceTestSupport
import Foundation
import Testing

/// Layers as codes in ONNX's form of quantised networks.
struct QuantisedOperatorsTests {
  /// A network of one layer, what it is quantised to, and what it computes in codes.
  struct Layer {
    let drawn: DrawnNetwork
    var quantisation = Quantisation()
    /// Whether the layer is a convolution with a batch normalisation behind it.
    let isNormalized: Bool
    let epsilon: Float = 1e-5

    init(
      _ interface: Interface, bits: Int = 8, input: AffineCode = AffineCode(below: 0.8, above: 1.1),
      isNormalized: Bool = false, changing: (inout ParameterSet) -> Void = { _ in },
      _ layer: @escaping @Sendable (Value, Scope) -> Value
    ) throws {
      let model = Model("own", initializer: .kaimingNormal) { x, _, scope in
        layer(x, scope).flattened(from: 1)
      }
      let base = try DrawnNetwork(model, interface)
      var parameters = base.parameters
      changing(&parameters)
      drawn = DrawnNetwork(base.network, parameters, base.buffers)
      self.isNormalized = isNormalized
      for name in drawn.network.prunable {
        quantisation[name] = .init(of: parameters[name] ?? Tensor(.scalar, [0]), bits: bits, input: input)
      }
    }

    func file(masks: MaskSet? = nil) throws -> ONNXFile {
      try ONNXFile(
        drawn.network, drawn.parameters, drawn.buffers, masks: masks, quantisation: quantisation)
    }

    /// The logits by whole numbers: `float(Σ code · code) · (input scale · weight scale) + bias`, and the normalisation behind.
    func logits(_ inputs: RuntimeCheck.Array) throws -> [Float] {
      let name = drawn.network.prunable[0]
      let layer = try #require(quantisation[name]), weight = try #require(drawn.parameters[name])
      let codes = try #require(quantisation.codes(name, of: weight))
      let graph = try drawn.network.forward(batch: inputs.shape[0], isTraining: false).withoutUpdates
      var leaves = [
        "inputs": ReferenceArray(
          inputs.shape,
          inputs.data.map { layer.input.rounded(Float($0)) - Float(layer.inputZero) }.map(Double.init)),
        name: ReferenceArray(weight.shape, codes.map(Double.init)),
      ]
      let product =
        graph.nodes.lastIndex { $0.primitive is Affine || $0.primitive is CoppiceAutodiff.Convolution } ?? 0
      for (name, tensor) in Swift.Array(drawn.parameters) + Swift.Array(drawn.buffers)
      where leaves[name] == nil { leaves[name] = ReferenceArray(repeating: 0, tensor.shape) }
      let sums = try #require(try Interpreter.run(graph, leaves)[ValueID(node: product)])
      let bias = drawn.parameters[name.replacingOccurrences(of: "weight", with: "bias")]
      let outputs = weight.shape[0]
      let inner = sums.shape.rank == 4 ? sums.shape[2] * sums.shape[3] : 1
      func channel(_ name: String, _ index: Int) -> Float {
        (drawn.parameters[name] ?? drawn.buffers[name])?.scalars[index] ?? .nan
      }
      return sums.scalars.enumerated().map { place, sum in
        let output = place / inner % outputs
        let y = Float(sum) * (layer.inputScale * layer.weight[output]) + (bias?.scalars[output] ?? 0)
        guard isNormalized else { return y }
        let factor = channel("bn.weight", output) / (channel("bn.running_var", output) + epsilon).squareRoot()
        return (y - channel("bn.running_mean", output)) * factor + channel("bn.bias", output)
      }
    }
  }

  private static func linear(bits: Int = 8) throws -> Layer {
    try Layer(.images([7], classes: 5), bits: bits) { x, scope in Linear(5)(x, scope["fc"]) }
  }

  private static func normalized(changing: (inout ParameterSet) -> Void = { _ in }) throws -> Layer {
    try Layer(.images([2, 6, 6], classes: 36), isNormalized: true, changing: changing) { x, scope in
      BatchNormalization()(
        Convolution(4, kernel: 3, stride: 2, padding: 1, hasBias: false)(x, scope["conv"]), scope["bn"])
    }
  }

  private func reader(_ layer: Layer, masks: MaskSet? = nil) throws -> ONNXReader {
    try #require(ONNXReader(try layer.file(masks: masks).model.bytes))
  }

  private func codes(_ bytes: [UInt8]) -> [Int8] { bytes.map { Int8(bitPattern: $0) } }

  @Test func aLinearLayerReadsCodes() throws {
    let layer = try Self.linear(), file = try reader(layer)
    #expect(file.isInOrder)
    #expect(
      file.nodes.map(\.operation)
        == ["QuantizeLinear", "DequantizeLinear", "DequantizeLinear", "DequantizeLinear", "Gemm"])
    let scales = try #require(layer.quantisation["fc.weight"])
    let weight = try #require(layer.drawn.parameters["fc.weight"])
    let stored = try #require(file["fc.weight_quantized"])
    #expect(stored.type == 3 && stored.shape == [5, 7])
    #expect(codes(stored.bytes) == layer.quantisation.codes("fc.weight", of: weight))
    #expect(file["fc.weight_scale"]?.floats == scales.weight)
    #expect(file["fc.weight_zero_point"]?.bytes == [0, 0, 0, 0, 0])
    #expect(file["fc.weight_input_scale"]?.floats == [scales.inputScale])
    #expect(file["fc.weight_input_zero_point"]?.bytes == [scales.inputZero])
    let bias = try #require(layer.drawn.parameters["fc.bias"]), steps = try #require(file["fc.bias_scale"])
    #expect(steps.floats == scales.weight.map { $0 * scales.inputScale })
    for (place, code) in try #require(file["fc.bias_quantized"]).int32.enumerated() {
      let step = Double(steps.floats[place])
      #expect(abs(Double(code) * step - Double(bias.scalars[place])) <= step * 0.5001)
    }
    #expect(file["fc.weight"] == nil && file["fc.bias"] == nil)
  }

  @Test func weightsOfFourBitsMeetFloats() throws {
    let file = try reader(try Self.linear(bits: 4))
    #expect(file.nodes.map(\.operation) == ["DequantizeLinear", "Gemm"])
    let stored = codes(try #require(file["fc.weight_quantized"]).bytes)
    #expect(stored.allSatisfy { (-7...7).contains($0) } && stored.contains { $0.magnitude == 7 })
    #expect(file["fc.bias"] != nil)
  }

  @Test func aNormalizationGoesIntoScalesAndBias() throws {
    let layer = try Self.normalized { $0["bn.weight"] = Tensor([4], [1.5, -0.5, 0, 1]) }
    let file = try reader(layer)
    #expect(file.nodes.map(\.operation).contains("Conv"))
    #expect(!file.nodes.map(\.operation).contains("BatchNormalization"))
    let weight = try #require(layer.drawn.parameters["conv.weight"])
    let plain = try #require(layer.quantisation.codes("conv.weight", of: weight))
    let stored = codes(try #require(file["conv.weight_quantized"]).bytes)
    let variance = try #require(layer.drawn.buffers["bn.running_var"]).scalars
    let scales = try #require(layer.quantisation["conv.weight"]).weight
    let found = try #require(file["conv.weight_scale"]).floats
    for (row, sign) in [1, -1, 0, 1].enumerated() {
      for place in row * 18..<(row + 1) * 18 { #expect(Int(stored[place]) == sign * Int(plain[place])) }
      #expect(found[row] > 0)
      if sign == 0 { continue }
      let gamma: [Float] = [1.5, 0.5, 0, 1]
      #expect(abs(found[row] / (scales[row] * gamma[row] / (variance[row] + 1e-5).squareRoot()) - 1) < 1e-6)
    }
    #expect(file["bn.weight"] == nil && file["bn.running_mean"] == nil)
  }

  /// A unit whose weights are all pruned still has its bias: its scale is one that holds it.
  @Test func aRowOfZerosKeepsItsBias() throws {
    let layer = try Self.linear()
    var mask = Mask(keepingAll: [5, 7])
    for place in 0..<7 { mask.bytes[7 + place] = 0 }
    let file = try reader(layer, masks: MaskSet([("fc.weight", mask)]))
    let stored = codes(try #require(file["fc.weight_quantized"]).bytes)
    #expect(stored[7..<14].allSatisfy { $0 == 0 })
    let bias = try #require(layer.drawn.parameters["fc.bias"]).scalars[1]
    let code = try #require(file["fc.bias_quantized"]).int32[1]
    let step = try #require(file["fc.bias_scale"]).floats[1]
    #expect(abs(Double(code) * Double(step) / Double(bias) - 1) < 1e-6)
  }

  /// A bias beyond what 32 bits hold in steps of tiny weights stays what it is.
  @Test func aBiasThatIsTooLargeForItsCodesStaysAFloat() throws {
    let layer = try Layer(
      .images([7], classes: 5),
      changing: { parameters in
        parameters["fc.weight"] = Tensor(repeating: 1e-12, [5, 7])
        parameters["fc.bias"] = Tensor(repeating: 1, [5])
      }
    ) { x, scope in Linear(5)(x, scope["fc"]) }
    let file = try reader(layer)
    #expect(file["fc.bias_quantized"] == nil)
    #expect(file["fc.bias_folded"]?.floats == [1, 1, 1, 1, 1])
    #expect(file.isInOrder)
  }

  /// Queries, keys and values read one array: it is rounded once.
  @Test func anInputThatManyReadBecomesCodesOnce() throws {
    let small = try #require(SmallModel.all.first { $0.model.name == "bert" })
    let drawn = try DrawnNetwork(small.model, small.interface)
    let quantisation = Quantisation(
      drawn.network.prunable.map { name in
        (
          name,
          .init(of: drawn.parameters[name] ?? Tensor(.scalar, [0]), input: AffineCode(below: 2, above: 2))
        )
      })
    let file = try #require(
      ONNXReader(
        try ONNXFile(drawn.network, drawn.parameters, drawn.buffers, quantisation: quantisation).model.bytes))
    #expect(file.isInOrder)
    // Two blocks with one input for three projections, one for the projection back and one for each linear layer; pooler and classifier.
    #expect(file.nodes.count { $0.operation == "QuantizeLinear" } == 2 * 4 + 2)
    #expect(
      file.nodes.count { $0.operation == "DequantizeLinear" } == 2 * 4 + 2 + 2 * drawn.network.prunable.count)
  }

  /// onnxruntime's numbers of one layer, as codes of the next layer's input, are at most one code apart from those of whole numbers.
  @Test(.enabled(if: RuntimeCheck.python != nil, "needs Python with numpy, onnx and onnxruntime"))
  func aLayerIsAtMostOneCodeApartInTheRuntime() throws {
    let check = RuntimeCheck()
    let wide = AffineCode(below: 0.4, above: 2.2), positive = AffineCode(below: 0, above: 1)
    let layers: [(String, Layer)] = [
      ("linear", try Self.linear()),
      (
        "wide",
        try Layer(.images([300], classes: 40), input: wide) { x, scope in Linear(40)(x, scope["fc"]) }
      ),
      (
        "without-bias",
        try Layer(.images([65], classes: 9), input: positive) { x, scope in
          Linear(9, hasBias: false)(x, scope["fc"])
        }
      ),
      (
        "convolution",
        try Layer(.images([8, 9, 7], classes: 12 * 9 * 7), input: wide) { x, scope in
          Convolution(12, kernel: 3, padding: 1)(x, scope["conv"])
        }
      ),
      (
        "grouped",
        try Layer(.images([8, 9, 7], classes: 16 * 4 * 3)) { x, scope in
          Convolution(16, kernel: 3, stride: 2, groups: 4)(x, scope["conv"])
        }
      ), ("normalized", try Self.normalized()),
      ("negated", try Self.normalized { $0["bn.weight"] = Tensor([4], [1.5, -0.5, 0, 1]) }),
    ]
    for (name, layer) in layers {
      let inputs = layer.drawn.examples(6)
      let logits = try layer.logits(inputs)
      let code = AffineCode(below: -(logits.min() ?? 0), above: logits.max() ?? 0)
      try check.add(
        name, try layer.file(), tolerance: 1, codes: code,
        [(["inputs": inputs], ["logits": RuntimeCheck.Array([6, logits.count / 6], logits)])])
    }
    try check.verify()
  }
}
