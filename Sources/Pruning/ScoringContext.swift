import CoppiceTensors

/// What a criterion is computed from. The weights and the masks are always there; the rest is read only where the criterion
/// declares it.
public struct ScoringContext: Sendable {
  /// All parameters at the end of training, pruned weights +0.
  public let weights: ParameterSet
  /// The masks as the round found them.
  public let masks: MaskSet
  /// The running statistics of normalisations at the end of training, by name; empty where there are none at hand.
  public let statistics: ParameterSet

  private let initial: ParameterSet?
  private let found: [(evidence: Evidence, values: ParameterSet)]
  private let seed: UInt64?
  private let known: NetworkStructure?
  private let layerSensitivity: LayerSensitivity?
  /// What one weight of a layer costs, by the layer's name, where a pruning is to a cost that adds up; `nil` where weights count.
  private(set) var weightCosts: [String: Double]?
  private var reader: (criterion: String, needs: ScoringNeeds)?

  /// A context to score in.
  /// - Parameters:
  ///   - weights: all parameters at the end of training.
  ///   - masks: the masks of the prunable ones.
  ///   - initialWeights: all parameters before any training, if at hand.
  ///   - seed: the seed of the trial, for ties and for criteria that draw random numbers.
  ///   - structure: what is known of the network besides its weights, if at hand.
  ///   - evidence: what was found at `weights`, ready-made, by the evidence it is of.
  ///   - sensitivity: the loss at `weights` with one layer at a time pruned, if it was measured.
  ///   - statistics: the running statistics that go with `weights`.
  public init(
    weights: ParameterSet, masks: MaskSet, initialWeights: ParameterSet? = nil, seed: UInt64? = nil,
    structure: NetworkStructure? = nil, evidence: [(Evidence, ParameterSet)] = [],
    sensitivity: LayerSensitivity? = nil, statistics: ParameterSet = ParameterSet()
  ) {
    self.weights = weights
    self.masks = masks
    self.statistics = statistics
    initial = initialWeights
    found = evidence
    self.seed = seed
    known = structure
    layerSensitivity = sensitivity
  }

  /// All parameters before any training, θ₀. Needs `.initialWeights`.
  public func initialWeights() throws(PruningError) -> ParameterSet {
    try granted(initial, .initialWeights)
  }

  /// What is known of the network besides its weights. Needs `.structure`.
  public func structure() throws(PruningError) -> NetworkStructure { try granted(known, .structure) }

  /// What an evidence found, by parameter. Needs `.evidence(…)`.
  public func evidence(_ evidence: Evidence) throws(PruningError) -> ParameterSet {
    try granted(found.first { $0.evidence == evidence }?.values, .evidence(evidence))
  }

  /// What an evidence found for one parameter. Needs `.evidence(…)`.
  public func evidence(_ evidence: Evidence, for parameter: String) throws(PruningError) -> Tensor {
    guard let values = try self.evidence(evidence)[parameter] else {
      throw .missingParameter(parameter, in: evidence.name)
    }
    return values
  }

  /// The loss with one layer at a time pruned. Needs `.sensitivity`.
  public func sensitivity() throws(PruningError) -> LayerSensitivity {
    try granted(layerSensitivity, .sensitivity)
  }

  /// ∂L/∂w of the mean loss on a batch of training data, by parameter. Needs `.gradients`.
  public func gradients() throws(PruningError) -> ParameterSet { try evidence(.gradients) }

  /// Random numbers for one parameter: independent between parameters, equal in every round. Needs `.randomness`.
  public func random(for parameter: String) throws(PruningError) -> RandomStream {
    let seed = try granted(seed, .randomness)
    guard let index = weights.names.firstIndex(of: parameter) else {
      throw .missingParameter(parameter, in: "weights")
    }
    return RandomStream(seed: seed, stream: .mask, substream: UInt32(truncatingIfNeeded: index) << 1)
  }

  /// Word e tells element e of a parameter apart from others of an equal score: the same in every round. Of seed 0 where the context
  /// has none.
  func ties(for parameter: String) -> RandomStream {
    let index = weights.names.firstIndex(of: parameter) ?? 0
    return RandomStream(seed: seed ?? 0, stream: .ties, substream: UInt32(truncatingIfNeeded: index) << 1)
  }

  /// Word u tells unit u apart from others of an equal score: the same in every round. Of seed 0 where the context has none.
  var unitTies: RandomStream { RandomStream(seed: seed ?? 0, stream: .ties, substream: 1) }

  /// One score tensor for each prunable weight, in order.
  public func scoreEach(_ score: (_ name: String, _ weight: Tensor) throws -> Tensor) throws -> ParameterSet {
    var scores = ParameterSet()
    for name in masks.counted.names {
      guard let weight = weights[name] else { throw PruningError.missingParameter(name, in: "weights") }
      scores[name] = try score(name, weight)
    }
    return scores
  }

  /// One score for each prunable weight, made of the weight and of what an evidence shaped like the weights found for it.
  public func scoreEach(
    from evidence: Evidence, _ score: (_ weight: Float, _ evidence: Float) -> Float
  ) throws -> ParameterSet {
    try scoreEach { name, weight in
      let values = try self.evidence(evidence, for: name)
      guard values.shape == weight.shape else {
        throw PruningError.evidenceShape(values.shape, of: name, shape: weight.shape, evidence: evidence.name)
      }
      return Tensor(weight.shape, zip(weight.scalars, values.scalars).map(score))
    }
  }

  /// The same context with other weights and masks.
  func with(
    _ weights: ParameterSet, _ masks: MaskSet, _ statistics: ParameterSet? = nil,
    evidence: (Evidence, _ known: ParameterSet) throws -> ParameterSet
  ) rethrows -> ScoringContext {
    ScoringContext(
      weights: weights, masks: masks, initialWeights: initial, seed: seed, structure: known,
      evidence: try found.map { ($0.evidence, try evidence($0.evidence, $0.values)) },
      sensitivity: layerSensitivity, statistics: statistics ?? self.statistics)
  }

  /// The same context for a pruning to a cost.
  func costing(_ weightCosts: [String: Double]) -> ScoringContext {
    var context = self
    context.weightCosts = weightCosts
    return context
  }

  /// The context as one criterion sees it.
  func limited(to needs: ScoringNeeds, of criterion: String) -> ScoringContext {
    var context = self
    context.reader = (criterion, needs)
    return context
  }

  private func granted<Value>(_ value: Value?, _ need: ScoringNeed) throws(PruningError) -> Value {
    if let reader, !reader.needs.contains(need) { throw .undeclaredNeed(need, criterion: reader.criterion) }
    guard let value else { throw .unavailable(need, criterion: reader?.criterion ?? "a criterion") }
    return value
  }
}
