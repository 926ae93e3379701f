import CoppiceAutodiff
import CoppiceTensors

/// The graph of an ONNX file, `GraphProto`, while it is made of a list of operators.
package struct ONNXGraph {
  /// The operators, in an order in which they can run.
  var operators: [Operator]
  /// What comes out of it.
  var outputs: [Operand]
  /// Arrays that operators read, by the names of leaves.
  var tensors: [ONNXTensor] = []
  private let list: OperatorList
  /// The arrays of the list's leaves.
  let leaf: (String) -> (tensor: Tensor?, mask: Mask?)
  private var name = ""
  /// The names of what operators give.
  private var results: [String] = []
  private var constants: [Operand: String] = [:]
  private var nodes: [ProtobufMessage] = []

  init(_ list: OperatorList, leaf: @escaping (String) -> (tensor: Tensor?, mask: Mask?)) {
    (self.list, operators, outputs, self.leaf) = (list, list.operators, list.results, leaf)
  }

  /// Makes nodes of the operators and arrays of the leaves that they read.
  mutating func finish(name: String) {
    self.name = name
    let read = Set(operators.flatMap(\.inputs) + outputs)
    tensors =
      list.constants.compactMap { port in
        let (tensor, mask) = leaf(port.name)
        guard read.contains(.leaf(port.name)), let tensor else { return nil }
        return ONNXTensor(port.name, tensor.shape, .floats(tensor.scalars, mask: mask))
      } + tensors
    results = operators.enumerated().map { "\($1.scope)/\($1.name)_\($0)" }
    for (output, operand) in zip(list.outputs, outputs) {
      if case .result(let place) = operand { results[place] = output.name }
    }
    for (place, next) in operators.enumerated() {
      let inputs = inputs(of: next)
      nodes.append(Self.node(next.name, inputs, results[place], next.attributes))
    }
    for (output, operand) in zip(list.outputs, outputs) {
      let name = operandName(operand)
      if name != output.name { nodes.append(Self.node("Identity", [name], output.name)) }
    }
  }

  private mutating func inputs(of next: Operator) -> [String] {
    next.inputs.enumerated().map { place, operand in
      guard case .extents(let extents) = operand, extents.contains(where: { $0.perExample != 0 }) else {
        return operandName(operand)
      }
      // One extent of a reshaped array may be left to the program.
      if next.name == "Reshape", extents.count(where: { $0.perExample != 0 }) == 1 {
        return operandName(.integers(extents.map { $0.perExample == 0 ? $0.fixed : -1 }))
      }
      return extentsOfBatch(extents)
    }
  }

  /// Extents that are computed from the number of examples.
  private mutating func extentsOfBatch(_ extents: [Extent]) -> String {
    if let known = constants[.extents(extents)] { return known }
    func added(_ graph: inout ONNXGraph, _ operation: String, _ inputs: [String]) -> String {
      let output = "/extents_\(graph.nodes.count)"
      let attributes: [Operator.Attribute] =
        switch operation {
        case "Shape": [.init("start", .integer(0)), .init("end", .integer(1))]
        case "Concat": [.init("axis", .integer(0))]
        default: []
        }
      graph.nodes.append(ONNXGraph.node(operation, inputs, output, attributes))
      return output
    }
    let batch = added(&self, "Shape", [list.inputs.first?.name ?? ""])
    let parts = extents.map { extent -> String in
      var part = operandName(.integers([extent.fixed]))
      guard extent.perExample != 0 else { return part }
      let grown = added(&self, "Mul", [batch, operandName(.integers([extent.perExample]))])
      part = extent.fixed == 0 ? grown : added(&self, "Add", [grown, part])
      return part
    }
    let whole = added(&self, "Concat", parts)
    constants[.extents(extents)] = whole
    return whole
  }

  /// The name of what an operator reads; a constant becomes an array.
  private mutating func operandName(_ operand: Operand) -> String {
    func constant(_ shape: Shape, _ content: ONNXContent) -> String {
      if let known = constants[operand] { return known }
      let name = "/constant_\(constants.count)"
      constants[operand] = name
      tensors.append(ONNXTensor(name, shape, content))
      return name
    }
    return switch operand {
    case .leaf(let name): name
    case .result(let place): results[place]
    case .numbers(let shape, let scalars): constant(shape, .floats(scalars))
    case .flags(let shape, let flags): constant(shape, .bool(flags))
    case .integers(let numbers): constant([numbers.count], .int64(numbers))
    case .extents(let extents): operandName(.integers(extents.map(\.fixed)))
    case .none: ""
    }
  }
}

extension ONNXGraph {
  /// `NodeProto`, whose name is that of its output.
  package static func node(
    _ operation: String, _ inputs: [String], _ output: String, _ attributes: [Operator.Attribute] = []
  ) -> ProtobufMessage {
    var node = ProtobufMessage()
    for input in inputs { node.text(1, input) }
    node.text(2, output)
    node.text(3, output)
    node.text(4, operation)
    for attribute in attributes { node.message(5, attribute.message) }
    return node
  }

  /// The whole graph.
  func message(isSparse: Bool) -> ProtobufMessage {
    var graph = ProtobufMessage()
    for node in nodes { graph.message(1, node) }
    graph.text(2, name)
    var sparse: [ProtobufMessage] = []
    for tensor in tensors {
      if isSparse, let message = tensor.sparseMessage {
        sparse.append(message)
      } else {
        graph.message(5, tensor.message)
      }
    }
    for input in list.inputs { graph.message(11, input.message) }
    for output in list.outputs { graph.message(12, output.message) }
    for tensor in sparse { graph.message(15, tensor) }
    return graph
  }
}

extension Operator.Attribute {
  /// `AttributeProto`.
  fileprivate var message: ProtobufMessage {
    var attribute = ProtobufMessage()
    attribute.text(1, name)
    switch value {
    case .number(let number):
      attribute.number(2, number)
      attribute.integer(20, 1)
    case .integer(let number):
      attribute.integer(3, number)
      attribute.integer(20, 2)
    case .integers(let numbers):
      attribute.integers(8, numbers)
      attribute.integer(20, 7)
    case .element(let element):
      let type: ONNXContent.ElementType =
        switch element {
        case .float32: .float
        case .int32: .int32
        case .int64: .int64
        case .bool: .bool
        }
      attribute.integer(3, type.rawValue)
      attribute.integer(20, 2)
    }
    return attribute
  }
}

extension OperatorList.Port {
  /// `ValueInfoProto`: a name, what elements are, and extents; one that grows with the batch has a name in place of a number.
  fileprivate var message: ProtobufMessage {
    let type: ONNXContent.ElementType =
      switch element {
      case .float32: .float
      case .int32: .int32
      case .byte: .uint8
      }
    var (shape, tensor, wrapped, value) = (
      ProtobufMessage(), ProtobufMessage(), ProtobufMessage(), ProtobufMessage()
    )
    for extent in extents {
      var dimension = ProtobufMessage()
      if extent.perExample == 0 {
        dimension.integer(1, extent.fixed)
      } else {
        dimension.text(2, extent.symbol)
      }
      shape.message(1, dimension)
    }
    tensor.integer(1, type.rawValue)
    tensor.message(2, shape)
    wrapped.message(1, tensor)
    value.text(1, name)
    value.message(2, wrapped)
    return value
  }
}

extension Extent {
  /// As a formula of the batch.
  fileprivate var symbol: String {
    (perExample == 1 ? "batch" : "\(perExample)*batch") + (fixed == 0 ? "" : "+\(fixed)")
  }
}
