import CoppiceTerms

extension Allocation {
  /// One pool: the lowest scores of all layers together go, wherever they are. The number removed is exact,
  /// round(s · n) for sparsity s of n prunable weights. Layers may end empty.
  public static let global = global(ignoring: [])

  /// One pool of all layers but these, named by parameter (`fc3.weight`) or scope (`fc3`).
  /// - Parameter floor: what every layer keeps at least. Where it holds a layer, the others give more, and the report says so.
  public static func global(ignoring: [String] = [], floor: Floor = .none) -> Allocation {
    Allocation("global", version: 1, fields: floor.fields, ignoring: ignoring) { layers, target in
      let total = target.survivors(
        of: layers.reduce(0) { $0 + $1.survivors }, count: layers.reduce(0) { $0 + $1.count })
      return try floor.pool(total, of: layers, allocation: "global")
    }
  }
}

extension Shipped<Allocation> {
  static let global = Shipped(.global, "one pool: the lowest scores of all layers go") { fields in
    let floor = try fields.floor()
    return .global(ignoring: try fields.texts("ignoring", default: []), floor: floor)
  }
}
