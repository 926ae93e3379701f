import CoppiceStore

/// How long some calls take beside each other: in every run each of them is timed, in turn forwards and backwards, so that what slows
/// the machine meanwhile slows all of them.
package struct CallTimes {
  /// How much time is spent on it.
  package struct Effort: Sendable {
    /// Seconds that one call is repeated for in a run, at least once.
    package var sample = 0.02
    /// Seconds after which no further run begins, once there are `fewest`.
    package var budget = 6.0
    package var fewest = 3
    package var most = 21

    package init() {}

    /// What stages take.
    package static let usual = Effort()
  }

  /// Seconds of a call, one a run, for each of the calls.
  package private(set) var seconds: [[Double]]
  /// Joules of a call over all runs; NaN where the machine does not tell.
  package private(set) var joules: [Double]

  /// Times calls. Each is made once before, which does not count: it touches memory and wakes threads.
  /// - Parameter check: asked between calls; what it throws ends it.
  package init(
    of calls: [() -> Void], _ effort: Effort = .usual, counter: EnergyCounter? = nil,
    check: () throws -> Void = {}
  ) throws {
    let whole = Stopwatch()
    seconds = calls.map { _ in [] }
    let repeats = try calls.map { call in
      try check()
      let once = Stopwatch()
      call()
      guard once.elapsed < effort.sample else { return 1 }
      return max(1, Int((effort.sample / Self.seconds(of: call, within: effort.sample / 4)).rounded(.up)))
    }
    var energy = calls.map { _ in (joules: 0.0, calls: 0) }
    var isTold = counter != nil
    for run in 0..<effort.most {
      if run >= effort.fewest, whole.elapsed > effort.budget { break }
      let order = run % 2 == 0 ? Array(calls.indices) : calls.indices.reversed()
      for index in order {
        try check()
        let before = counter?.reading()
        let watch = Stopwatch()
        for _ in 0..<repeats[index] { calls[index]() }
        seconds[index].append(watch.elapsed / Double(repeats[index]))
        guard let counter, let before, let after = counter.reading() else {
          isTold = false
          continue
        }
        energy[index].joules += counter.joules(from: before, to: after)
        energy[index].calls += repeats[index]
      }
    }
    joules = energy.map { isTold && $0.calls > 0 ? $0.joules / Double($0.calls) : .nan }
  }

  /// About how long a short call takes.
  private static func seconds(of call: () -> Void, within span: Double) -> Double {
    let watch = Stopwatch()
    var calls = 0
    repeat {
      call()
      calls += 1
    } while watch.elapsed < span
    return max(1e-9, watch.elapsed / Double(calls))
  }

  /// The value below which so many of some numbers lie, on the line between its neighbours.
  package static func quantile(_ share: Double, of values: [Double]) -> Double {
    let sorted = values.sorted()
    guard let last = sorted.last else { return .nan }
    let place = share * Double(sorted.count - 1)
    let low = Int(place)
    guard low + 1 < sorted.count else { return last }
    return sorted[low] + (place - Double(low)) * (sorted[low + 1] - sorted[low])
  }

  /// The figure of a call, compared with the first one.
  package func figure(_ index: Int, _ form: LatencyRecord.Form, batch: Int) -> LatencyRecord.Figure {
    let ratios = zip(seconds[index], seconds[0]).map { $0 / max(1e-12, $1) }
    func quantile(_ share: Double) -> Double { Self.quantile(share, of: seconds[index]) }
    return LatencyRecord.Figure(
      form, batch: batch, median: quantile(0.5), low: quantile(0.25), high: quantile(0.75),
      ratio: Self.quantile(0.5, of: ratios), ratioLow: Self.quantile(0.25, of: ratios),
      ratioHigh: Self.quantile(0.75, of: ratios), runs: seconds[index].count, energy: joules[index])
  }
}
