import CoppiceTerms

/// How a line between two networks is measured.
package struct ConnectivityWalk: Hashable, Sendable {
  /// What stands in for the running statistics of batch normalisations on the line.
  package enum Statistics: String, CaseIterable, Sendable {
    /// Those of the network at the point itself, made anew on batches of training data: at the ends too, so that all points are alike.
    case remade
    /// Those of the ends, interpolated as weights are.
    case interpolated
  }

  /// How many points, both ends among them.
  package var points = 30
  package var statistics = Statistics.remade
  /// How many batches statistics are made on, and how many examples each has.
  package var batches = 10
  package let batch = 256
  /// How many training examples are looked at, chosen at random once; the test set is taken whole.
  package var examples = 5_000

  package init() {}

  static let possiblePoints = 2...1_000
  static let possibleExamples = 1...10_000_000

  /// Its values, as a specification has them.
  var fields: [(name: String, value: Specification.Value)] {
    [
      ("points", .integer(points)), ("statistics", .text(statistics.rawValue)),
      ("batches", .integer(batches)), ("examples", .integer(examples)),
    ]
  }
}
