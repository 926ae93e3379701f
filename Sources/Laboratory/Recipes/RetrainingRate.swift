import CoppiceTerms

/// How the learning rate of a retraining goes, whatever the retraining: an axis of its own. Each is laid out over the retraining's own
/// steps, however few they are. Each shipped one stands in Recipes/RetrainingRates/.
///
/// ```swift
/// extension RetrainingRate {
///   /// Half of the dense training's highest rate throughout.
///   static let half = RetrainingRate("half", version: 1) { $0.highest / 2 }
/// }
/// ```
public struct RetrainingRate: Component {
  /// The name, the version and every field of the rate.
  public let specification: Specification
  /// Whether it asks how far pruning has moved the weights.
  public let takesChange: Bool

  private enum Way: Sendable {
    case own
    case last
    case rates(@Sendable (RetrainingMoment) -> Double)
  }
  private let way: Way

  /// A rate.
  /// - Parameters:
  ///   - name: what it is called in tables, in kebab-case.
  ///   - version: raise it whenever rates change; `nil` while it is being written.
  ///   - fields: the values it depends on.
  ///   - takesChange: whether `RetrainingMoment.change` is asked for. Then it goes with retrainings alone that keep the weights.
  ///   - rate: the learning rate of a step.
  public init(
    _ name: String, version: Int? = nil, fields: [(name: String, value: Specification.Value)] = [],
    takesChange: Bool = false, rate: @escaping @Sendable (RetrainingMoment) -> Double
  ) {
    specification = Specification(name, version: version, fields)
    self.takesChange = takesChange
    way = .rates(rate)
  }

  private init(_ name: String, _ way: Way) {
    (specification, takesChange, self.way) = (Specification(name, version: 1), false, way)
  }

  /// The rate that the retraining itself has.
  static let ownWay = RetrainingRate("own", .own)
  /// The last rate of the dense training, whatever the retraining.
  static let lastWay = RetrainingRate("last", .last)

  /// The rate of a step.
  func callAsFunction(_ moment: RetrainingMoment) -> Double {
    if case .rates(let rate) = way { rate(moment) } else { moment.denseRate(moment.denseTotal - 1) }
  }

  /// The step of the dense training at whose rates a training goes on where it has those; `nil` for the last one, or a course of its
  /// own.
  func learningRateStep(of plan: RetrainingPlan) -> Int? {
    if case .own = way { plan.learningRateStep } else { nil }
  }

  /// What a training is given where it has a course of its own.
  ///
  /// - Parameter network: the stage with the network before the pruning.
  func course(from network: StageKey?) -> TrainingStage.RateCourse? {
    guard case .rates = way else { return nil }
    return TrainingStage.RateCourse(rate: self, before: takesChange ? network : nil)
  }
}

/// A step of a retraining, to a rate.
public struct RetrainingMoment: Sendable {
  /// The step, from 0.
  public let step: Int
  /// The steps of the retraining, n.
  public let total: Int
  /// The steps of the dense training, T.
  public let denseTotal: Int
  /// The highest learning rate of the dense training.
  public let highest: Double
  /// How far pruning has moved the weights, 0…1: ‖W − W'‖ / (‖W‖ · √s), W being the prunable weights before it, W' those that the
  /// retraining begins with, and s the share of W that is pruned. 0 where nothing was.
  public let change: Double
  private let rates: @Sendable (Int) -> Double

  init(
    step: Int, total: Int, denseTotal: Int, highest: Double, change: Double,
    rates: @escaping @Sendable (Int) -> Double
  ) {
    (self.step, self.total, self.denseTotal) = (step, total, denseTotal)
    (self.highest, self.change, self.rates) = (highest, change, rates)
  }

  /// The learning rate of a step of the dense training, 0…T − 1.
  public func denseRate(_ step: Int) -> Double { rates(step) }
}
