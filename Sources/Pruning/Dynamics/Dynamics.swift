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
  /// The name, the version and every field.
  public let specification: Specification
  private let due: @Sendable (DynamicsMoment) throws -> Bool
  private let promise: @Sendable (DynamicsMoment, _ ratio: Double?) throws -> PruningTarget?
  private let move: @Sendable (DynamicsContext) throws -> DynamicMasks

  /// A dynamics.
  /// - Parameters:
  ///   - name: in kebab-case, as it appears in tables.
  ///   - version: raise it whenever masks change; `nil` while it is being written.
  ///   - fields: the values the masks depend on.
  ///   - isDue: whether masks move at this moment. Moment `step` comes before the step of that number, counted from 0; the last
  ///     one, `step == total`, comes after the last step.
  ///   - target: what the active masks have reached after the move of this moment; `nil` where the dynamics does not promise
  ///     anything. What it promises is checked, as the trial's allocation counts it.
  ///   - masks: the masks after the move.
  public init(
    _ name: String, version: Int? = nil, fields: [(name: String, value: Specification.Value)] = [],
    isDue: @escaping @Sendable (DynamicsMoment) throws -> Bool,
    target: @escaping @Sendable (DynamicsMoment, _ ratio: Double?) throws -> PruningTarget? = { _, _ in nil },
    masks: @escaping @Sendable (DynamicsContext) throws -> DynamicMasks
  ) {
    specification = Specification(name, version: version, fields)
    due = isDue
    promise = target
    move = { context in try PruningError.noting("dynamics \(name)") { try masks(context) } }
  }

  /// The dynamics of a text: `gradual(to: 0.5, every: 100it)`.
  public init(parsing text: String) throws(ComponentError) {
    self = try DynamicsCatalogue.catalogue.parse(text)
  }

  /// Whether masks move at this moment.
  package func isDue(_ moment: DynamicsMoment) throws -> Bool { try due(moment) }

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

/// A moment of a training: after `step` of its `total` steps.
public struct DynamicsMoment: Hashable, Sendable {
  /// Steps made so far.
  public let step: Int
  /// Steps of the whole training.
  public let total: Int
  /// Steps in one pass over the training data.
  public let perEpoch: Int

  /// A moment after so many steps.
  public init(step: Int, total: Int, perEpoch: Int) {
    (self.step, self.total, self.perEpoch) = (step, total, perEpoch)
  }

  /// A budget in steps of this training, shares taken of its total.
  public func steps(_ budget: Budget) throws -> Int { try budget.iterations(perEpoch: perEpoch, of: total) }
}

/// The two masks of a training, by default one and the same.
public struct DynamicMasks: Hashable, Sendable {
  /// Multiplied into the forward pass.
  public var active: MaskSet
  /// Moved by the optimizer; `nil` where these are the active ones. What is not trained keeps its bits.
  public var trained: MaskSet?

  /// These masks.
  public init(active: MaskSet, trained: MaskSet? = nil) {
    self.active = active
    self.trained = trained == active ? nil : trained
  }
}

/// What a dynamics looks at when masks move.
public struct DynamicsContext: Sendable {
  /// When it is.
  public let moment: DynamicsMoment
  /// The trial's pruning ratio, 0 ≤ ratio < 1; `nil` where it gives none.
  public let ratio: Double?
  /// All parameters as they stand, inactive weights as the training keeps them.
  public let weights: ParameterSet
  /// The masks as they stand.
  public let masks: DynamicMasks

  private let seed: UInt64
  private let pruned: @Sendable (PruningTarget) throws -> MaskSet
  private let computed: @Sendable (Evidence) throws -> ParameterSet

  /// A context.
  /// - Parameters:
  ///   - seed: the seed of the trial.
  ///   - prune: the active masks pruned to a target by the trial's criterion, granularity and allocation.
  ///   - evidence: what an evidence finds in the network as it stands.
  public init(
    moment: DynamicsMoment, ratio: Double?, weights: ParameterSet, masks: DynamicMasks, seed: UInt64,
    prune: @escaping @Sendable (PruningTarget) throws -> MaskSet,
    evidence: @escaping @Sendable (Evidence) throws -> ParameterSet
  ) {
    (self.moment, self.ratio, self.weights, self.masks) = (moment, ratio, weights, masks)
    (self.seed, pruned, computed) = (seed, prune, evidence)
  }

  /// The active masks pruned to a target by the trial's criterion, granularity and allocation.
  public func prune(to target: PruningTarget) throws -> MaskSet { try pruned(target) }

  /// What an evidence finds in the network as it stands.
  public func evidence(_ evidence: Evidence) throws -> ParameterSet { try computed(evidence) }

  /// Random numbers for one parameter at this moment: a function of the seed, the parameter's place and the step.
  public func random(for parameter: String) throws(PruningError) -> RandomStream {
    guard let index = weights.names.firstIndex(of: parameter) else {
      throw .missingParameter(parameter, in: "weights")
    }
    return RandomStream(
      seed: seed, stream: .dynamics, substream: UInt32(truncatingIfNeeded: index),
      block: UInt64(moment.step) << 32)
  }
}

/// A dynamics that does not keep its word.
public enum DynamicsError: Error, Hashable, CustomStringConvertible {
  /// Masks of other parameters than those that are prunable.
  case otherLayers(String, [String], [String])
  /// A mask of another shape than its weight.
  case otherShape(String, String)
  /// Another number of survivors than is promised.
  case count(String, step: Int, promised: Int, found: Int)

  /// The sentence a user reads.
  public var description: String {
    switch self {
    case .otherLayers(let dynamics, let found, let wanted):
      "dynamics \(dynamics) gives masks of \(found.joined(separator: ", ")) where the prunable weights are "
        + "\(wanted.joined(separator: ", ")): change the masks it is given and return all of them"
    case .otherShape(let dynamics, let parameter):
      "dynamics \(dynamics) gives a mask of \(parameter) in another shape than the weight has"
    case .count(let dynamics, let step, let promised, let found):
      "dynamics \(dynamics) promises \(promised) survivors at step \(step) and leaves \(found): its masks or its count "
        + "are wrong"
    }
  }
}

extension DynamicsError: ReportedError {
  /// A dynamics whose code is wrong.
  public var exitCode: FailureCode { .usage }
}
