import CoppiceTensors

/// Why an array of a file is not one of a network.
package enum ArrayFault: Hashable, Sendable {
  /// The file has none of this name; `near` are those of it that are left over and like it.
  case missing(String, near: [String])
  /// It has another shape than the network's, which is `wanted` there.
  case shape(String, found: Shape, wanted: Shape)
  /// The network has none of this name.
  case extra(String, near: [String])
}

extension ArrayFault: CustomStringConvertible {
  package var description: String {
    switch self {
    case .missing(let name, let near):
      "\(name) is not there" + (near.isEmpty ? "" : "; near it are \(near.joined(separator: ", "))")
    case .shape(let name, let found, let wanted): "\(name) is shaped \(found), not \(wanted)"
    case .extra(let name, let near):
      "\(name) is none of the network's"
        + (near.isEmpty ? "" : "; near it are \(near.joined(separator: ", "))")
    }
  }
}
