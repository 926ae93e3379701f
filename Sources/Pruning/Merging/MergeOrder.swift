import CoppiceAutodiff
import CoppiceTensors

/// In which order the units of a weight are merged, and what each merge loses. The pair that loses least is merged first; what reads the
/// one reads the other then as well, so that it counts for more; and so on. So any number of units can go, the first of this order, and
/// no two that stood for each other go at once without a third.
///
/// What a merge loses is ‖oᵤ‖² · ‖u − s · v‖², oᵤ what all readers multiply u by: S. Srinivas, R. V. Babu, "Data-free parameter pruning
/// for deep neural networks", BMVC 2015, have s = 1 and the mean of squares over the readers.
struct MergeOrder {
  /// The score of every unit, rising strictly in the order in which units go; 0 for those that are gone already.
  let scores: [Float]

  /// - Parameter alive: the units that are there, ascending.
  init(_ passage: UnitPassage, _ context: ScoringContext, alive: [Int]) throws(PruningError) {
    let likeness = UnitLikeness(
      try AffineUnits(passage, context.weights, context.statistics), passage)
    var outgoing = try alive.map { unit throws(PruningError) in
      try Self.outgoing(of: unit, passage, context.weights)
    }
    var left = alive
    var found = alive.map { likeness.best(for: $0, among: left) }
    var energies = outgoing.map { $0.reduce(0) { $0.addingProduct($1, $1) } }
    var (scores, last) = ([Float](repeating: 0, count: passage.count), Float(0))
    var isLeft = [Bool](repeating: true, count: alive.count)
    let places = Dictionary(uniqueKeysWithValues: alive.enumerated().map { ($1, $0) })
    while !left.isEmpty {
      var next: (place: Int, loss: Double)?
      for place in alive.indices where isLeft[place] {
        let loss = energies[place] * found[place].loss
        if loss < next?.loss ?? .infinity { next = (place, loss) }
      }
      // Of numbers that are none the first goes first, and the score shows it.
      let place = next?.place ?? isLeft.firstIndex(of: true) ?? 0
      let unit = alive[place]
      let loss = Float(next?.loss ?? .infinity)
      scores[unit] = max(loss, last.nextUp)
      last = scores[unit]
      isLeft[place] = false
      left.removeAll { $0 == unit }
      if case .unit(let other, let scale) = found[place].stand, let to = places[other] {
        for index in outgoing[to].indices {
          outgoing[to][index] = outgoing[to][index].addingProduct(scale, outgoing[place][index])
        }
        energies[to] = outgoing[to].reduce(0) { $0.addingProduct($1, $1) }
      }
      for place in alive.indices where isLeft[place] {
        guard case .unit(unit, _) = found[place].stand else { continue }
        found[place] = likeness.best(for: alive[place], among: left)
      }
    }
    self.scores = scores
  }

  /// What all readers multiply a unit by.
  private static func outgoing(
    of unit: Int, _ passage: UnitPassage, _ weights: ParameterSet
  ) throws(PruningError) -> [Double] {
    var numbers: [Double] = []
    for reader in passage.readers {
      guard let weight = weights[reader.parameter] else {
        throw .missingParameter(reader.parameter, in: "weights")
      }
      for element in reader.elements(of: unit, in: weight.shape).joined().joined() {
        numbers.append(Double(weight.scalars[element]))
      }
    }
    return numbers
  }
}
