import CoppiceHDF5
import CoppiceTensors

/// What a network reached at one step of training: the metrics that are taken at evaluations, by name. What was not measured
/// is NaN.
package struct Evaluation: Hashable, Sendable {
  /// The step (iterations since the start of the round) after which it was measured.
  package var step: Int
  private var values: [String: Double] = [:]
  /// Test accuracy of each class, or nothing.
  package var testClassAccuracy: [Double]

  /// An evaluation at a step, of these values.
  package init(step: Int, _ values: [(metric: Metric, value: Double)] = [], testClassAccuracy: [Double] = [])
  {
    self.step = step
    self.testClassAccuracy = testClassAccuracy
    for (metric, value) in values { self[metric] = value }
  }

  /// The value of a metric; NaN where it was not measured.
  package subscript(metric: Metric) -> Double {
    get { values[metric.name] ?? .nan }
    set { values[metric.name] = newValue.isNaN ? nil : newValue }
  }

  /// Takes every metric that is measured on a part of the data.
  package mutating func measure(_ part: Metric.Part, _ tally: Tally, metrics: [Metric] = Metrics.all) {
    for metric in metrics {
      if case .evaluation(part, let measure) = metric.measurement { self[metric] = measure(tally) }
    }
  }

  /// The losses and accuracies that every evaluation has had from the first version on, in the order of files and digests.
  package static let digested: [Metric] = [
    .trainLoss, .trainAccuracy, .validationLoss, .validationAccuracy, .testLoss, .testAccuracy,
  ]

  /// The metrics that are taken at evaluations, in the order of files: `digested`, then newer ones.
  package static let metrics: [Metric] =
    digested
    + Metrics.all.filter { metric in metric.part != nil && !digested.contains { $0.name == metric.name } }
}

extension [Evaluation] {
  /// Writes `step`, a dimension scale, one dataset `[step]` a metric that was taken at all, and
  /// `test_class_accuracy` `[class_step, class]` for the steps that have it.
  func write(to group: HDF5Group) throws(HDF5Error) {
    let scale = try group.write("step", map { Int64($0.step) })
    try scale.makeScale("step")
    try scale.setAttribute("units", "iterations")
    for metric in Evaluation.metrics {
      let values = map { $0[metric] }
      if values.allSatisfy(\.isNaN) { continue }
      let dataset = try group.write(metric.name, values)
      try dataset.setAttribute("units", .text(metric.quantity.unit.text))
      try dataset.attachScales([scale])
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
    for metric in Evaluation.metrics where try group.contains(metric.name) {
      let values: [Double] = try group.dataset(metric.name).read(count: count)
      for (index, value) in values.enumerated() { self[index][metric] = value }
    }
    guard try group.contains("test_class_accuracy") else { return }
    let steps = try group.dataset("class_step").read(Int64.self)
    let dataset = try group.dataset("test_class_accuracy")
    let (values, shape) = (try dataset.read(Double.self), try dataset.shape)
    guard shape.count == 2, shape[0] == steps.count else {
      throw HDF5Error(call: "read", file: dataset.file, object: dataset.path, message: "bad shape \(shape)")
    }
    let classCount = shape[1]
    // Both are in the order of steps.
    var index = 0
    for (row, step) in steps.enumerated() {
      while index < count, self[index].step < Int(step) { index += 1 }
      guard index < count, self[index].step == Int(step) else { continue }
      self[index].testClassAccuracy = Array<Double>(values[(row * classCount)..<((row + 1) * classCount)])
      index += 1
    }
  }
}
