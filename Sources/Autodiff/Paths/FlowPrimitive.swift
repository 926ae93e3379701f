import CoppiceTensors

/// A primitive through which magnitudes flow: of inputs that are nowhere negative it makes outputs that are nowhere negative
/// and grow with the inputs in proportion. A network of these is the sum over all its paths of the product of their weights.
package protocol FlowPrimitive: Primitive {
  /// What it makes of magnitudes, without what is added to them (a bias, a shift) and without statistics.
  func flow(_ inputs: [Value]) -> [Value]
}

extension FlowPrimitive {
  /// The primitive itself.
  package func flow(_ inputs: [Value]) -> [Value] { inputs[0].builder.applyAll(self, inputs) }
}

/// What magnitudes do not flow through.
package struct FlowError: Error, Hashable {
  package let primitive: String
  package let scope: String
}

extension GraphBuilder {
  /// The flow of magnitudes through what leads to a value: the same operations on the magnitudes of their leaves, with one
  /// number in every element of every input.
  ///
  /// - Parameters:
  ///   - input: the number, a scalar.
  ///   - parameter: gives the magnitudes of a parameter; `nil` leaves it to be taken here.
  /// - Returns: the flow, or which primitive on the way is no `FlowPrimitive`.
  package func flow(
    to end: Value, from input: Value, parameter: (String) -> Value?
  ) -> Result<Value, FlowError> {
    let graph = graph
    var isNeeded = [Bool](repeating: false, count: max(0, end.id.node + 1))
    if failure == nil { isNeeded[end.id.node] = true }
    for index in isNeeded.indices.reversed() where isNeeded[index] {
      for source in graph.nodes[index].inputs { isNeeded[source.node] = true }
    }
    var values: [ValueID: Value] = [:]
    for index in isNeeded.indices where isNeeded[index] {
      let node = graph.nodes[index]
      let shape = node.outputs[0].shape
      switch node.operation {
      case .leaf(.input): values[ValueID(node: index)] = constant(1, shape) * input
      case .leaf(.parameter(let name)):
        values[ValueID(node: index)] = parameter(name) ?? self.parameter(name, shape).magnitude
      case .leaf(.state): values[ValueID(node: index)] = constant(0, shape)
      case .leaf(.constant(let number)): values[ValueID(node: index)] = constant(number.magnitude, shape)
      case .primitive(let primitive):
        guard let flowing = primitive as? any FlowPrimitive else {
          return .failure(FlowError(primitive: primitive.name, scope: node.scope))
        }
        let outputs = within(node.scope) { flowing.flow(node.inputs.compactMap { values[$0] }) }
        for (output, value) in outputs.enumerated() { values[ValueID(node: index, output: output)] = value }
      }
    }
    return .success(values[end.id] ?? constant(0))
  }
}
