import CoppiceTensors
import CoppiceTerms

/// How masks move inside a training: at which steps, from what, to which masks. Each shipped one stands in Dynamics/.
///
/// ```swift
/// extension Dynamics {
///   /// Removes the whole ratio in the middle of the training.
///   static let halfway = Dynamics("halfway", isDue: { $0.step == $0.total / 2 }) { context in
///     DynamicMasks(active: try context.prune(to: .sparsity(context.ratio ?? 0)))
///   }
/// }
/// ```
public struct Dynamics: Component {
  /// The name, the version and every field of the dynamics.
  public let specification: Specification
  /// Whether weights that were removed may come back.
  public let regrows: Bool
  private let requirement: (@Sendable (PruningSetup) throws -> Void)?
  private let due: @Sendable (DynamicsMoment) throws -> Bool
  /// The moments at which masks can move, where they follow each other at one interval.
  private let moves: (@Sendable (DynamicsMoment) throws -> DynamicsMoves)?
  private let promise: @Sendable (DynamicsMoment, _ ratio: Double?) throws -> PruningTarget?
  private let move: @Sendable (DynamicsContext) throws -> DynamicMasks

  /// A dynamics.
  /// - Parameters:
  ///   - name: what the dynamics is called in tables, in kebab-case.
  ///   - version: raise it whenever masks change; `nil` while it is being written.
  ///   - fields: the values the masks depend on.
  ///   - regrows: whether weights that were removed may come back. Then it is recorded how many have ever been there.
  ///   - requires: looks at what is to be pruned, before anything is trained, and throws `DynamicsError.unfit` where the dynamics cannot
  ///     move it; `nil` where it always can.
  ///   - moves: the moments of the training at which masks can move, where they follow each other at one interval. No other is asked
  ///     for, so that a long training is planned fast. `nil` for every step.
  ///   - isDue: whether masks move at this moment, of those at which they can. Moment `step` comes before the step of that number, counted from 0; the last
  ///     one, `step == total`, comes after the last step.
  ///   - target: what the active masks have reached after the move of this moment; `nil` where the dynamics does not promise
  ///     anything. What it promises is checked, as the trial's allocation counts it.
  ///   - masks: the masks after the move.
  public init(
    _ name: String, version: Int? = nil, fields: [(name: String, value: Specification.Value)] = [],
    regrows: Bool = false, requires: (@Sendable (PruningSetup) throws -> Void)? = nil,
    moves: (@Sendable (DynamicsMoment) throws -> DynamicsMoves)? = nil,
    isDue: @escaping @Sendable (DynamicsMoment) throws -> Bool = { _ in true },
    target: @escaping @Sendable (DynamicsMoment, _ ratio: Double?) throws -> PruningTarget? = { _, _ in nil },
    masks: @escaping @Sendable (DynamicsContext) throws -> DynamicMasks
  ) {
    specification = Specification(name, version: version, fields)
    self.regrows = regrows
    (self.moves, requirement, promise) = (moves, requires, target)
    due = { moment in
      if let moves, try moves(moment).place(of: moment.step) == nil { return false }
      return try isDue(moment)
    }
    move = { context in try PruningError.noting("dynamics \(name)") { try masks(context) } }
  }

  /// Refuses what it cannot move, before anything is trained.
  package func check(_ pruner: Pruner, _ layers: [PrunableLayer], _ structure: NetworkStructure) throws {
    guard let requirement else { return }
    try PruningError.noting("dynamics \(name)") { try requirement(PruningSetup(pruner, layers, structure)) }
  }

  /// Whether masks move at this moment.
  package func isDue(_ moment: DynamicsMoment) throws -> Bool { try due(moment) }

  /// The moments of a training at which masks move, in order, told to `body` one by one.
  package func forEachMove(
    total: Int, perEpoch: Int, _ body: (DynamicsMoment) throws -> Void
  ) throws {
    func moment(_ step: Int) -> DynamicsMoment {
      DynamicsMoment(step: step, total: total, perEpoch: perEpoch)
    }
    let moves = try possibleMoves(moment(0))
    for step in stride(from: moves.first, through: moves.last, by: moves.interval)
    where try due(moment(step)) { try body(moment(step)) }
  }

  /// The first and the last step at which masks can move, and the steps from one to the next.
  private func possibleMoves(_ moment: DynamicsMoment) throws -> (first: Int, last: Int, interval: Int) {
    guard let moves = try moves?(moment) else { return (0, moment.total, 1) }
    return (moves.first, moves.last(upTo: moment.total) ?? moves.first - 1, moves.interval)
  }

  /// The last step of a training before which masks move, or after which, where that is its end; 0 where there is none.
  package func lastMove(total: Int, perEpoch: Int) throws -> Int {
    func moment(_ step: Int) -> DynamicsMoment {
      DynamicsMoment(step: step, total: total, perEpoch: perEpoch)
    }
    let moves = try possibleMoves(moment(0))
    return try stride(from: moves.last, through: max(1, moves.first), by: -moves.interval)
      .first { try due(moment($0)) } ?? 0
  }

  /// What the masks promise to have reached after the move of this moment; `nil` where nothing is promised or nothing moves.
  package func target(at moment: DynamicsMoment, ratio: Double?) throws -> PruningTarget? {
    try due(moment) ? try promise(moment, ratio) : nil
  }

  /// The masks after the move of this moment.
  ///
  /// - Parameters:
  ///   - allocation: says how many survivors a promised target is.
  ///   - slack: by how many weights units may miss that number.
  /// - Throws: `DynamicsError` where the masks are not those of the network, or not as many weights survive as are promised.
  package func masks(
    in context: DynamicsContext, by allocation: Allocation = .global, slack: Int = 0
  ) throws -> DynamicMasks {
    let masks = try move(context)
    let before = context.masks.active
    for set in [masks.active, masks.trained ?? masks.active].map(\.counted) {
      guard set.names == before.counted.names else {
        throw DynamicsError.otherLayers(name, set.names, before.counted.names)
      }
      for (parameter, mask) in set where mask.shape != before[parameter]?.shape {
        throw DynamicsError.otherShape(name, parameter)
      }
    }
    if let target = try promise(context.moment, context.ratio) {
      let found = masks.active.keptCount
      // Masks that grew are counted from the whole network: of a layer no more than is left can be promised.
      let start = found > before.keptCount ? before.filledUp : before
      let promised = try allocation.quota(for: start.layers, target: target).total
      guard abs(found - promised) <= slack else {
        throw DynamicsError.count(name, step: context.moment.step, promised: promised, found: found)
      }
    }
    return masks
  }
}

extension MaskSet {
  /// Masks of the same parameters that keep everything.
  var filledUp: MaskSet { MaskSet(counted.map { ($0.name, Mask(keepingAll: $0.mask.shape)) }) }
}
