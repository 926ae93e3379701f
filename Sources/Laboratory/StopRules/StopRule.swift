import CoppiceStore
import CoppiceTerms

/// When a training or a ladder ends before its time, by a metric of the validation data. Each shipped one stands in StopRules/.
public struct StopRule: Component {
  /// What a rule ends.
  public enum Scope: Hashable, Sendable {
    /// Nothing.
    case nothing
    /// A training: it is asked at every evaluation.
    case training
    /// A ladder: it is asked after every round.
    case ladder
  }

  /// The name, the version and every field of the rule.
  public let specification: Specification
  /// What it ends.
  public let scope: Scope
  /// The metric it looks at; `nil` for none.
  let metric: String?
  private let decide: @Sendable ([Double], _ isLowerBetter: Bool) -> String?

  /// A rule.
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
    self.decide = decide
  }

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

  /// The metrics a rule may look at.
  static var metrics: [String] { Metrics.all.filter { $0.part == .validation }.map(\.name) }
}

extension StopRule {
  /// How much better a value is than another, in the metric's unit.
  static func gain(_ value: Double, over other: Double, isLowerBetter: Bool) -> Double {
    isLowerBetter ? other - value : value - other
  }
}
