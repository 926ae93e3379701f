import CoppiceTensors
import CoppiceTerms

extension Allocation {
  /// What every layer keeps at least, lest it end empty.
  public enum Floor: Hashable, Sendable {
    /// Layers may end empty.
    case none
    /// This fraction of the weights of every layer, 0…1, rounded up.
    case density(Double)
    /// So many weights of every layer, or all it has.
    case count(Int)
  }
}

extension Allocation.Floor {
  /// The fields of an allocation that has a floor.
  var fields: [(name: String, value: Specification.Value)] {
    switch self {
    case .none: []
    case .density(let density): [("floor-density", .number(density))]
    case .count(let count): [("floor-count", .integer(count))]
    }
  }

  /// How many weights each layer keeps at least; of those that survive until now no more.
  func floors(of layers: [PrunableLayer], allocation: String) throws(PruningError) -> [Int] {
    switch self {
    case .none: return layers.map { _ in 0 }
    case .density(let density):
      guard density >= 0, density <= 1 else { throw .noFloor(density, allocation: allocation) }
      return layers.map { min($0.survivors, Int((density * Double($0.count)).rounded(.up))) }
    case .count(let count):
      guard count >= 0 else { throw .noFloor(Double(count), allocation: allocation) }
      return layers.map { min($0.survivors, count) }
    }
  }

  /// The pool of `total` survivors with these floors.
  func pool(_ total: Int, of layers: [PrunableLayer], allocation: String) throws(PruningError) -> Quota {
    self == .none
      ? .pool(total) : .flooredPool(total, floors: try floors(of: layers, allocation: allocation))
  }

  /// Numbers of survivors that layers and target alone give, raised to this floor: the whole stays as it is.
  /// - Parameters:
  ///   - counts: one a layer, without any floor.
  ///   - whole: the places of layers that keep what they have, whatever others need.
  ///   - share: how some layers, by their places, share a total.
  /// - Returns: the numbers, and the places of the layers that are held.
  func raising(
    _ counts: [Int], of layers: [PrunableLayer], whole: [Int] = [], allocation: String,
    share: (_ open: [Int], _ total: Int) -> [Int]
  ) throws(PruningError) -> (counts: [Int], held: [Int]) {
    guard self != .none else { return (counts, []) }
    var floors = try floors(of: layers, allocation: allocation)
    for place in whole { floors[place] = counts[place] }
    let total = counts.reduce(0, +)
    try Self.check(floors, total: total, layers: layers, allocation: allocation)
    return Self.holding(floors, total: total) { open, total in
      open.count == counts.count ? counts : share(open, total)
    }
  }

  /// Refuses floors that together hold more weights than shall survive.
  static func check(
    _ floors: [Int], total: Int, layers: [PrunableLayer], allocation: String
  ) throws(PruningError) {
    let held = floors.reduce(0, +)
    guard held > total else { return }
    throw .floors(
      held, survivors: total, of: layers.reduce(0) { $0 + $1.count }, allocation: allocation)
  }

  /// Numbers of survivors none of which is below its floor: layers that would fall below are held there, and the others share the
  /// rest anew, until none falls below.
  /// - Parameters:
  ///   - floors: one a layer; together no more than `total`.
  ///   - share: how some layers, by their places, share a total.
  /// - Returns: the numbers, and the places of the layers that are held.
  static func holding(
    _ floors: [Int], total: Int, share: (_ open: [Int], _ total: Int) throws -> [Int]
  ) rethrows -> (counts: [Int], held: [Int]) {
    var isHeld = floors.map { _ in false }
    while true {
      let open = floors.indices.filter { !isHeld[$0] }
      let rest = total - floors.indices.reduce(0) { $0 + (isHeld[$1] ? floors[$1] : 0) }
      let shares = try share(open, rest)
      let low = zip(open, shares).filter { $1 < floors[$0] }.map(\.0)
      for place in low { isHeld[place] = true }
      guard low.isEmpty else { continue }
      var counts = floors
      for (place, count) in zip(open, shares) { counts[place] = count }
      return (counts, floors.indices.filter { isHeld[$0] })
    }
  }
}

extension Allocation {
  /// Whether it has a floor under every layer.
  package var hasFloor: Bool { specification.fields.contains { $0.name.hasPrefix("floor-") } }
}

extension SpecificationReader {
  /// The fields of a floor.
  mutating func floor() throws -> Allocation.Floor {
    let density = try number("floor-density", in: 0...1, default: -1)
    let count = try integer("floor-count", in: 0...Int.max, default: -1)
    if density >= 0, count >= 0 {
      throw ComponentError.refused(
        "floor", "a floor is a density or a count: leave out floor-density or floor-count")
    }
    return density >= 0 ? .density(density) : count >= 0 ? .count(count) : .none
  }
}
