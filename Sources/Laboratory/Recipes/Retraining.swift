import CoppicePruning
import CoppiceTerms

/// What follows a pruning. T is the length of the dense training. Each shipped one stands in Recipes/Retrainings/.
public struct Retraining: Component {
  /// The name, the version and every field of the retraining.
  public let specification: Specification
  private let steps: @Sendable (_ total: Int, _ perEpoch: Int) throws(PruningError) -> RetrainingPlan

  /// A retraining.
  /// - Parameters:
  ///   - name: what the retraining is called in tables, in kebab-case.
  ///   - version: raise it whenever results change; `nil` while it is being written.
  ///   - fields: the values it depends on.
  ///   - plan: its steps, given T and the steps in one pass over the training data.
  public init(
    _ name: String, version: Int? = nil, fields: [(name: String, value: Specification.Value)] = [],
    plan: @escaping @Sendable (_ total: Int, _ perEpoch: Int) throws(PruningError) -> RetrainingPlan
  ) {
    specification = Specification(name, version: version, fields)
    steps = plan
  }

  /// Whether the pruned network is trained for longer than the dense one. Then the dense network is trained on by as much, to
  /// compare.
  var goesOn: Bool {
    // A training so long that no rewind lies past its end.
    guard let plan = try? plan(total: 1 << 41, perEpoch: 1) else { return false }
    return plan.rewindStep == nil && plan.iterations > 0
  }

  /// The retraining in steps.
  /// - Parameters:
  ///   - total: optimizer steps of the dense training, T.
  ///   - perEpoch: optimizer steps in one pass over the training data.
  /// - Throws: `PruningError.rewindPastEnd` where the step lies past the end of the dense training, `.budget` where an
  ///   amount makes no sense.
  public func plan(total: Int, perEpoch: Int) throws(PruningError) -> RetrainingPlan {
    try steps(total, perEpoch)
  }
}

/// A retraining in steps: what a ticket gets, and every control of it as well.
public struct RetrainingPlan: Hashable, Sendable {
  /// The step of the dense training whose weights are taken up again; `nil` where they stay as they are.
  public let rewindStep: Int?
  /// The step of the dense training at which the learning rates go on; `nil` for its last learning rate throughout.
  public let learningRateStep: Int?
  /// The number of optimizer steps.
  public let iterations: Int
  /// Whether it makes, beside those, the steps that a stop rule has left of the training before the pruning.
  public let completes: Bool

  /// A plan of these steps.
  public init(
    rewindStep: Int? = nil, learningRateStep: Int? = nil, iterations: Int, completes: Bool = false
  ) {
    self.completes = completes
    self.rewindStep = rewindStep
    self.learningRateStep = learningRateStep
    self.iterations = iterations
  }
}

extension Budget {
  /// The step of the dense training that a rewind goes back to; it lies before its end.
  func rewindStep(total: Int, perEpoch: Int) throws(PruningError) -> Int {
    let step = try steps(total: total, perEpoch: perEpoch)
    guard step < total else { throw .rewindPastEnd(self, step: step, total: total) }
    return step
  }

  /// The budget in steps, shares taken of the dense training.
  func steps(total: Int, perEpoch: Int) throws(PruningError) -> Int {
    do throws(BudgetError) {
      return try iterations(perEpoch: perEpoch, of: total)
    } catch {
      throw .budget(error)
    }
  }
}
