import CoppiceStore
import CoppiceTensors

/// How far the weights and masks of one parameter are apart after a round of two trials.
package struct LayerDistance: Hashable, Sendable {
  package let round: Int
  /// The parameter.
  package let name: String
  /// How many numbers it has.
  package let count: Int
  /// How many of them differ in any bit.
  package let differing: Int
  /// max |a − b|; NaN where one of them is not finite.
  package let maximum: Double
  /// ‖a − b‖₂ / ‖a‖₂; NaN where a is 0 everywhere.
  package let relative: Double
  /// |A ∩ B| / |A ∪ B| of the survivors; `nil` where either has no mask.
  package let overlap: Double?
  /// In how many places the masks differ; `nil` likewise.
  package let maskDiffering: Int?
}

extension LayerDistance {
  /// Those of the rounds and parameters that both trials have in one shape.
  package static func all(_ one: TrialRecord, _ other: TrialRecord) -> [LayerDistance] {
    one.rounds.flatMap { mine -> [LayerDistance] in
      guard let theirs = other.rounds.first(where: { $0.index == mine.index }) else { return [] }
      return (mine.weights ?? ParameterSet()).compactMap { name, tensor in
        guard let others = theirs.weights?[name], others.shape == tensor.shape else { return nil }
        return LayerDistance(
          mine.index, name, tensor.scalars, others.scalars, mine.masks?[name], theirs.masks?[name])
      }
    }
  }

  private init(
    _ round: Int, _ name: String, _ one: [Float], _ other: [Float], _ mask: Mask?, _ theirs: Mask?
  ) {
    var (differing, maximum, squares, whole) = (0, 0.0, 0.0, 0.0)
    for (mine, theirs) in zip(one, other) {
      if mine.bitPattern != theirs.bitPattern, !(mine.isNaN && theirs.isNaN) { differing += 1 }
      let distance = Double(mine) - Double(theirs)
      // A not-a-number stays one.
      if distance.isNaN || abs(distance) > maximum { maximum = abs(distance) }
      squares += distance * distance
      whole += Double(mine) * Double(mine)
    }
    (self.round, self.name, count) = (round, name, one.count)
    (self.differing, self.maximum) = (differing, maximum)
    relative = (squares / whole).squareRoot()
    guard let mask, let theirs, mask.shape == theirs.shape else {
      (overlap, maskDiffering) = (nil, nil)
      return
    }
    let shared = zip(mask.bytes, theirs.bytes).reduce(0) { $0 + Int($1.0 & $1.1) }
    let union = mask.keptCount + theirs.keptCount - shared
    overlap = union == 0 ? 1 : Double(shared) / Double(union)
    maskDiffering = union - shared
  }
}
