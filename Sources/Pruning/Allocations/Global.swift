import CoppiceTerms

extension Allocation {
  /// One pool: the lowest scores of all layers together go, wherever they are. The number removed is exact,
  /// round(s · n) for sparsity s of n prunable weights. Layers may end empty.
  public static let global = global(ignoring: [])

  /// One pool of all layers but these, named by parameter (`fc3.weight`) or scope (`fc3`).
  public static func global(ignoring: [String]) -> Allocation {
    Allocation("global", version: 1, ignoring: ignoring) { layers, target in
      .pool(
        target.survivors(
          of: layers.reduce(0) { $0 + $1.survivors }, count: layers.reduce(0) { $0 + $1.count }))
    }
  }
}

extension Shipped<Allocation> {
  static let global = Shipped(.global, "one pool: the lowest scores of all layers go") { fields in
    .global(ignoring: try fields.texts("ignoring", default: []))
  }
}
