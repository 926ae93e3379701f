import CoppiceTerms

extension DistillationTeacher {
  /// The network of the same trial before any pruning, trained to the end.
  public static let dense = DistillationTeacher("dense", version: 1) { course in
    guard let key = course.dense, let training = course.graph[key] as? TrainingStage, training.isMeasured
    else {
      throw RecipeError.noDenseTeacher
    }
    return (key, training.regimen.model)
  }
}

extension Shipped<DistillationTeacher> {
  static let dense = Shipped(.dense, "the trial's own network before any pruning")
}
