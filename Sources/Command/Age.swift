/// A span of time as a person writes it: `90s`, `30m`, `12h`, `7d`, `2w`.
enum Age {
  /// How it is written, for messages.
  static let examples = "12h, 7d or 2w"

  /// The seconds; `nil` where it is no span of time.
  static func seconds(_ text: String) -> Double? {
    let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800]
    guard let unit = text.last.flatMap({ units[$0] }), let count = Double(text.dropLast()), count.isFinite,
      count >= 0
    else { return nil }
    return count * unit
  }
}
