import CoppiceTensors

/// A primitive whose output has one part for each example, along its first axis: each part depends on the same part of the inputs
/// `examplewiseInputs` and on no other part of them; other inputs are read whole.
package protocol ExamplewisePrimitive: Primitive {
  var examplewiseInputs: [Int] { get }
}

extension ExamplewisePrimitive {
  package var examplewiseInputs: [Int] { [0] }
}

/// Several operations on a batch, done on a few of its examples at a time, so that what lies between them takes little memory and
/// stays in the cache. `Graph.inMicroBatches` puts them together. It serves evaluation alone: no gradient passes through.
package struct MicroBatches: Primitive {
  package static let name = "micro-batches"

  /// The operations on one micro-batch: input "k" is a part of input k, or all of it; the one output belongs to the last node.
  let graph: Graph
  /// Micro-batches in a batch.
  let count: Int
  /// Which inputs come in parts.
  let isExamplewise: [Bool]

  init(_ graph: Graph, count: Int, isExamplewise: [Bool]) {
    self.graph = graph
    self.count = count
    self.isExamplewise = isExamplewise
  }

  private var output: ValueID { graph.outputs[0].value }

  /// Of the leaf that a node of the micro-batch's graph is: which input it stands for.
  private func argument(_ node: Graph.Node) -> Int? { node.leaf?.name.flatMap { Int($0) } }

  package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
    for node in graph.nodes {
      guard let index = argument(node) else { continue }
      let wanted = isExamplewise[index] ? node.outputs[0].times(count) : node.outputs[0]
      guard inputs.count == isExamplewise.count, inputs[index] == wanted else {
        throw ShapeError("\(inputs.listed) do not fall into \(count) micro-batches")
      }
    }
    return [graph.type(of: output).times(count)]
  }

  /// Where an operand of a step lies for micro-batch i: `offset` bytes into scratch memory, or i · `stride` bytes into an argument.
  private enum Operand {
    case scratch(offset: Int)
    case argument(Int, stride: Int)
  }

  private struct Step {
    let kernel: Kernel
    let operands: [Operand]
    let inputCount: Int
  }

  package func kernel(for signature: Signature) -> Kernel {
    let plan = Plan(graph)
    var operands: [Plan.Location: Operand] = [:]
    for (index, node) in graph.nodes.enumerated() {
      guard let input = argument(node), let leaf = plan.locations[ValueID(node: index)] else { continue }
      operands[leaf] = .argument(input, stride: isExamplewise[input] ? node.outputs[0].size : 0)
    }
    let result = Operand.argument(isExamplewise.count, stride: graph.type(of: output).size)
    let steps = plan.steps.map { step in
      let places = step.operands.enumerated().map { index, location in
        if step.node == output.node, index == step.inputCount { return result }
        guard case .arena(let offset) = location else { return operands[location] ?? result }
        return .scratch(offset: offset)
      }
      return Step(kernel: step.kernel, operands: places, inputCount: step.inputCount)
    }
    let between = plan.arenaSize / MemoryLayout<Float>.size
    let most = steps.map(\.operands.count).max() ?? 0
    return Kernel(units: count, scratch: between + plan.scratch) { a, microBatches in
      withUnsafeTemporaryAllocation(of: UnsafeMutableRawPointer.self, capacity: most) { pointers in
        guard let base = pointers.baseAddress else { return }
        for index in microBatches {
          for step in steps {
            for (place, operand) in step.operands.enumerated() {
              base[place] =
                switch operand {
                case .scratch(let offset): UnsafeMutableRawPointer(a.scratch) + offset
                case .argument(let argument, let stride): a.pointers[argument] + index * stride
                }
            }
            step.kernel.body(
              KernelArguments(pointers: base, inputCount: step.inputCount, scratch: a.scratch + between),
              0..<step.kernel.units)
          }
        }
      }
    }
  }

  package func flops(for signature: Signature) -> Int {
    graph.nodes.indices.reduce(0) {
      $0 + count * (graph.nodes[$1].primitive?.flops(for: graph.signature(of: $1)) ?? 0)
    }
  }

  package func reference(_ inputs: [ReferenceArray], _ signature: Signature) -> [ReferenceArray] {
    var y: [Double] = []
    for index in 0..<count {
      var leaves: [String: ReferenceArray] = [:]
      for node in graph.nodes {
        guard let input = argument(node) else { continue }
        let shape = node.outputs[0].shape
        let first = isExamplewise[input] ? index * shape.count : 0
        leaves["\(input)"] = ReferenceArray(shape, Array(inputs[input].scalars[first..<first + shape.count]))
      }
      if let part = try? Interpreter.run(graph, leaves)[output] { y += part.scalars }
    }
    return [ReferenceArray(signature.output(), y)]
  }

  package static func == (a: Self, b: Self) -> Bool {
    a.count == b.count && a.isExamplewise == b.isExamplewise && a.operations == b.operations
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(count)
    hasher.combine(operations)
  }

  /// What the graph computes, for comparisons.
  private var operations: [[AnyHashable]] {
    graph.nodes.map { node in
      [
        node.primitive.map { AnyHashable($0) } ?? AnyHashable(node.leaf), AnyHashable(node.inputs),
        node.outputs,
      ]
    }
  }

  package static let samples = [
    sample(3, [[6, 2, 5, 6], [3, 2, 3, 3], [3]], isExamplewise: [true, false, false]) {
      $0[0].convolution($0[1], bias: $0[2], padding: 1, rectifies: true).maxPooled(2)
    },
    sample(2, [[4, 6], [4, 6]], isExamplewise: [true, true]) {
      let sum = $0[0] + $0[1]
      return sum.relu * sum.exponential
    },
  ]

  /// These operations in so many micro-batches.
  private static func sample(
    _ count: Int, _ shapes: [Shape], isExamplewise: [Bool], _ operations: ([Value]) -> Value
  ) -> Sample {
    let builder = GraphBuilder()
    let arguments = shapes.enumerated().map { index, shape in
      builder.input(
        "\(index)", isExamplewise[index] ? Shape([shape[0] / count] + shape.axes.dropFirst()) : shape)
    }
    builder.output("y", operations(arguments))
    return Sample(
      MicroBatches(builder.graph, count: count, isExamplewise: isExamplewise),
      shapes.map(Sample.Input.uniform))
  }
}

extension MicroBatches: CustomReflectable {
  package var customMirror: Mirror {
    Mirror(self, children: ["count": count, "operations": graph.nodes.compactMap { $0.primitive?.name }])
  }
}

extension ValueType {
  /// `count` arrays of this type behind each other along the first axis.
  fileprivate func times(_ count: Int) -> ValueType {
    ValueType(Shape([shape[0] * count] + shape.axes.dropFirst()), element)
  }
}
