import CoppiceTerms

extension Allocation: Catalogued {
  /// The allocations that are shipped, in the order they are listed and without parameters.
  public static let catalogue = Catalogue<Allocation>(
    "allocation",
    [
      .global, .layerWise, .rowWise, .erdosRenyi, .erdosRenyiKernel, .lamp, .owl, .sensitivity,
      .budget,
    ])
}

/// Another name of `Allocation`, for what is shipped: `Allocations.all`.
public typealias Allocations = Allocation
