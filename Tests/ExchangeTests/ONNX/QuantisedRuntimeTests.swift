import CoppiceAutodiff
import CoppiceExchange
import CoppiceNetworks
import CoppiceTensors
import CoppiceTestSupport
import Testing

/// Whole quantised networks, by us with floats that stand for codes and by onnxruntime from our files.
@Suite(.enabled(if: RuntimeCheck.python != nil, "needs Python with numpy, onnx and onnxruntime"))
struct QuantisedRuntimeTests {
  /// The networks choose the same classes, but for two of 200 examples and those that onnxruntime itself changes where inputs move by a
  /// ten-thousandth. Single codes may differ by one, since both round what they have computed in another order, and the 53 layers of
  /// MobileNetV2 pass that on.
  @Test func quantisedModelsChooseTheSameClasses() throws {
    let check = RuntimeCheck()
    let names = ["lenet-300-100", "lenet-5", "conv-2", "resnet-20", "encoder", "bert", "vit", "mobilenet-v2"]
    for small in SmallModel.all where names.contains(small.model.name) {
      let drawn = try DrawnNetwork(small.model, small.interface)
      for bits in [8, 4] {
        let (quantisation, ranges) = try drawn.quantised(bits: bits)
        let rewritten = try FakeQuantised(bits: bits, roundsWeights: false, observes: false)
          .apply(to: drawn.network)
        let buffers = ParameterSet(
          (Swift.Array(drawn.buffers) + Swift.Array(FakeQuantised.buffers(ranges))).filter { name, _ in
            rewritten.buffers.contains { $0.name == name }
          })
        let ours = DrawnNetwork(rewritten, quantisation.applied(to: drawn.parameters), buffers)
        try check.add(
          "\(small.model.name)-\(bits)",
          try ONNXFile(
            drawn.network, quantisation.applied(to: drawn.parameters), drawn.buffers,
            quantisation: quantisation),
          tolerance: 2, choices: true, [try ours.run(200)])
      }
    }
    try check.verify()
  }
}

extension DrawnNetwork {
  /// The codes of every linear layer and convolution, with the ranges that its inputs have on some examples.
  func quantised(bits: Int) throws -> (Quantisation, ranges: ParameterSet) {
    let inputs = examples(50, seed: 11)
    let forward = try network.forward(batch: 50, isTraining: false).withoutUpdates
    var names: [String] = []
    let graph = try Graph.trace { builder in
      let replay = builder.replay(forward)
      for (index, node) in forward.nodes.enumerated() {
        guard node.primitive is any WeightProduct, let name = forward.weight(of: index),
          let input = replay[node.inputs[0]]
        else { continue }
        names.append(name)
        builder.output(name, input)
      }
    }
    let executor = Executor(Plan(graph))
    for (name, tensor) in Swift.Array(parameters) + Swift.Array(buffers) where executor.hasLeaf(name) {
      executor.write(name, tensor.scalars)
    }
    executor.write(
      "inputs", ValueType(inputs.shape, network.interface.hasTokens ? .int32 : .float32),
      ReferenceArray(inputs.shape, inputs.data))
    executor.run()
    let ranges = ParameterSet(
      names.map { name in
        let scalars = executor.output(name).scalars
        return (name, Tensor([2], [max(0, -(scalars.min() ?? 0)), max(0, scalars.max() ?? 0)]))
      })
    return (
      Quantisation(
        bits: bits, scales: Quantisation.scales(of: names, in: parameters, bits: bits), ranges: ranges),
      ranges
    )
  }
}
