import CoppiceTensors
import CoppiceTerms

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
  private let pruned: @Sendable (MaskSet, PruningTarget) throws -> MaskSet
  private let computed: @Sendable (Evidence) throws -> ParameterSet

  /// A context.
  /// - Parameters:
  ///   - seed: the seed of the trial.
  ///   - prune: masks pruned to a target by the trial's criterion, granularity and allocation.
  ///   - evidence: what an evidence finds in the network as it stands.
  public init(
    moment: DynamicsMoment, ratio: Double?, weights: ParameterSet, masks: DynamicMasks, seed: UInt64,
    prune: @escaping @Sendable (_ masks: MaskSet, PruningTarget) throws -> MaskSet,
    evidence: @escaping @Sendable (Evidence) throws -> ParameterSet
  ) {
    (self.moment, self.ratio, self.weights, self.masks) = (moment, ratio, weights, masks)
    (self.seed, pruned, computed) = (seed, prune, evidence)
  }

  /// The active masks pruned to a target by the trial's criterion, granularity and allocation.
  public func prune(to target: PruningTarget) throws -> MaskSet { try pruned(masks.active, target) }

  /// Any masks pruned to a target, likewise: the criterion looks at the network as it would be with these.
  public func prune(_ masks: MaskSet, to target: PruningTarget) throws -> MaskSet {
    try pruned(masks, target)
  }

  /// What an evidence finds in the network as it stands, on training data of this moment.
  public func evidence(_ evidence: Evidence) throws -> ParameterSet { try computed(evidence) }

  /// Word e tells element e of a parameter apart from others of an equal magnitude: the same at every moment.
  func ties(for parameter: String) -> RandomStream {
    let index = weights.names.firstIndex(of: parameter) ?? 0
    return RandomStream(seed: seed, stream: .ties, substream: UInt32(truncatingIfNeeded: index) << 1)
  }

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
