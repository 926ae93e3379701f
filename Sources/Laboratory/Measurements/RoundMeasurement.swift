import CoppiceTerms

/// What is measured of every round of a trial besides its costs and accuracies, by stages that run while nothing else does. Each
/// shipped one stands in Measurements/.
public struct RoundMeasurement: Component {
  /// The name, the version and every field of the measurement.
  public let specification: Specification
  /// Whether latencies are taken.
  let takesLatency: Bool
  /// The threads that share each kernel meanwhile; `nil` for as many as the machine has cores.
  let threads: Int?

  init(
    _ name: String, version: Int, fields: [(name: String, value: Specification.Value)] = [],
    takesLatency: Bool = false, threads: Int? = nil
  ) {
    specification = Specification(name, version: version, fields)
    (self.takesLatency, self.threads) = (takesLatency, threads)
  }

  /// How many threads may be asked for.
  static let possibleThreads = 1...256
}
