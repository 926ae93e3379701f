/// Numbers as a line of little bars: `▁▂▃▄▅▆▇█`.
package enum Sparkline {
  private static let bars: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

  /// The numbers in order, the smallest as the lowest bar and the largest as the highest. What is not finite is left out.
  ///
  /// - Parameter width: the most bars; where there are more numbers, each bar is the mean of as many as it takes.
  package static func text(_ numbers: [Double], width: Int) -> String {
    let numbers = numbers.filter(\.isFinite)
    guard width > 0, !numbers.isEmpty else { return "" }
    let count = min(width, numbers.count)
    let means = (0..<count).map { bar -> Double in
      let part = numbers[(bar * numbers.count / count)..<((bar + 1) * numbers.count / count)]
      // Of large numbers the sum alone may be none.
      return part.reduce(0) { $0 + $1 / Double(part.count) }
    }
    let (low, high) = (means.min() ?? 0, means.max() ?? 0)
    let range = high / 2 - low / 2
    return String(
      means.map { mean in
        guard range > 0, range.isFinite else { return bars[bars.count / 2 - 1] }
        let share = min(max((mean / 2 - low / 2) / range, 0), 1)
        return bars[min(bars.count - 1, Int(share * Double(bars.count)))]
      })
  }
}
