import CoppiceLaboratory

/// Two computations measured in turn, so that what slows the machine down slows both.
struct RatesInTurn {
  /// Seconds of each of the runs.
  let seconds: Double

  init(_ seconds: Double) { self.seconds = seconds }

  /// How many times as fast one is as another.
  func rates(of fast: () -> Void, beside slow: () -> Void) -> Rates {
    // The first of each warms caches and threads.
    slow()
    fast()
    return Rates(
      (0..<Rates.runs).map { _ in
        let before = rate(slow)
        return rate(fast) / before
      })
  }

  private func rate(_ call: () -> Void) -> Double {
    let watch = Stopwatch()
    var calls = 0
    repeat {
      call()
      calls += 1
    } while watch.elapsed < seconds
    return Double(calls) / watch.elapsed
  }
}
