import CoppiceTensors

/// What a criterion may look at, declared with it: what it does not declare it cannot read, so that a result
/// depends on exactly what its key says.
public struct ScoringNeeds: OptionSet, Hashable, Sendable {
  /// One bit a need.
  public let rawValue: Int
  /// The needs of these bits.
  public init(rawValue: Int) { self.rawValue = rawValue }

  /// The weights as they were before any training.
  public static let initialWeights = ScoringNeeds(rawValue: 1)
  /// The gradient of the mean loss on a batch of training data.
  public static let gradients = ScoringNeeds(rawValue: 2)
  /// Random numbers, of the trial's seed.
  public static let randomness = ScoringNeeds(rawValue: 4)
}

/// What a criterion is computed from. The weights and the masks are always there; the rest is asked for, and
/// evaluated only then.
public struct ScoringContext: Sendable {
  /// All parameters at the end of training, pruned weights +0.
  public let weights: ParameterSet
  /// The masks of the prunable weights, as the round found them.
  public let masks: MaskSet

  private let initial: ParameterSet?
  private let gradient: (@Sendable () throws -> ParameterSet)?
  private let seed: UInt64?
  private var reader: (criterion: String, needs: ScoringNeeds)?

  /// A context to score in.
  /// - Parameters:
  ///   - weights: all parameters at the end of training.
  ///   - masks: the masks of the prunable ones.
  ///   - initialWeights: all parameters before any training, if at hand.
  ///   - seed: the seed of the trial, for criteria that draw random numbers.
  ///   - gradients: computes ∂L/∂w of the mean loss L on a batch of training data at `weights`; run when asked for.
  public init(
    weights: ParameterSet, masks: MaskSet, initialWeights: ParameterSet? = nil, seed: UInt64? = nil,
    gradients: (@Sendable () throws -> ParameterSet)? = nil
  ) {
    self.weights = weights
    self.masks = masks
    initial = initialWeights
    gradient = gradients
    self.seed = seed
  }

  /// All parameters before any training, θ₀. Needs `.initialWeights`.
  public func initialWeights() throws(PruningError) -> ParameterSet {
    try granted(initial, .initialWeights)
  }

  /// ∂L/∂w of the mean loss on a batch of training data, by parameter. Needs `.gradients`; computed at every call.
  /// - Throws: `PruningError` where there are none, and whatever computing them throws.
  public func gradients() throws -> ParameterSet {
    try granted(gradient, .gradients)()
  }

  /// Random numbers for one parameter: independent between parameters, equal in every round. Needs `.randomness`.
  public func random(for parameter: String) throws(PruningError) -> RandomStream {
    let seed = try granted(seed, .randomness)
    guard let index = weights.names.firstIndex(of: parameter) else {
      throw .missingParameter(parameter, in: "weights")
    }
    return RandomStream(seed: seed, stream: .mask, substream: UInt32(truncatingIfNeeded: index) << 1)
  }

  /// One score tensor for each prunable weight, in order.
  public func scoreEach(_ score: (_ name: String, _ weight: Tensor) throws -> Tensor) throws -> ParameterSet {
    var scores = ParameterSet()
    for name in masks.names {
      guard let weight = weights[name] else { throw PruningError.missingParameter(name, in: "weights") }
      scores[name] = try score(name, weight)
    }
    return scores
  }

  /// The context as one criterion sees it.
  func limited(to needs: ScoringNeeds, of criterion: String) -> ScoringContext {
    var context = self
    context.reader = (criterion, needs)
    return context
  }

  private func granted<Value>(_ value: Value?, _ need: ScoringNeeds) throws(PruningError) -> Value {
    if let reader, !reader.needs.contains(need) { throw .undeclaredNeed(need, criterion: reader.criterion) }
    guard let value else { throw .unavailable(need, criterion: reader?.criterion ?? "a criterion") }
    return value
  }
}
