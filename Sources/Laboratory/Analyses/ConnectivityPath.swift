import CoppiceStore
import CoppiceTensors

/// What was measured on the way from one network to another.
package struct ConnectivityPath: Hashable, Sendable {
  /// What a number is one of, and of which data.
  package struct Measure: Hashable, Sendable {
    /// The name in files: `test_error`.
    package let name: String
    package let title: String
    let isError: Bool

    package static let testError = Measure(name: "test_error", title: "test error", isError: true)
    package static let trainError = Measure(name: "train_error", title: "training error", isError: true)
    package static let testLoss = Measure(name: "test_loss", title: "test loss", isError: false)
    package static let trainLoss = Measure(name: "train_loss", title: "training loss", isError: false)

    package static let all = [testError, trainError, testLoss, trainLoss]

    /// A column of values of it.
    func quantity(_ name: String, _ title: String) -> Quantity {
      isError ? Quantity(name, title, unit: .fraction) : Quantity(name, title, bounds: 0...(.infinity))
    }
  }

  /// The part of the data.
  enum Part { case test, train }

  /// How far along each point is, 0…1.
  package var positions: [Double] = []
  private var values: [Measure: [Double]] = [:]

  init() {}

  /// The path that a stage holds.
  package init?(_ record: StageRecord) {
    guard let positions = record[numbers: "position"] else { return nil }
    self.positions = positions
    for measure in Measure.all {
      guard let found = record[numbers: measure.name], found.count == positions.count else { return nil }
      values[measure] = found
    }
  }

  /// What a stage holds of it.
  var numbers: [(name: String, values: [Double])] {
    [("position", positions)] + Measure.all.map { ($0.name, self[$0]) }
  }

  /// Adds what was measured at a point.
  mutating func add(_ tally: Tally, _ part: Part) {
    values[part == .test ? .testError : .trainError, default: []].append(1 - tally.accuracy)
    values[part == .test ? .testLoss : .trainLoss, default: []].append(tally.loss)
  }

  /// The values at the points.
  package subscript(measure: Measure) -> [Double] { values[measure] ?? [] }

  /// The mean of the two ends.
  package func ends(_ measure: Measure) -> Double {
    guard let first = self[measure].first, let last = self[measure].last else { return .nan }
    return (first + last) / 2
  }

  /// How far the highest point lies above the mean of the ends; NaN where a point has no value.
  package func barrier(_ measure: Measure) -> Double {
    guard let highest = self[measure].max(), !self[measure].contains(where: \.isNaN) else { return .nan }
    return highest - ends(measure)
  }
}
