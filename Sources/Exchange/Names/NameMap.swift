import CoppiceNetworks
import CoppiceTensors
import CoppiceTerms

/// The names and layouts that another library has for the arrays of a network. Each shipped one stands in Names/.
package struct NameMap: Component {
  /// Its name and version.
  package let specification: Specification
  /// Where an array of a network is; `nil` where the library has none.
  package typealias Places = (_ name: String, _ shape: Shape) -> ForeignPlace?

  private let make: @Sendable (Network, [StoredArray]) -> Places?

  /// Names of a library.
  ///
  /// - Parameter places: where the arrays of a network are, in a file with these arrays; `nil` where the library does not have the model.
  init(
    _ name: String, version: Int,
    places: @escaping @Sendable (_ network: Network, _ arrays: [StoredArray]) -> Places?
  ) {
    specification = Specification(name, version: version)
    make = places
  }

  /// Where the arrays of a network are.
  ///
  /// - Parameter arrays: what a file has, where one is read: files of some libraries tell only by their order what is what.
  /// - Returns: `nil` where the library does not have the model.
  package func places(of network: Network, in arrays: [StoredArray] = []) -> Places? { make(network, arrays) }
}

/// What becomes of the last layer, whose classes may be others than those of a file.
package enum NetworkHead: String, Hashable, Sendable, CaseIterable {
  /// It is read like every other.
  case kept
  /// It is drawn afresh, and so is what stands before it and a file does not have; what a file has for it is passed over.
  case fresh
}

extension Network {
  /// The scope of the last layer: `fc3`, `classifier.1`.
  package var headScope: String {
    guard let last = declarations.last?.name, let dot = last.lastIndex(of: ".") else { return "" }
    return String(last[..<dot])
  }

  /// Its parameters and buffers, in order.
  package var arrays: [(name: String, shape: Shape, isBuffer: Bool)] {
    declarations.map { ($0.name, $0.shape, false) } + buffers.map { ($0.name, $0.shape, true) }
  }
}
