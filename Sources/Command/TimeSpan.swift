import Foundation

/// How long something takes, as a user writes it: `90s`, `30m`, `8h`, `2d`, `1w`.
struct TimeSpan: Equatable {
  let seconds: Double

  /// Reads a text.
  ///
  /// - Parameter option: whose value it is.
  /// - Throws: a usage failure that lists the forms, where it has none of them.
  init(_ text: String, of option: String) throws {
    guard let match = text.wholeMatch(of: #/([0-9]{1,9}(?:\.[0-9]{1,3})?)([smhdw])/#),
      let count = Double(match.1), count > 0
    else {
      throw CommandFailure(
        "\(option) is \"\(text)\", but must be a time above 0 as 90s, 30m, 8h, 2d or 1w", CommandFailure.usage
      )
    }
    let unit: Double =
      switch match.2 {
      case "s": 1
      case "m": 60
      case "h": 3_600
      case "d": 86_400
      default: 604_800
      }
    seconds = count * unit
  }
}
