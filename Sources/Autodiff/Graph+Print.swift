import CoppiceTensors

extension Graph: CustomStringConvertible {
  /// One line a node: `%7 = matrix-product(%5, %6) : [60, 300]   fc1`.
  package var description: String {
    var lines: [String] = []
    func name(_ value: ValueID) -> String {
      nodes[value.node].outputs.count == 1 ? "%\(value.node)" : "%\(value.node).\(value.output)"
    }
    for (index, node) in nodes.enumerated() {
      let call: String
      switch node.operation {
      case .leaf(.input(let name)): call = "input \(name)"
      case .leaf(.parameter(let name)): call = "parameter \(name)"
      case .leaf(.state(let name, _)): call = "state \(name)"
      case .leaf(.constant(let value)): call = "constant \(value)"
      case .primitive(let primitive):
        let label = Self.label(primitive)
        call = "\(label)(\(node.inputs.map(name).joined(separator: ", ")))"
      }
      let types = node.outputs.map(\.description).joined(separator: ", ")
      lines.append("%\(index) = \(call) : \(types)" + (node.scope.isEmpty ? "" : "   \(node.scope)"))
    }
    for output in outputs { lines.append("output \(output.name) = \(name(output.value))") }
    for update in updates { lines.append("update \(name(update.leaf)) <- \(name(update.value))") }
    return lines.joined(separator: "\n")
  }

  /// The primitive's name with its stored properties, `softmax` or `transpose{permutation: [1, 0]}`.
  private static func label(_ primitive: any Primitive) -> String {
    let fields = Mirror(reflecting: primitive).children.compactMap { child in
      child.label.map { "\($0): \(child.value)" }
    }
    let name = primitive.name
    return fields.isEmpty ? name : "\(name){\(fields.joined(separator: ", "))}"
  }
}
