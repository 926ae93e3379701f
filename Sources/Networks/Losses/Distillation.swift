import CoppiceAutodiff
import CoppiceTerms

extension Loss {
  /// Soft targets of a teacher beside the labels (Hinton, Vinyals, Dean 2015):
  ///
  ///     weight · T² · KL(softmax(teacher / T) ‖ softmax(student / T)) + (1 − weight) · cross-entropy(student, label)
  ///
  /// The weight is the share of the soft targets; the labels have the rest. The factor T² keeps the gradients of both on one scale.
  /// The divergence is that of the student from the teacher, `Σ_c t_c · (ln t_c − ln s_c)`, as PyTorch's `kl_div` has it with the
  /// student's logarithms first. Where a label does not count, neither does the teacher.
  ///
  /// - Parameters:
  ///   - temperature: T, by which both logits are divided, above 0.
  ///   - weight: the share of the soft targets, 0…1.
  public static func distillation(temperature: Double = 4, weight: Double = 0.9) -> Loss {
    Loss(
      "distillation", version: 1, [("temperature", .number(temperature)), ("weight", .number(weight))],
      needsTeacher: true
    ) { logits, labels, teacher in
      let cold = Float(1 / temperature)
      let student = logits.scaled(by: cold).logSoftmax
      guard let guide = teacher?.scaled(by: cold).logSoftmax else { return student.summed(over: 1) }
      let counted = labels.oneHot(classes: logits.shape[-1]).summed(over: 1)
      let divergence = (guide.exponential * (guide - student)).summed(over: 1) * counted
      return divergence.scaled(by: Float(weight * temperature * temperature))
        + logits.softmaxCrossEntropy(labels).scaled(by: Float(1 - weight))
    }
  }
}

extension Shipped<Loss> {
  static let distillation = Shipped(
    .distillation(), "a teacher's softened probabilities beside the labels, for the step distil",
    paper: "Hinton et al. 2015"
  ) { fields in
    .distillation(
      temperature: try fields.number("temperature", in: 0.01...1_000, default: 4),
      weight: try fields.number("weight", in: 0...1, default: 0.9))
  }
}
