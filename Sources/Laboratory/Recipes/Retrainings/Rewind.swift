import CoppicePruning
import CoppiceTerms

extension Retraining {
  /// Surviving weights go back to where they were at step k of the dense training, to the bit. They are trained for the T − k steps
  /// that remain, with the learning rates of those steps. Where `learningRate` is false, all steps have the last learning rate.
  ///
  /// k = 0 is the lottery ticket (J. Frankle, M. Carbin, ICLR 2019). A later k is J. Frankle et al., "Linear mode
  /// connectivity and the lottery ticket hypothesis", ICML 2020.
  public static func rewind(to point: Budget = .iterations(0), learningRate: Bool = true) -> Retraining {
    Retraining(
      "rewind", version: 1,
      fields: [("to", point.specificationValue)] + (learningRate ? [] : [("learning-rate", .flag(false))])
    ) { total, perEpoch throws(PruningError) in
      let step = try point.rewindStep(total: total, perEpoch: perEpoch)
      return RetrainingPlan(
        rewindStep: step, learningRateStep: learningRate ? step : nil, iterations: total - step)
    }
  }
}

extension Shipped<Retraining> {
  static let rewind = Shipped(
    .rewind(), "weights go back to a step of the dense training and are trained to its end",
    paper: "Frankle and Carbin 2019"
  ) { fields in
    .rewind(
      to: try fields.budget("to", default: .iterations(0)),
      learningRate: try fields.flag("learning-rate", default: true))
  }
}
