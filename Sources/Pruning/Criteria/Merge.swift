import CoppiceAutodiff
import CoppiceTensors
import CoppiceTerms

extension Criterion {
  /// What says which units are merged.
  public enum MergeRanking: String, Hashable, Sendable, CaseIterable {
    /// What a merge would lose: units that another one can stand for go first.
    case similarity
    /// The magnitude of weights, as the criterion `magnitude` has it: the masks are those of deletion, and only what is done with the
    /// units that go is another.
    case magnitude
  }

  /// Units are merged in place of deleted: what read a unit that goes reads the unit that is most like it, times a number.
  ///
  /// Unit u gives f(aᵤ · x + bᵤ), with a batch normalisation folded into a and b. Where f is positively homogeneous, as a rectifier and
  /// a maximum are, u is near to s · v for the s > 0 that makes ‖u − s · v‖ least over a and b, and v's outgoing weights take s times
  /// those of u. For other f s is 1. A unit without incoming weights is constant: what it gives goes into the bias that follows, or is
  /// taken from the running mean of the normalisation that follows. A reader with zeros around its input sees no constant: there such
  /// a unit is merged with another or deleted. Duplicates, positive multiples and constants go without a trace.
  ///
  /// S. Srinivas, R. V. Babu, "Data-free parameter pruning for deep neural networks", BMVC 2015, merge the pair of neurons that loses
  /// least, one after the other. W. Kim, S. Kim, M. Park, G. Jeon, "Neuron merging: compensating for pruned neurons", NeurIPS 2020, rank
  /// by magnitude, and scale by ‖u‖ / ‖v‖, with the normalisation in a bias term of their own; the number here is the least squares of
  /// both together.
  ///
  /// Units have to be by themselves from the weight that makes them to the weights that read them: what is tied to a residual stream,
  /// an output or groups of convolutions is refused.
  /// - Parameter ranking: what says which units go.
  public static func merge(ranking: MergeRanking = .similarity) -> Criterion {
    Criterion(
      "merge", version: 1, fields: [("ranking", .text(ranking.rawValue))],
      needs: .structure, scoresUnits: ranking == .similarity, requires: requireMergeable,
      scores: { context in
        switch ranking {
        case .magnitude:
          return try context.scoreEach { _, weight in Tensor(weight.shape, weight.scalars.map(\.magnitude)) }
        case .similarity:
          let passages = try context.structure().mergeable
          return try context.scoreRows { name, weight, rows in
            guard let passage = passages.first(where: { $0.weight == name }) else {
              return [Double](repeating: 0, count: rows.count)
            }
            let alive = context.units(of: name, under: context.masks)
            return try MergeOrder(passage, context, alive: alive).scores.map { Double($0) }
          }
        }
      }, compensate: merged)
  }

  /// Refuses units that are not whole rows, and layers whose units are not by themselves.
  private static func requireMergeable(_ setup: PruningSetup) throws {
    guard !setup.prunesWeights else {
      throw setup.refuse(
        "it merges whole units, and granularity \(setup.granularity.name) has single weights; use hidden-unit, channel or "
          + "neuron", for: "merge")
    }
    try setup.requireRows("merge")
    let obstacles = setup.layersOfRows.compactMap { layer -> (layer: String, reason: String)? in
      switch setup.structure.passages[layer.name] {
      case .success: nil
      case .failure(let obstacle): (layer.name, obstacle.reason)
      case nil: (layer.name, "nothing is known of its units")
      }
    }
    guard let first = obstacles.first else { return }
    let names = obstacles.map(\.layer)
    let others = names.count == 1 ? "" : ", nor those of \(names.dropFirst().joined(separator: ", "))"
    let isAll = names.count == setup.layersOfRows.count
    throw setup.refuse(
      "no unit of \(first.layer) can stand for another, for \(first.reason)\(others); "
        + (isAll
          ? "use a criterion that deletes, such as magnitude"
          : "let the allocation ignore what cannot be merged, as \(setup.allocation.name)(ignoring: "
            + "[\(names.joined(separator: ", "))]), or use a criterion that deletes, such as magnitude"),
      for: "merge")
  }

  /// What readers make of the units that are left, from the input to the output: a layer is merged as those before it have left it.
  private static func merged(_ context: ScoringContext, _ masks: MaskSet) throws -> ParameterSet {
    var arrays = MovedArrays(context)
    for passage in try context.structure().mergeable {
      let kept = context.units(of: passage.weight, under: masks)
      let gone = Set(context.units(of: passage.weight, under: context.masks)).subtracting(kept)
      guard !gone.isEmpty else { continue }
      let likeness = UnitLikeness(
        try AffineUnits(passage, arrays.weights, arrays.statistics), passage)
      for unit in gone.sorted() {
        try arrays.fold(unit, likeness.best(for: unit, among: kept).stand, passage)
      }
    }
    return arrays.moved(under: masks)
  }
}

extension Shipped<Criterion> {
  static let merge = Shipped(
    .merge(), "what merging a unit with the one most like it loses; its outgoing weights go to that one",
    paper: "Srinivas and Babu 2015", aliases: ["similarity"]
  ) { fields in
    .merge(
      ranking: try fields.take(
        "ranking", "one of similarity, magnitude", default: Criterion.MergeRanking.similarity
      ) { Criterion.MergeRanking(rawValue: $0.description) })
  }
}

extension NetworkStructure {
  /// The ways of units that are by themselves, from the input to the output.
  fileprivate var mergeable: [UnitPassage] {
    passages.values.compactMap { try? $0.get() }.sorted { $0.node < $1.node }
  }
}

extension ScoringContext {
  /// The units of a weight, its rows, of which something survives.
  fileprivate func units(of name: String, under masks: MaskSet) -> [Int] {
    guard let shape = weights[name]?.shape, let count = shape.axes.first, count > 0 else { return [] }
    guard let mask = masks[name] else { return Array(0..<count) }
    let length = mask.count / count
    return (0..<count).filter { row in
      mask.bytes[row * length..<(row + 1) * length].contains { $0 != 0 }
    }
  }
}
