/// The allocations that are shipped.
public enum Allocations {
  /// All of them without parameters, in the order they are listed.
  public static let all: [Allocation] = [.global, .layerWise, .erdosRenyi, .erdosRenyiKernel]

  /// The one of that name.
  /// - Throws: `PruningError.unknownComponent`, with the nearest name.
  public static func named(_ name: String) throws(PruningError) -> Allocation {
    try all.component(named: name, kind: "allocation")
  }
}
