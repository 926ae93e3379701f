import CoppicePruning
import CoppiceTerms

extension Retraining {
  /// Training goes on with the weights as they are, at the last learning rate of the dense training.
  ///
  /// S. Han, J. Pool, J. Tran, W. Dally, "Learning both weights and connections for efficient neural networks", NIPS 2015.
  public static func fineTune(_ budget: Budget = .share(0.25)) -> Retraining {
    Retraining("fine-tune", version: 1, fields: [("budget", budget.specificationValue)]) {
      total, perEpoch throws(PruningError) in
      RetrainingPlan(iterations: try budget.steps(total: total, perEpoch: perEpoch))
    }
  }
}

extension Shipped<Retraining> {
  static let fineTune = Shipped(
    .fineTune(), "trains on with the weights as they are, at the last learning rate", paper: "Han et al. 2015"
  ) { fields in .fineTune(try fields.budget("budget", default: .share(0.25))) }
}
