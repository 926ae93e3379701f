import CoppiceNetworks
import CoppicePruning
import CoppiceTerms

extension RecipeStep {
  /// Trains with a teacher. Behind a `prune` or a `factorise` it stands for `retrain`, and what is trained is the smaller network. As the
  /// first step it stands for `train`, and what is trained is the trial's own model from its initial weights: a smaller one than that of
  /// its teacher. Evaluations report the trial's own loss.
  ///
  /// - Parameters:
  ///   - loss: what compares with the teacher.
  ///   - teacher: the network that it compares with.
  public static func distil(
    _ loss: Loss = .distillation(), from teacher: DistillationTeacher = .dense
  ) -> RecipeStep {
    distil(loss, teacher, with: nil)
  }

  /// The same by this retraining in place of the trial's own.
  public static func distil(
    _ loss: Loss, from teacher: DistillationTeacher, _ retraining: Retraining
  ) -> RecipeStep {
    distil(loss, teacher, with: retraining)
  }

  fileprivate static func distil(
    _ loss: Loss, _ teacher: DistillationTeacher, with retraining: Retraining?
  ) -> RecipeStep {
    RecipeStep(
      "distil", version: 1,
      fields: [("loss", .component(loss.specification)), ("teacher", .component(teacher.specification))]
        + (retraining.map { [("with", .component($0.specification))] } ?? [])
    ) { course in
      try course.distil(loss, from: teacher, retraining)
    }
  }
}

extension Shipped<RecipeStep> {
  static let distil = Shipped(
    .distil(), "trains with a teacher, in place of retrain or train", paper: "Hinton et al. 2015"
  ) { fields in
    .distil(
      try fields.component("loss", from: Loss.catalogue, default: .distillation()),
      try fields.component("teacher", from: DistillationTeacher.catalogue, default: .dense),
      with: try fields.component("with").map { try Retraining.catalogue.read($0) })
  }
}
