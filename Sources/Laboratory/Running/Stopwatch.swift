/// Seconds of wall time; never part of a result.
package struct Stopwatch {
  private let clock = ContinuousClock()
  private var start = ContinuousClock().now

  /// A watch that starts now.
  package init() {}

  /// Seconds since the start or the last lap.
  package var elapsed: Double {
    let components = (clock.now - start).components
    return Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }

  /// Seconds since the last lap, and a new lap.
  package mutating func lap() -> Double {
    let time = elapsed
    start = clock.now
    return time
  }
}
