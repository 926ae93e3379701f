import CoppiceTensors
import CoppiceTerms

extension Criterion {
  /// −|w|: the largest weights go first. A criterion that is to do badly.
  ///
  /// Zhou et al., "Deconstructing lottery tickets", NeurIPS 2019: mask criterion `small_final`.
  public static let smallFinal = Criterion("small-final", version: 1, keepsScores: false) { context in
    try context.scoreEach { _, weight in Tensor(weight.shape, weight.scalars.map { -$0.magnitude }) }
  }
}

extension Shipped<Criterion> {
  static let smallFinal = Shipped(.smallFinal, "−|weight|: the largest go first", paper: "Zhou et al. 2019")
}
