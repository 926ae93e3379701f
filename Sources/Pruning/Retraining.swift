import CoppiceTerms

/// What follows a pruning. T is the length of the dense training.
public enum Retraining: Component {
  /// Nothing: the pruned network is measured as it is.
  case none
  /// Training goes on with the weights as they are, at the last learning rate of the dense training.
  case fineTune(_ budget: Budget = .share(0.25))
  /// Surviving weights go back to where they were at a step k of the dense training, to the bit, and are trained for the
  /// T − k steps that remain: with the learning rates of those steps, or all at the last learning rate where
  /// `learningRate` is false. k = 0 is the lottery ticket (J. Frankle, M. Carbin, ICLR 2019), a later k is J. Frankle et
  /// al., "Linear mode connectivity and the lottery ticket hypothesis", ICML 2020.
  case rewind(to: Budget = .iterations(0), learningRate: Bool = true)
  /// The weights stay, the learning rate goes back to step k: T − k more steps with the learning rates from k on.
  /// A. Renda, J. Frankle, M. Carbin, "Comparing rewinding and fine-tuning in neural network pruning", ICLR 2020.
  case learningRateRewind(to: Budget = .iterations(0))

  /// `none`, `fine-tune(budget: 0.25)`, `rewind(to: 0it)`, `learning-rate-rewind(to: 0it)`.
  public var specification: Specification {
    switch self {
    case .none: Specification("none", version: 1)
    case .fineTune(let budget):
      Specification("fine-tune", version: 1, [("budget", budget.specificationValue)])
    case .rewind(let step, true): Specification("rewind", version: 1, [("to", step.specificationValue)])
    case .rewind(let step, false):
      Specification("rewind", version: 1, [("to", step.specificationValue), ("learning-rate", .flag(false))])
    case .learningRateRewind(let step):
      Specification("learning-rate-rewind", version: 1, [("to", step.specificationValue)])
    }
  }

  /// The names of all kinds, in the order they are listed.
  public static let names = ["none", "fine-tune", "rewind", "learning-rate-rewind"]
}

/// A retraining in steps: what a ticket gets, and every control of it as well.
public struct RetrainingPlan: Hashable, Sendable {
  /// The step of the dense training whose weights are taken up again; `nil` where they stay as they are.
  public let rewindStep: Int?
  /// The step of the dense training at which the learning rates go on; `nil` for its last learning rate throughout.
  public let learningRateStep: Int?
  /// The number of optimizer steps.
  public let iterations: Int
}

extension Retraining {
  /// The retraining in steps.
  /// - Parameters:
  ///   - total: optimizer steps of the dense training, T.
  ///   - perEpoch: optimizer steps in one pass over the training data.
  /// - Throws: `PruningError.rewindPastEnd` where the step lies past the end of the dense training, `.budget` where an
  ///   amount makes no sense.
  public func plan(total: Int, perEpoch: Int) throws(PruningError) -> RetrainingPlan {
    switch self {
    case .none: return RetrainingPlan(rewindStep: nil, learningRateStep: nil, iterations: 0)
    case .fineTune(let budget):
      let iterations = try steps(of: budget, total: total, perEpoch: perEpoch)
      return RetrainingPlan(rewindStep: nil, learningRateStep: nil, iterations: iterations)
    case .rewind(let point, let learningRate):
      let step = try rewindStep(point, total: total, perEpoch: perEpoch)
      return RetrainingPlan(
        rewindStep: step, learningRateStep: learningRate ? step : nil, iterations: total - step)
    case .learningRateRewind(let point):
      let step = try rewindStep(point, total: total, perEpoch: perEpoch)
      return RetrainingPlan(rewindStep: nil, learningRateStep: step, iterations: total - step)
    }
  }

  private func rewindStep(_ point: Budget, total: Int, perEpoch: Int) throws(PruningError) -> Int {
    let step = try steps(of: point, total: total, perEpoch: perEpoch)
    guard step < total else { throw .rewindPastEnd(point, step: step, total: total) }
    return step
  }

  private func steps(of budget: Budget, total: Int, perEpoch: Int) throws(PruningError) -> Int {
    do throws(BudgetError) {
      return try budget.iterations(perEpoch: perEpoch, of: total)
    } catch {
      throw .budget(error)
    }
  }
}
