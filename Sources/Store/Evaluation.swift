import CoppiceHDF5

/// Losses and accuracies of a network at one step of training. What was not measured is NaN.
package struct Evaluation: Hashable, Sendable {
  /// The step (iterations since the start of the round) after which it was measured.
  package var step: Int
  package var trainLoss: Double
  package var trainAccuracy: Double
  package var validationLoss: Double
  package var validationAccuracy: Double
  package var testLoss: Double
  package var testAccuracy: Double
  /// Test accuracy of each class, or nothing.
  package var testClassAccuracy: [Double]

  /// An evaluation at a step.
  package init(
    step: Int, trainLoss: Double = .nan, trainAccuracy: Double = .nan, validationLoss: Double = .nan,
    validationAccuracy: Double = .nan, testLoss: Double = .nan, testAccuracy: Double = .nan,
    testClassAccuracy: [Double] = []
  ) {
    self.step = step
    (self.trainLoss, self.trainAccuracy) = (trainLoss, trainAccuracy)
    (self.validationLoss, self.validationAccuracy) = (validationLoss, validationAccuracy)
    (self.testLoss, self.testAccuracy) = (testLoss, testAccuracy)
    self.testClassAccuracy = testClassAccuracy
  }

  /// The measures with their names in files.
  static var measures: [(name: String, path: WritableKeyPath<Evaluation, Double>)] {
    [
      ("train_loss", \.trainLoss), ("train_accuracy", \.trainAccuracy), ("validation_loss", \.validationLoss),
      ("validation_accuracy", \.validationAccuracy), ("test_loss", \.testLoss),
      ("test_accuracy", \.testAccuracy),
    ]
  }
}

extension [Evaluation] {
  /// Writes `step`, a dimension scale, one dataset `[step]` a measure that was taken at all, and
  /// `test_class_accuracy` `[class_step, class]` for the steps that have it.
  func write(to group: HDF5Group) throws(HDF5Error) {
    let scale = try group.write("step", map { Int64($0.step) })
    try scale.makeScale("step")
    for (name, path) in Evaluation.measures {
      let values = map { $0[keyPath: path] }
      if values.allSatisfy(\.isNaN) { continue }
      try group.write(name, values).attachScales([scale])
    }
    let classed = filter { !$0.testClassAccuracy.isEmpty }
    guard let count = classed.first?.testClassAccuracy.count else { return }
    let steps = try group.write("class_step", classed.map { Int64($0.step) })
    try steps.makeScale("class_step")
    let classes = try group.write("class", (0..<count).map(Int64.init))
    try classes.makeScale("class")
    let values = classed.flatMap(\.testClassAccuracy)
    try group.write("test_class_accuracy", values, shape: [classed.count, count]).attachScales([
      steps, classes,
    ])
  }

  /// Reads what `write` wrote.
  init(from group: HDF5Group) throws(HDF5Error) {
    self = try group.dataset("step").read(Int64.self).map { Evaluation(step: Int($0)) }
    for (name, path) in Evaluation.measures where try group.contains(name) {
      let values: [Double] = try group.dataset(name).read(count: count)
      for (index, value) in values.enumerated() { self[index][keyPath: path] = value }
    }
    guard try group.contains("test_class_accuracy") else { return }
    let steps = try group.dataset("class_step").read(Int64.self)
    let classCount = try group.dataset("class").shape.first ?? 0
    let values: [Double] = try group.dataset("test_class_accuracy").read(count: steps.count * classCount)
    for (row, step) in steps.enumerated() {
      guard let index = firstIndex(where: { $0.step == Int(step) && $0.testClassAccuracy.isEmpty }) else {
        continue
      }
      self[index].testClassAccuracy = Array<Double>(values[(row * classCount)..<((row + 1) * classCount)])
    }
  }
}
