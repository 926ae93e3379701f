import CoppiceStore
import CoppiceTerms

/// When a training or a ladder ends before its time: by a metric of the validation data, or by masks that are drawn on the way. Each
/// shipped one stands in StopRules/.
public struct StopRule: Component {
  /// What a rule ends.
  public enum Scope: Hashable, Sendable {
    /// Nothing.
    case nothing
    /// A training: it is asked at every evaluation.
    case training
    /// A ladder: it is asked after every round.
    case ladder
    /// The training before the first pruning: it is asked at every mask that is drawn.
    case search
  }

  /// How masks are drawn.
  struct Drawing: Sendable {
    /// How often.
    let interval: Budget
    /// With how many of those before it each one is compared.
    let memory: Int
  }

  /// The name, the version and every field of the rule.
  public let specification: Specification
  /// What it ends.
  public let scope: Scope
  /// The metric it looks at; `nil` for none.
  let metric: String?
  /// How the masks are drawn that it looks at; `nil` where it looks at a metric.
  let drawing: Drawing?
  private let decide: @Sendable ([Double], _ isLowerBetter: Bool) -> String?

  /// A rule by a metric.
  /// - Parameters:
  ///   - name: what the rule is called in tables, in kebab-case.
  ///   - version: raise it whenever decisions change; `nil` while it is being written.
  ///   - fields: the values it depends on, the metric excepted.
  ///   - scope: what it ends.
  ///   - metric: the metric it looks at: one of the validation data, since nothing is selected on the test set.
  ///   - decide: why it ends here, given the metric's values so far in order and whether lower ones are better; `nil` where it
  ///     goes on.
  public init(
    _ name: String, version: Int? = nil, fields: [(name: String, value: Specification.Value)] = [],
    ends scope: Scope, by metric: String?,
    decide: @escaping @Sendable (_ values: [Double], _ isLowerBetter: Bool) -> String?
  ) {
    specification = Specification(
      name, version: version, (metric.map { [("metric", .text($0))] } ?? []) + fields)
    self.scope = scope
    self.metric = metric
    drawing = nil
    self.decide = decide
  }

  /// A rule by masks, which ends the training before the first pruning. A mask is what that pruning would cut from the weights as they
  /// stand.
  /// - Parameters:
  ///   - name: what the rule is called in tables, in kebab-case.
  ///   - version: raise it whenever decisions change; `nil` while it is being written.
  ///   - fields: the values it depends on, interval and memory excepted.
  ///   - interval: how often a mask is drawn, the first time after so long.
  ///   - memory: with how many masks before it each one is compared, 1…100. While there are fewer, the training goes on.
  ///   - decide: why it ends here, given the distances of the newest mask to those before it, the oldest first: fractions of the
  ///     prunable weights that survive in one of both, 0…1; `nil` where it goes on.
  public init(
    _ name: String, version: Int? = nil, fields: [(name: String, value: Specification.Value)] = [],
    drawing interval: Budget, memory: Int,
    decide: @escaping @Sendable (_ distances: [Double]) -> String?
  ) {
    specification = Specification(
      name, version: version,
      [("every", interval.specificationValue), ("memory", .integer(memory))] + fields)
    (scope, metric) = (.search, nil)
    drawing = Drawing(interval: interval, memory: memory)
    self.decide = { distances, _ in decide(distances) }
  }

  /// How many masks may be kept: more are a slip of the pen.
  static let possibleMemory = 1...100

  /// What keys hold of it: its specification, and the version of the metric where that is one of a user's package.
  package var identity: Specification {
    guard let metric, !Metrics.shipped.contains(where: { $0.name == metric }) else { return specification }
    let version = Metrics.all.first { $0.name == metric }?.version
    return specification.adding([
      ("own-metric", .component(Specification(metric, version: version)), neutral: .none)
    ])
  }

  /// Why it ends after these evaluations; `nil` where it goes on.
  func reason(after evaluations: [Evaluation]) -> String? {
    guard let metric = metric.map(Metrics.column) else { return nil }
    return decide(evaluations.map { $0[metric] }, metric.isLowerBetter)
  }

  /// Why it ends at a mask this far from those before it, the oldest first; `nil` where it goes on.
  func reason(at distances: [Double]) -> String? {
    guard let drawing, distances.count == drawing.memory else { return nil }
    return decide(distances, true)
  }

  /// Whether it decides by a metric.
  var looksAtMetric: Bool { scope == .training || scope == .ladder }

  /// The metrics a rule may look at.
  static var metrics: [String] { Metrics.all.filter { $0.part == .validation }.map(\.name) }
}

extension StopRule {
  /// How much better a value is than another, in the metric's unit.
  static func gain(_ value: Double, over other: Double, isLowerBetter: Bool) -> Double {
    isLowerBetter ? other - value : value - other
  }
}
