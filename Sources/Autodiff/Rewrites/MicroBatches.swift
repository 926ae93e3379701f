import CoppiceTensors

/// Several operations on a batch, done on a few of its examples at a time. What lies between the operations then takes little
/// memory and stays in the cache. `Graph.inMicroBatches` puts them together. It serves evaluation alone and has no gradient.
package struct MicroBatches: UndifferentiablePrimitive {
  package static let name = "micro-batches"

  /// Examples of a batch.
  let batch: Int
  /// Micro-batches in it, as equal as can be.
  let count: Int
  /// Which inputs come example by example; others are read whole.
  let isExamplewise: [Bool]
  /// The operations on a micro-batch of either size, the smaller first: input "k" is a part of input k or all of it, and the
  /// output is the last node's.
  let graphs: [Graph]

  init?(batch: Int, count: Int, isExamplewise: [Bool], _ graph: (_ examples: Int) -> Graph?) {
    (self.batch, self.count, self.isExamplewise) = (batch, count, isExamplewise)
    let sizes = batch % count == 0 ? [batch / count] : [batch / count, batch / count + 1]
    graphs = sizes.compactMap(graph)
    guard graphs.count == sizes.count else { return nil }
  }

  /// The operations in order, each with the part of the model that it is in.
  package var operations: [(primitive: String, scope: String)] {
    graphs[0].nodes.compactMap { node in node.primitive.map { ($0.name, node.scope) } }
  }

  /// The examples of micro-batch `index`.
  private func examples(_ index: Int) -> Range<Int> {
    index * batch / count..<(index + 1) * batch / count
  }

  /// Which input a node of such a graph stands for.
  private static func input(_ node: Graph.Node) -> Int? { node.leaf?.name.flatMap { Int($0) } }

  package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
    let graph = graphs[0]
    func whole(_ type: ValueType) -> ValueType {
      ValueType(Shape([batch] + type.shape.axes.dropFirst()), type.element)
    }
    for node in graph.nodes {
      guard let input = Self.input(node) else { continue }
      let wanted = isExamplewise[input] ? whole(node.outputs[0]) : node.outputs[0]
      guard inputs.count == isExamplewise.count, inputs[input] == wanted else {
        throw ShapeError("\(inputs.listed) are no batch of \(batch)")
      }
    }
    return [whole(graph.type(of: graph.outputs[0].value))]
  }

  /// Where an operand of a step lies: `offset` bytes into scratch memory, or in an argument, `stride` bytes an example.
  private enum Operand {
    case scratch(offset: Int)
    case argument(Int, stride: Int)
  }

  private struct Step {
    let kernel: Kernel
    let operands: [Operand]
    let inputCount: Int
  }

  /// The steps of a plan for so many examples.
  private func steps(_ plan: Plan, examples: Int) -> [Step] {
    let output = plan.graph.outputs[0].value
    var leaves: [Plan.Location: Operand] = [:]
    for (index, node) in plan.graph.nodes.enumerated() {
      guard let input = Self.input(node), let leaf = plan.locations[ValueID(node: index)] else { continue }
      leaves[leaf] = .argument(input, stride: isExamplewise[input] ? node.outputs[0].size / examples : 0)
    }
    let result = Operand.argument(isExamplewise.count, stride: plan.graph.type(of: output).size / examples)
    return plan.steps.map { step in
      let operands = step.operands.enumerated().map { place, location in
        // Nothing reads the output here, so it need not pass through scratch memory.
        if step.node == output.node, place == step.inputCount { return result }
        switch location {
        case .arena(let offset): return Operand.scratch(offset: offset)
        case .leaf:
          guard let leaf = leaves[location] else { preconditionFailure("a leaf that is no input") }
          return leaf
        }
      }
      return Step(kernel: step.kernel, operands: operands, inputCount: step.inputCount)
    }
  }

  package func kernel(for signature: Signature) -> Kernel {
    let plans = graphs.map(Plan.init)
    let programs = plans.enumerated().map { steps($1, examples: batch / count + $0) }
    let between = (plans.map(\.arenaSize).max() ?? 0) / MemoryLayout<Float>.size
    let most = programs.joined().map(\.operands.count).max() ?? 0
    return Kernel(units: count, scratch: between + (plans.map(\.scratch).max() ?? 0)) { a, microBatches in
      withUnsafeTemporaryAllocation(of: UnsafeMutableRawPointer.self, capacity: most) { pointers in
        guard let base = pointers.baseAddress else { return }
        for index in microBatches {
          let examples = examples(index)
          for step in programs[examples.count - batch / count] {
            for (place, operand) in step.operands.enumerated() {
              base[place] =
                switch operand {
                case .scratch(let offset): UnsafeMutableRawPointer(a.scratch) + offset
                case .argument(let index, let stride): a.pointers[index] + examples.lowerBound * stride
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
    (0..<count).reduce(0) { sum, index in
      let graph = graphs[examples(index).count - batch / count]
      return graph.nodes.indices.reduce(sum) {
        $0 + (graph.nodes[$1].primitive?.flops(for: graph.signature(of: $1)) ?? 0)
      }
    }
  }

  package func reference(_ inputs: [ReferenceArray], _ signature: Signature) -> [ReferenceArray] {
    var y: [Double] = []
    for examples in (0..<count).map(examples) {
      let graph = graphs[examples.count - batch / count]
      var leaves: [String: ReferenceArray] = [:]
      for node in graph.nodes {
        guard let input = Self.input(node) else { continue }
        let shape = node.outputs[0].shape
        let first = isExamplewise[input] ? shape.count / examples.count * examples.lowerBound : 0
        leaves["\(input)"] = ReferenceArray(shape, Array(inputs[input].scalars[first..<first + shape.count]))
      }
      y += (try? Interpreter.outputs(of: graph, leaves))?[graph.outputs[0].name]?.scalars ?? []
    }
    return [ReferenceArray(signature.output(), y)]
  }

  package static func == (a: Self, b: Self) -> Bool {
    a.batch == b.batch && a.count == b.count && a.isExamplewise == b.isExamplewise
      && a.computations == b.computations
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(batch)
    hasher.combine(count)
    hasher.combine(computations)
  }

  /// What the graphs compute, for comparisons.
  private var computations: [[AnyHashable]] {
    graphs[0].outputs.map { [$0.value] }
      + graphs[0].nodes.map { node in
        [
          node.primitive.map { AnyHashable($0) } ?? AnyHashable(node.leaf), AnyHashable(node.inputs),
          node.outputs,
        ]
      }
  }

  package static let samples = [
    sample([[5, 2, 5, 6], [3, 2, 3, 3], [3]], count: 3, isExamplewise: [true, false, false]) {
      $0[0].convolution($0[1], bias: $0[2], padding: 1, rectifies: true).maxPooled(2)
    },
    sample([[4, 6], [4, 6]], count: 2, isExamplewise: [true, true]) {
      let sum = $0[0] + $0[1]
      return sum.relu * sum.exponential
    },
  ].compactMap(\.self)

  /// These operations in so many micro-batches.
  private static func sample(
    _ shapes: [Shape], count: Int, isExamplewise: [Bool], _ operations: ([Value]) -> Value
  ) -> Sample? {
    MicroBatches(batch: shapes[0][0], count: count, isExamplewise: isExamplewise) { examples in
      let builder = GraphBuilder()
      let inputs = shapes.enumerated().map { index, shape in
        builder.input(
          "\(index)", isExamplewise[index] ? Shape([examples] + shape.axes.dropFirst()) : shape)
      }
      builder.output("y", operations(inputs))
      return builder.graph
    }.map { Sample($0, shapes.map(Sample.Input.uniform)) }
  }
}

extension MicroBatches: CustomReflectable {
  package var customMirror: Mirror {
    Mirror(
      self, children: ["count": count, "operations": graphs[0].nodes.compactMap { $0.primitive?.name }])
  }
}
