extension Metric {
  /// The lowest test accuracy among the classes that have examples: what an average hides of whom a pruned network forgets
  /// first (Hooker et al. 2019). It is taken from the accuracies of classes at the end of a round, so that rounds stored
  /// before this metric have it too.
  package static let worstClassTestAccuracy = Metric(
    Quantity("worst_class_test_accuracy", "test accuracy of the worst class", unit: .fraction),
    isLowerBetter: false,
    .round { $0.evaluations.last?.testClassAccuracy.filter { !$0.isNaN }.min() ?? .nan })
}
