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
  /// Whether no weight comes back that was removed.
  package let onlyShrinks: Bool
  private let due: @Sendable (DynamicsMoment) throws -> Bool
  private let promise: @Sendable (DynamicsMoment, _ ratio: Double?) throws -> PruningTarget?
  private let move: @Sendable (DynamicsContext) throws -> DynamicMasks

  /// A dynamics.
  /// - Parameters:
  ///   - name: what the dynamics is called in tables, in kebab-case.
  ///   - version: raise it whenever masks change; `nil` while it is being written.
  ///   - fields: the values the masks depend on.
  ///   - onlyShrinks: whether no weight comes back that was removed. Where it says so, it is held to it.
  ///   - isDue: whether masks move at this moment. Moment `step` comes before the step of that number, counted from 0; the last
  ///     one, `step == total`, comes after the last step.
  ///   - target: what the active masks have reached after the move of this moment; `nil` where the dynamics does not promise
  ///     anything. What it promises is checked, as the trial's allocation counts it.
  ///   - masks: the masks after the move.
  public init(
    _ name: String, version: Int? = nil, fields: [(name: String, value: Specification.Value)] = [],
    onlyShrinks: Bool = false, isDue: @escaping @Sendable (DynamicsMoment) throws -> Bool,
    target: @escaping @Sendable (DynamicsMoment, _ ratio: Double?) throws -> PruningTarget? = { _, _ in nil },
    masks: @escaping @Sendable (DynamicsContext) throws -> DynamicMasks
  ) {
    specification = Specification(name, version: version, fields)
    self.onlyShrinks = onlyShrinks
    due = isDue
    promise = target
    move = { context in try PruningError.noting("dynamics \(name)") { try masks(context) } }
  }

  /// Whether masks move at this moment.
  package func isDue(_ moment: DynamicsMoment) throws -> Bool { try due(moment) }

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
  fileprivate var filledUp: MaskSet { MaskSet(counted.map { ($0.name, Mask(keepingAll: $0.mask.shape)) }) }
}
