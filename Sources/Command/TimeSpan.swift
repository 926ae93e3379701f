import Foundation

/// How long something takes, as a user writes it: `90s`, `30m`, `8h`, `2d`.
struct TimeSpan: Equatable {
  let seconds: Double

  /// Reads a text.
  ///
  /// - Parameter option: whose value it is.
  /// - Throws: a usage failure that lists the forms, where it has none of them.
  init(_ text: String, of option: String) throws {
    guard let match = text.wholeMatch(of: #/([0-9]{1,9}(?:\.[0-9]{1,3})?)([smhd])/#),
      let count = Double(match.1), count > 0
    else {
      throw CommandFailure(
        "\(option) is \"\(text)\", but must be a time above 0 as 90s, 30m, 8h or 2d", CommandFailure.usage)
    }
    let unit: Double =
      switch match.2 {
      case "s": 1
      case "m": 60
      case "h": 3_600
      default: 86_400
      }
    seconds = count * unit
  }
}
