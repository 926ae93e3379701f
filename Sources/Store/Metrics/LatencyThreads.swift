extension Metric {
  /// The threads that shared each kernel while latencies were measured. Processor and kernels are columns too.
  package static let latencyThreads = Metric(
    Quantity("latency_threads", "threads of latencies", unit: .count), isLowerBetter: true,
    .round { $0.latency.map { Double($0.threads) } ?? .nan })
}
