/// The line a terminal shows while trials run: a bar, counts, rate and the time left.
///
/// A pure function of its values; the caller measures the rate, knows the terminal's width, and honours
/// NO_COLOR.
///
///     ████████░░░░░░░░░░░░  12/36 trials  41 %  11 min 24 s left  magnitude-0.9-seed2 240/600 loss 0.21
package struct ProgressLine: Sendable, Equatable {
  package var done: Int
  package var total: Int
  /// What is counted: `trials`.
  package var unit: String
  /// How much is done, 0…1, where that is not told by the counts: of the time, say.
  package var fraction: Double?
  /// Finished units per second, nil while unknown.
  package var rate: Double?
  /// Seconds left, nil while unknown.
  package var remaining: Double?
  /// What is running now.
  package var activity: String

  package init(
    done: Int, total: Int, unit: String = "", fraction: Double? = nil, rate: Double? = nil,
    remaining: Double? = nil, activity: String = ""
  ) {
    self.done = done
    self.total = total
    self.unit = unit
    self.fraction = fraction
    self.rate = rate
    self.remaining = remaining
    self.activity = activity
  }

  /// The line, at most `width` characters wide: the activity is cut first, then the bar shrinks, then the rate
  /// goes, and what is still too long is cut at the end.
  package func text(width: Int, color: Bool) -> String {
    let share = fraction ?? (total > 0 ? Double(done) / Double(total) : 0)
    let fraction = min(max(share.isFinite ? share : 0, 0), 1)
    let count = "\(done)/\(total)" + (unit.isEmpty ? "" : " \(unit)")
    // A run is at 100 % only when everything is done.
    let percent = "\(Int((fraction * 100).rounded(.down))) %"
    let left = remaining.flatMap(Self.duration).map { $0 + " left" }
    let parts = [count, percent] + [rateText, left].compactMap { $0 }
    let fewer = [count, percent] + [left].compactMap { $0 }

    for (barWidth, words) in [(20, parts), (10, parts), (10, fewer), (0, fewer)] {
      let facts = words.joined(separator: "  ")
      let length = facts.count + (barWidth > 0 ? barWidth + 2 : 0)
      guard length <= width else { continue }
      let room = width - length - 2
      let tail = activity.isEmpty || room < 4 ? "" : "  " + Self.cut(activity, to: room)
      return Self.bar(fraction, barWidth, color) + facts + (color && !tail.isEmpty ? dim(tail) : tail)
    }
    return Self.cut(fewer.joined(separator: "  "), to: width)
  }

  /// The same as a line of a log, whole: `12/36 trials, 41 %, 11 min 24 s left: magnitude-0.9-seed2 240/600 loss 0.21`.
  package var sentence: String {
    String(text(width: .max, color: false).drop { "█░ ".contains($0) }).replacing("  ", with: ", ")
  }

  /// Seconds in words: `0.4 s`, `12 s`, `3 min 05 s`, `1 h 04 min`, `2 d 3 h`. Nil for what is no duration.
  package static func duration(_ seconds: Double) -> String? {
    guard seconds.isFinite, seconds >= 0, seconds < 1e9 else { return nil }
    if seconds < 9.95 { return NumberText.trimmed(seconds, decimals: 1) + " s" }
    let whole = Int(seconds.rounded())
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    if whole < 60 { return "\(whole) s" }
    if whole < 3600 { return "\(whole / 60) min \(two(whole % 60)) s" }
    let minutes = (whole + 30) / 60
    if minutes < 1440 { return "\(minutes / 60) h \(two(minutes % 60)) min" }
    let hours = (minutes + 30) / 60
    return "\(hours / 24) d \(hours % 24) h"
  }

  private var rateText: String? {
    guard let rate, rate.isFinite, rate > 0 else { return nil }
    let (value, unit) = rate >= 1 ? (rate, "/s") : rate * 60 >= 1 ? (rate * 60, "/min") : (rate * 3600, "/h")
    return NumberText.fixed(value, decimals: value < 9.95 ? 1 : 0) + unit
  }

  private static func bar(_ fraction: Double, _ width: Int, _ color: Bool) -> String {
    guard width > 0 else { return "" }
    let filled = Int((fraction * Double(width)).rounded(.down))
    let full = String(repeating: "█", count: filled)
    let empty = String(repeating: "░", count: width - filled)
    return (color ? "\u{1B}[32m\(full)\u{1B}[0m\u{1B}[2m\(empty)\u{1B}[0m" : full + empty) + "  "
  }

  private func dim(_ text: String) -> String { "\u{1B}[2m\(text)\u{1B}[0m" }

  private static func cut(_ text: String, to width: Int) -> String {
    text.count <= width ? text : width < 1 ? "" : String(text.prefix(width - 1)) + "…"
  }
}
