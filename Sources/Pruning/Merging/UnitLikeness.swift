import CoppiceAutodiff

/// What can take the place of a unit that goes.
enum Stand: Hashable {
  /// Another unit, times a number above 0.
  case unit(Int, scale: Double)
  /// What readers make of the unit where it is one number in front of the activation.
  case constant(Double)
  /// Nothing: the unit is deleted.
  case nothing
}

/// How near units of one weight are to each other: what is lost of a unit where another one, times a number, takes its place.
///
/// Of all s > 0 the nearest is taken, the least of ‖u − s · v‖² over the incoming weights with the bias among them. Where the activation
/// is not positively homogeneous, s is 1. What is lost is 0 where the two compute the same.
struct UnitLikeness {
  let units: AffineUnits
  private let isScaled: Bool
  /// Whether every reader has a place for a unit that is bᵤ throughout.
  private let hasPlace: [Bool]
  private let squares: [Double]

  init(_ units: AffineUnits, _ passage: UnitPassage) {
    self.units = units
    isScaled = passage.isPositivelyHomogeneous
    hasPlace = (0..<units.count).map { passage.takesConstant(units.shift(of: $0)) }
    squares = (0..<units.count).map { units.product($0, $0) }
  }

  /// The number that v is multiplied by in the place of u; `nil` where nothing of v is like u.
  private func scale(_ product: Double, _ v: Int) -> Double? {
    guard isScaled else { return 1 }
    let scale = product / squares[v]
    return product > 0 && scale.isFinite ? scale : nil
  }

  /// What is lost of u where v stands for it, from their product; as good as the product is.
  private func estimate(_ product: Double, _ u: Int, _ v: Int) -> Double? {
    guard let scale = scale(product, v) else { return nil }
    return max(0, squares[u] - 2 * scale * product + scale * scale * squares[v])
  }

  /// What takes the place of a unit best, and what is lost, in squares of incoming weights. Of equals a constant comes first, then the
  /// unit with the lowest number.
  /// - Parameter others: the units that may stand for it, ascending; itself is passed over.
  func best(for u: Int, among others: some Sequence<Int>) -> (stand: Stand, loss: Double) {
    var best = (stand: Stand.nothing, loss: squares[u])
    if hasPlace[u] { best = (.constant(units.shift(of: u)), units.squaresOfInputs(of: u)) }
    guard best.loss > 0 else { return best }
    var nearest: (unit: Int, product: Double, loss: Double)?
    for v in others where v != u {
      let product = units.product(u, v)
      guard let loss = estimate(product, u, v), loss < nearest?.loss ?? .infinity else { continue }
      nearest = (v, product, loss)
    }
    guard let nearest, let scale = scale(nearest.product, nearest.unit) else { return best }
    // Anew: what is left of two large numbers says little.
    let loss = units.distance(u, nearest.unit, scale: scale)
    return loss < best.loss ? (.unit(nearest.unit, scale: scale), loss) : best
  }
}

extension UnitPassage {
  /// Whether every reader has a place for a unit that is one number in front of the activation. What is 0 behind it needs none. Zeros
  /// around a plane are no such number, so that a reader with padding has no place.
  func takesConstant(_ number: Double) -> Bool {
    readers.allSatisfy { reader in
      guard let constant = reader.constant(number) else { return false }
      return constant == 0 || (!reader.isPadded && (reader.bias != nil || reader.mean != nil))
    }
  }
}
