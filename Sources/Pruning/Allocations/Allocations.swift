import CoppiceTerms

/// The allocations that are shipped.
public enum Allocations {
  /// What there is, in the order it is listed.
  public static let catalogue = Catalogue<Allocation>(
    "allocation", [.global, .layerWise, .rowWise, .erdosRenyi, .erdosRenyiKernel])

  /// All of them without parameters, in the order they are listed.
  public static var all: [Allocation] { catalogue.all }

  /// The one of that name.
  /// - Throws: `ComponentError.unknown`, with the nearest name.
  public static func named(_ name: String) throws(ComponentError) -> Allocation { try catalogue.named(name) }
}

extension Allocation {
  /// The shipped allocation of that text, `layer-wise(output: 0.5, rates: rates(conv1: 0.5), ignoring: [fc3])`.
  public init(parsing text: String) throws(ComponentError) { self = try Allocations.catalogue.parse(text) }
}
