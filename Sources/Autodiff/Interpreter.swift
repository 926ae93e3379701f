import CoppiceTensors

/// Runs a graph node by node with the primitives' Double references: the oracle of kernels, plan and executor.
package enum Interpreter {
  /// All values of the graph. `leaves` holds inputs, parameters and states by name; a state left out has its initial value.
  package static func run(_ graph: Graph, _ leaves: [String: ReferenceArray]) throws(InterpreterError)
    -> [ValueID: ReferenceArray]
  {
    var values: [ValueID: ReferenceArray] = [:]
    for (index, node) in graph.nodes.enumerated() {
      switch node.operation {
      case .leaf(.constant(let value)):
        values[ValueID(node: index)] = ReferenceArray(repeating: Double(value), node.outputs[0].shape)
      case .leaf(let leaf):
        guard let array = leaf.name.flatMap({ leaves[$0] }) ?? leaf.initialArray(node.outputs[0].shape) else {
          throw InterpreterError(missing: leaf.name ?? "constant")
        }
        values[ValueID(node: index)] = array
      case .primitive(let primitive):
        let inputs = node.inputs.compactMap { values[$0] }
        for (output, array) in primitive.reference(inputs, graph.signature(of: index)).enumerated() {
          values[ValueID(node: index, output: output)] = array
        }
      }
    }
    return values
  }

  /// The named outputs of a graph.
  package static func outputs(of graph: Graph, _ leaves: [String: ReferenceArray]) throws(InterpreterError)
    -> [String: ReferenceArray]
  {
    let values = try run(graph, leaves)
    var outputs: [String: ReferenceArray] = [:]
    for output in graph.outputs { outputs[output.name] = values[output.value] }
    return outputs
  }

  /// A function of values, evaluated on arrays.
  static func evaluate(
    inputs: [ReferenceArray], types: [ValueType], _ function: ([Value]) -> [Value]
  ) -> [ReferenceArray] {
    let builder = GraphBuilder()
    let leaves = types.enumerated().map { builder.input("\($0)", $1.shape, $1.element) }
    let results = function(leaves)
    var named: [String: ReferenceArray] = [:]
    for (index, input) in inputs.enumerated() { named["\(index)"] = input }
    guard let values = try? run(builder.graph, named) else { return [] }
    return results.compactMap { values[$0.id] }
  }
}

/// An array the interpreter was not given.
package struct InterpreterError: Error, Hashable, CustomStringConvertible {
  package let missing: String
  package var description: String { "the interpreter was given no value for \(missing)" }
}

extension Graph.Leaf {
  fileprivate func initialArray(_ shape: Shape) -> ReferenceArray? {
    if case .state(_, let initial) = self { ReferenceArray(repeating: Double(initial), shape) } else { nil }
  }
}
