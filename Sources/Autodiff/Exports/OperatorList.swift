import CoppiceTensors

/// A graph in the operators of other programs, in an order in which they can run.
package struct OperatorList: Hashable, Sendable {
  /// An array that goes in or comes out, or that is kept: its name, extents and elements.
  package struct Port: Hashable, Sendable {
    package let name: String
    package var extents: [Extent]
    package let element: ElementType
  }

  /// The operators; `Operand.result` names them by their place.
  package internal(set) var operators: [Operator] = []
  /// What is read before a run.
  package internal(set) var inputs: [Port] = []
  /// The parameters and states that are read, in the order of the graph.
  package internal(set) var constants: [Port] = []
  /// What comes out, and the operand that it is.
  package internal(set) var outputs: [Port] = []
  package internal(set) var results: [Operand] = []

  init() {}

  /// The operators of a graph's outputs, those of these names. Its updates are left out.
  /// - Throws: `TraceError` where a primitive has no such form.
  package init(_ graph: Graph, outputs names: [String]? = nil) throws {
    var graph = graph
    graph.outputs.removeAll { names?.contains($0.name) == false }
    graph = graph.withoutUpdates.removingDeadNodes { _ in false }
    let found = try add(graph) { $0.name.map { .leaf($0) } }
    for (output, operand) in zip(graph.outputs, found) {
      outputs.append(Port(output.name, graph.type(of: output.value)))
      results.append(operand)
    }
    tidy()
    let read = Set(operators.flatMap(\.inputs) + results)
    for node in graph.nodes {
      guard let leaf = node.leaf, let name = leaf.name, read.contains(.leaf(name)) else { continue }
      let port = Port(name, node.outputs[0])
      if case .input = leaf { inputs.append(port) } else { constants.append(port) }
    }
  }

  mutating func append(_ next: Operator) -> Operand {
    operators.append(next)
    return .result(operators.count - 1)
  }

  /// Adds the operators of a graph and gives what stands for its outputs.
  /// - Parameter leaf: what stands for a leaf that is no constant.
  mutating func add(_ graph: Graph, leaf: (Graph.Leaf) -> Operand?) throws -> [Operand] {
    var operands: [ValueID: Operand] = [:]
    // What a value repeats along leading axes, where it is such a repetition.
    var repeated: [ValueID: Operand] = [:]
    for (index, node) in graph.nodes.enumerated() {
      let id = ValueID(node: index)
      switch node.operation {
      case .leaf(.constant(let value)):
        let (number, extents) = (Operand.number(value), node.outputs[0].shape.axes)
        operands[id] =
          extents.isEmpty
          ? number
          : append(Operator("Expand", [number, .extents(extents.map { Extent($0) })], scope: node.scope))
        repeated[id] = number
      case .leaf(let kind):
        operands[id] = leaf(kind)
      case .primitive(let primitive):
        guard let exportable = primitive as? any ExportablePrimitive else {
          throw TraceError(
            scope: node.scope, primitive: primitive.name, problem: "is no operation that other programs have")
        }
        var inputs = try node.inputs.map { input in
          guard let operand = operands[input] else {
            throw TraceError(
              scope: node.scope, primitive: primitive.name,
              problem: "reads what other programs do not compute: output \(input.output) of "
                + (graph.nodes[input.node].primitive?.name ?? "a leaf"))
          }
          return operand
        }
        if exportable.repeatsInputs {
          // One of them is whole, so that the output is.
          let whole = node.inputs.firstIndex { repeated[$0] == nil } ?? 0
          for place in inputs.indices where place != whole {
            inputs[place] = repeated[node.inputs[place]] ?? inputs[place]
          }
        }
        let source = node.inputs.first
        if let source, exportable.isRepetition(of: repeated[source] != nil) {
          repeated[id] = repeated[source] ?? operands[source]
        }
        var call = OperatorCall(graph.signature(of: index), inputs, self, scope: node.scope)
        operators = []
        let outputs = try exportable.operators(&call)
        self = call.list
        for (output, operand) in outputs.enumerated() {
          operands[ValueID(node: index, output: output)] = operand
        }
      }
    }
    return try graph.outputs.map { output in
      guard let operand = operands[output.value] else {
        throw TraceError(primitive: output.name, problem: "is nothing that other programs compute")
      }
      return operand
    }
  }

  /// Makes each operator once on the same inputs, and drops those whose output nobody reads.
  private mutating func tidy() {
    var isRead = [Bool](repeating: false, count: operators.count)
    func mark(_ operand: Operand) { if case .result(let place) = operand { isRead[place] = true } }
    results.forEach(mark)
    for place in operators.indices.reversed() where isRead[place] { operators[place].inputs.forEach(mark) }
    var moved = [Int](repeating: -1, count: operators.count)
    var kept: [Operator] = []
    var known: [Operator: Int] = [:]
    func renamed(_ operand: Operand) -> Operand {
      if case .result(let place) = operand { .result(moved[place]) } else { operand }
    }
    for (place, var next) in operators.enumerated() where isRead[place] {
      next.inputs = next.inputs.map(renamed)
      let key = Operator(next.name, next.inputs, next.attributes)
      moved[place] = known[key] ?? kept.count
      guard known[key] == nil else { continue }
      known[key] = kept.count
      kept.append(next)
    }
    operators = kept
    results = results.map(renamed)
  }
}

extension OperatorList.Port {
  init(_ name: String, _ type: ValueType) {
    self.init(name: name, extents: type.shape.axes.map { Extent($0) }, element: type.element)
  }
}
