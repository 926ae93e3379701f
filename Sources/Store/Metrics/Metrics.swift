import CoppiceTerms
import Synchronization

/// The catalogue of metrics. To add one: a file beside this, and its line here.
package enum Metrics {
  /// Every metric, in the order of the index's columns: what is shipped, then those of the user's package.
  package static var all: [Metric] { shipped + own.withLock { $0 } }

  private static let own = Mutex<[Metric]>([])

  /// What is shipped. New ones come last.
  package static let shipped: [Metric] = [
    .parameters,
    .parametersNonzero,
    .flops,
    .flopsNonzero,
    .trainingFlops,
    .trainLoss,
    .validationLoss,
    .validationAccuracy,
    .testLoss,
    .testAccuracy,
    .earlyStopStep,
    .earlyStopTestAccuracy,
    .wallTime,
    .trainAccuracy,
    .worstClassTestAccuracy,
    .ties,
    .effectiveSparsity,
    .emptiedLayers,
    .deadUnits,
    .chance,
    .trainingFlopsDense,
    .flopsCompacted,
    .exploration,
    .parametersCompacted,
    .bytesCompacted,
    .logitDifference,
    .bytes,
    .bytesSparse,
    .bytesCompressed,
    .activationBytes,
    .activationBytesCompacted,
    .latency,
    .latencyDense,
    .latencySparse,
    .latencyCompacted,
    .latency64Dense,
    .latency64Sparse,
    .latency64Compacted,
    .latencyDenseSpread,
    .latencySparseSpread,
    .latencyCompactedSpread,
    .latency64DenseSpread,
    .latency64SparseSpread,
    .latency64CompactedSpread,
    .latencyThreads,
    .throughput,
    .throughputDense,
    .throughputSparse,
    .throughputCompacted,
    .energyDense,
    .energySparse,
    .energyCompacted,
    .notFaster,
    .notFaster64,
    .requestedShare,
    .achievedShare,
    .requestedCost,
    .achievedCost,
    .bits,
    .bytesQuantised,
    .bytesQuantisedSparse,
    .zeroedSurvivors,
    .latencyQuantised,
    .latency64Quantised,
    .latencyQuantisedSpread,
    .latency64QuantisedSpread,
    .throughputQuantised,
    .energyQuantised,
    .latencyShare,
    .latencySparseShare,
    .latencyCompactedShare,
    .latencyQuantisedShare,
    .latency64Share,
    .latency64SparseShare,
    .latency64CompactedShare,
    .latency64QuantisedShare,
  ]

  private static let shippedPlaces = Dictionary(
    shipped.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })

  /// Where a metric stands in `all`; `nil` for one that is not there.
  static func place(of name: String) -> Int? {
    shippedPlaces[name]
      ?? own.withLock { $0.firstIndex { $0.name == name } }.map { shipped.count + $0 }
  }

  /// Adds metrics of a user's package, before any file is read or written.
  ///
  /// - Throws: `ComponentError` where a name is a column already, or cannot be one.
  package static func add(_ metrics: [Metric]) throws(ComponentError) {
    for metric in metrics {
      let taken = IndexColumn.columns(with: all).contains { $0.name == metric.name }
      if taken { throw .taken("column of the index", metric.name) }
      if reserved.contains(metric.name) { throw .taken("array of trial files and summaries", metric.name) }
      guard metric.name.wholeMatch(of: #/[a-z][a-z0-9_]*/#) != nil, !metric.name.hasPrefix("setting_") else {
        throw .refused(
          "metric \"\(metric.name)\"",
          "a column of the index is called by lower-case letters, digits and _, and setting_ begins those of settings"
        )
      }
      own.withLock { $0.append(metric) }
    }
  }

  /// What files have beside metrics, under the same roof.
  private static let reserved: Set = [
    "step", "class", "class_step", "test_class_accuracy", "achieved_sparsity",
  ]

  /// Conditions of a round that are shown like metrics.
  private static let conditions: [Metric] = [
    .sparsity, .density, .requestedSparsity, .targetSparsity,
  ]

  /// What a column of the index is: a metric, a sparsity, or any other number, which is called by its column's name.
  package static func column(_ name: String) -> Metric {
    (all + conditions).first { $0.name == name }
      ?? Metric(Quantity(name), isLowerBetter: false, .column)
  }
}
