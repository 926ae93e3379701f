import CoppiceTensors

/// Real numbers of survivors made whole.
enum Shares {
  /// Whole numbers next to some real ones, with the sum `total`: each is rounded down, and one more goes to those with the largest
  /// fractions, the first of equal ones first. None leaves its limits 0…limit.
  ///
  /// - Parameters:
  ///   - real: numbers whose sum is `total`, to rounding.
  ///   - limits: the most of each; together no less than `total`.
  static func rounded(_ real: [Double], total: Int, limits: [Int]) -> [Int] {
    var counts = zip(real, limits).map { min($1, max(0, Int($0.rounded(.down)))) }
    let order = real.indices.sorted { a, b in
      let (one, other) = (real[a] - real[a].rounded(.down), real[b] - real[b].rounded(.down))
      return one == other ? a < b : one > other
    }
    var missing = total - counts.reduce(0, +)
    while missing != 0 {
      let before = missing
      for place in missing > 0 ? order : order.reversed() {
        if missing > 0, counts[place] < limits[place] {
          counts[place] += 1
          missing -= 1
        } else if missing < 0, counts[place] > 0 {
          counts[place] -= 1
          missing += 1
        }
        if missing == 0 { break }
      }
      if missing == before { break }
    }
    return counts
  }

  /// The x between `low` and `high` from which on a rising sum reaches `wanted`, by bisection to the last bit.
  static func solve(_ wanted: Double, from low: Double, to high: Double, _ sum: (Double) -> Double) -> Double
  {
    var (low, high) = (low, high)
    while true {
      let middle = low + (high - low) / 2
      guard middle > low, middle < high else { return high }
      if sum(middle) < wanted { low = middle } else { high = middle }
    }
  }
}
