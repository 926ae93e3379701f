import CoppicePruning
import CoppiceTerms

extension Retraining {
  /// The weights stay, the learning rate goes back to step k: T − k more steps with the learning rates from k on.
  ///
  /// A. Renda, J. Frankle, M. Carbin, "Comparing rewinding and fine-tuning in neural network pruning", ICLR 2020.
  public static func learningRateRewind(to point: Budget = .iterations(0)) -> Retraining {
    Retraining("learning-rate-rewind", version: 1, fields: [("to", point.specificationValue)]) {
      total, perEpoch throws(PruningError) in
      let step = try point.rewindStep(total: total, perEpoch: perEpoch)
      return RetrainingPlan(learningRateStep: step, iterations: total - step)
    }
  }
}

extension Shipped<Retraining> {
  static let learningRateRewind = Shipped(
    .learningRateRewind(), "weights stay, the learning rates of a step of the dense training come again",
    paper: "Renda et al. 2020"
  ) { fields in .learningRateRewind(to: try fields.budget("to", default: .iterations(0))) }
}
