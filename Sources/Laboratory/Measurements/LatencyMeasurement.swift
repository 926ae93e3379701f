import CoppiceTerms

extension RoundMeasurement {
  /// How long one example and 64 at once take in each form of the network: dense with masked weights at 0, sparse, and compacted; and
  /// the energy of it, where the machine has counters that may be read. Each round's network is measured after its training, while
  /// nothing else runs.
  ///
  /// A result is one of a processor, its kernels and a number of threads, which are part of its key and columns of the index. It stands
  /// outside the comparison of bits.
  ///
  /// - Parameter threads: threads that share each kernel; `nil` for as many as the machine has cores.
  public static func latency(threads: Int? = nil) -> RoundMeasurement {
    RoundMeasurement(
      "latency", version: 1, fields: threads.map { [("threads", .integer($0))] } ?? [],
      takesLatency: true, threads: threads)
  }
}

extension Shipped<RoundMeasurement> {
  static let latency = Shipped(
    .latency(), "latency and throughput of the dense, sparse and compacted form, and their energy"
  ) { fields in
    .latency(threads: try fields.integerIfAny("threads", .whole(in: RoundMeasurement.possibleThreads), as: 1))
  }
}
