import CoppiceTensors

/// A primitive that other programs can run: it says which of their operators compute it.
///
/// A fused primitive need not say more than that it is one: its definition is taken apart.
package protocol ExportablePrimitive: Primitive {
  /// Lists operators that compute it and gives what stands for its outputs. Outputs behind the last one given cannot be read.
  func operators(_ call: inout OperatorCall) throws -> [Operand]

  /// Whether an input may be smaller than the output, and is repeated along its leading axes.
  var repeatsInputs: Bool { get }

  /// Whether the output is what the input is a repetition of, repeated along leading axes.
  /// - Parameter isRepeated: whether the input is a repetition, along leading axes, of something else than itself.
  func isRepetition(of isRepeated: Bool) -> Bool
}

extension ExportablePrimitive {
  package var repeatsInputs: Bool { false }
  package func isRepetition(of isRepeated: Bool) -> Bool { false }
}

extension ExportablePrimitive where Self: FusedPrimitive {
  package func operators(_ call: inout OperatorCall) throws -> [Operand] { try call.defined(by: definition) }
}

/// A primitive that is one operator, on the same inputs.
package protocol OperatorPrimitive: ExportablePrimitive {
  /// The name of the operator.
  static var operatorName: String { get }
}

extension OperatorPrimitive {
  package func operators(_ call: inout OperatorCall) -> [Operand] {
    [call.apply(Self.operatorName, call.inputs)]
  }
}

/// What a primitive is exported from, and the list to which it adds operators.
package struct OperatorCall {
  /// The types of its inputs and outputs.
  package let signature: Signature
  /// What stands for its inputs.
  package let inputs: [Operand]
  /// The list of the whole graph.
  fileprivate(set) var list: OperatorList
  fileprivate let scope: String

  init(_ signature: Signature, _ inputs: [Operand], _ list: OperatorList, scope: String) {
    (self.signature, self.inputs, self.list, self.scope) = (signature, inputs, list, scope)
  }

  /// Adds an operator to the list and gives its output.
  package mutating func apply(
    _ name: String, _ inputs: [Operand], _ attributes: KeyValuePairs<String, Operator.Value> = [:]
  ) -> Operand {
    list.append(
      Operator(name, inputs, attributes.map { Operator.Attribute($0, $1) }, scope: scope))
  }

  /// The same elements in another shape.
  package mutating func reshape(_ x: Operand, _ shape: Shape) -> Operand {
    var x = x
    // Only the last of several shapes counts.
    if case .result(let place) = x, list.operators[place].name == "Reshape" {
      x = list.operators[place].inputs[0]
    }
    return apply("Reshape", [x, .extents(shape.axes.map { Extent($0) })])
  }

  /// The operators of a definition in simpler primitives.
  package mutating func defined(by definition: ([Value]) -> [Value]) throws -> [Operand] {
    let (types, scope) = (signature.inputs, scope)
    let graph = try Graph.trace { builder in
      let inputs = types.enumerated().map { builder.input("\($0)", $1.shape, $1.element) }
      for (index, value) in builder.within(scope, { definition(inputs) }).enumerated() {
        builder.output("\(index)", value)
      }
    }
    let inputs = inputs
    return try list.add(graph) { leaf in leaf.name.flatMap { Int($0) }.map { inputs[$0] } }
  }
}
