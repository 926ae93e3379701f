extension Metric {
  /// 1 for a network that is smaller and not faster, else 0: masks have removed weights, and for one example neither the sparse nor the
  /// compacted form takes less time than the dense one in three runs of four.
  package static let notFaster = Metric(
    Quantity("not_faster", "smaller and not faster", unit: .count), isLowerBetter: true,
    .round { mark($0.latency, batch: 1) })

  /// The same for 64 examples at once.
  package static let notFaster64 = Metric(
    Quantity("not_faster_64", "smaller and not faster, 64 at once", unit: .count), isLowerBetter: true,
    .round { mark($0.latency, batch: 64) })

  private static func mark(_ record: LatencyRecord?, batch: Int) -> Double {
    record?.isNotFaster(batch: batch).map { $0 ? 1 : 0 } ?? .nan
  }
}
