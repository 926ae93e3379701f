import CoppiceTerms

/// The scaling of a network that is published in one size: channels by `width`, blocks of a stage by `depth` (Tan and Le 2019).
struct NetworkScaling: Sendable {
  let width: Double
  let depth: Double

  var fields: [(name: String, value: Specification.Value)] {
    [("width", .number(width)), ("depth", .number(depth))]
  }

  /// Whether a network could have this size at all.
  var isPossible: Bool { width > 0 && width <= 100 && depth > 0 && depth <= 20 }

  /// What an impossible scaling is refused with.
  var demand: String {
    "takes a width above 0 and up to 100 times the paper's and a depth up to 20 times, not \(width) and \(depth)"
  }

  /// The multiple of 8 next to so many channels times the width, 8 at least, and not a tenth below.
  func channels(_ count: Int) -> Int {
    let wanted = Double(count) * width
    let rounded = max(8, Int(wanted + 4) / 8 * 8)
    return Double(rounded) < 0.9 * wanted ? rounded + 8 : rounded
  }

  /// So many blocks times the depth, rounded up.
  func blocks(_ count: Int) -> Int { Int((Double(count) * depth).rounded(.up)) }
}
