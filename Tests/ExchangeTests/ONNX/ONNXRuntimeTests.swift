import CoppiceAutodiff
import CoppiceExchange
import CoppiceNetworks
import CoppiceTensors
import CoppiceTestSupport
import Foundation
import Testing

/// What onnxruntime computes of our files: where Python has it and the onnx package (`$COPPICE_PYTHON` names another interpreter).
@Suite(.enabled(if: RuntimeCheck.python != nil, "needs Python with numpy, onnx and onnxruntime"))
struct ONNXRuntimeTests {
  @Test func everyModelGivesItsLogits() throws {
    let check = RuntimeCheck()
    for small in SmallModel.all {
      let drawn = try DrawnNetwork(small.model, small.interface)
      // Any number of examples, and a number that stands in the file.
      try check.add(
        small.model.name, try ONNXFile(drawn.network, drawn.parameters, drawn.buffers),
        [try drawn.run(1), try drawn.run(3)])
      try check.add(
        "\(small.model.name)-of-2",
        try ONNXFile(drawn.network, drawn.parameters, drawn.buffers, batch: .of(2)), [try drawn.run(2)])
    }
    try check.verify()
  }

  @Test func maskedModelsGiveTheirLogits() throws {
    let check = RuntimeCheck()
    for small in SmallModel.all {
      let drawn = try DrawnNetwork(small.model, small.interface)
      let masks = drawn.masks(density: 0.2)
      let run = try drawn.run(2, masks: masks)
      try check.add(
        small.model.name, try ONNXFile(drawn.network, drawn.parameters, drawn.buffers, masks: masks), [run])
      // The full check knows sparse arrays of some operators alone; onnxruntime knows all.
      try check.add(
        "\(small.model.name)-sparse",
        try ONNXFile(drawn.network, drawn.parameters, drawn.buffers, masks: masks, isSparse: true),
        isChecked: false, [run])
    }
    try check.verify()
  }

  /// Units that say nothing under masks are gone; a layer normalisation still has statistics of the whole row.
  @Test func compactedModelsGiveTheirLogits() throws {
    let check = RuntimeCheck()
    var whole: [String] = []
    for small in SmallModel.all {
      let drawn = try DrawnNetwork(small.model, small.interface)
      let masks = try drawn.masksOfUnits()
      let compacted = try Compacted(drawn.network, masks: masks)
      let smaller = DrawnNetwork(
        try compacted.apply(to: drawn.network), compacted.sliced(masks.applied(to: drawn.parameters)),
        compacted.sliced(drawn.buffers))
      if compacted.kept.isEmpty { whole.append(small.model.name) }
      try check.add(
        small.model.name, try ONNXFile(smaller.network, smaller.parameters, smaller.buffers),
        [try smaller.run(2)])
    }
    // Some small models have no units that could go.
    #expect(whole.count < 6, "\(whole)")
    try check.verify()
  }

  /// Each primitive by itself, on what the contract tests run it on.
  @Test func everyPrimitiveIsWhatItsOperatorsAre() throws {
    let check = RuntimeCheck()
    for primitive in Primitives.all where primitive is any ExportablePrimitive.Type {
      for (index, sample) in primitive.samples.enumerated() {
        // Rows outside a table are an error there.
        if sample.primitive is GatherRows, index > 0 { continue }
        let graph = try Graph.trace { builder in
          let inputs = sample.types.enumerated().map { builder.input("input_\($0)", $1.shape, $1.element) }
          builder.output("output", builder.firstOutput(of: sample.primitive, inputs))
        }
        let arrays = sample.draw()
        let named = Dictionary(uniqueKeysWithValues: arrays.enumerated().map { ("input_\($0)", $1) })
        let wanted = try #require(try Interpreter.outputs(of: graph, named)["output"])
        let list = try OperatorList(graph)
        let inputs = sample.types.enumerated().map { ("input_\($0)", RuntimeCheck.Array($1, arrays[$0])) }
        try check.add(
          "\(primitive.name)-\(index)", ONNXFile(list, name: primitive.name), tolerance: 1e-5,
          [
            (
              Dictionary(uniqueKeysWithValues: inputs),
              ["output": RuntimeCheck.Array(graph.type(of: graph.outputs[0].value), wanted)]
            )
          ])
      }
    }
    try check.verify()
  }

  /// The models as they are published; a run of minutes, by hand: COPPICE_LARGE=1.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["COPPICE_LARGE"] != nil))
  func fullSizesGiveTheirLogits() throws {
    for small in SmallModel.all {
      let check = RuntimeCheck()
      let drawn = try DrawnNetwork(small.full.model, small.full.interface)
      try check.add(
        small.model.name, try ONNXFile(drawn.network, drawn.parameters, drawn.buffers), [try drawn.run(1)])
      try check.verify()
    }
  }
}

extension GraphBuilder {
  fileprivate func firstOutput(of primitive: any Primitive, _ inputs: [Value]) -> Value {
    applyAll(primitive, inputs)[0]
  }
}

extension DrawnNetwork {
  /// Masks under which a third of the units of every prunable weight are 0, with their biases and normalisations.
  fileprivate func masksOfUnits() throws -> MaskSet {
    let graph = try network.forward(batch: 1, isTraining: false)
    var masks = network.fullMasks
    for name in network.prunable {
      guard var mask = masks[name], mask.shape[0] > 2 else { continue }
      let row = mask.count / mask.shape[0]
      var units = Mask(keepingAll: [mask.shape[0]])
      for unit in 0..<mask.shape[0] where unit % 3 == 1 {
        units.bytes[unit] = 0
        for place in unit * row..<(unit + 1) * row { mask.bytes[place] = 0 }
      }
      masks[name] = mask
      for companion in graph.companions(of: name) { masks.setCompanion(companion, units) }
    }
    return masks
  }
}
