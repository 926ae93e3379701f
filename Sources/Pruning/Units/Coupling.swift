import CoppiceTerms

/// How units that run through several layers are selected: coupled channels, hidden units, widths.
///
/// Units are of one family where they own equal numbers of places of the same axes of the same parameters: the channels inside one
/// residual block, the channels of one stage's stream, the hidden units of one layer. Residual branches and blocks are of one family where
/// their parameters have the same shapes: the attentions of all layers.
public struct Coupling: Hashable, Sendable {
  /// Whether a unit is compared by its rank in its family, so that all families give the same share.
  public let isRanked: Bool
  /// What stays of a family from which something goes is a multiple of this many units.
  public let multiple: Int
  /// How many units of every family stay at least; 0 lets a family be emptied.
  public let floor: Int

  /// A selection by these rules.
  /// - Parameters:
  ///   - ranked: whether a unit is compared by its rank in its family.
  ///   - multiple: 1 or more; what is above a million counts as a million.
  ///   - floor: 0 or more, as far.
  public init(ranked: Bool = false, multiple: Int = 1, floor: Int = 1) {
    let most = 1_000_000
    (isRanked, self.multiple, self.floor) = (
      ranked, Swift.min(most, Swift.max(1, multiple)), Swift.min(most, Swift.max(0, floor))
    )
  }

  /// The fields of a specification that are not at their neutral value.
  var fields: [(name: String, value: Specification.Value)] {
    allFields.filter { $0.value != .flag(false) && $0.value != .integer(1) }
  }

  /// Every field, whatever its value: that of a granularity whose units are selected so only where it is asked for.
  var allFields: [(name: String, value: Specification.Value)] {
    [("ranked", .flag(isRanked)), ("multiple", .integer(multiple)), ("floor", .integer(floor))]
  }

  /// How many units of a family of so many stay at least.
  func least(of count: Int) -> Int {
    guard multiple > 1 else { return Swift.min(count, floor) }
    return Swift.min(count, (floor + multiple - 1) / multiple * multiple)
  }

  /// How many units of a family stay where `kept` of `count` would: the nearest multiple, the higher one of two.
  package func rounded(_ kept: Int, of count: Int) -> Int {
    guard multiple > 1, kept < count else { return kept }
    let nearest = (2 * kept + multiple) / (2 * multiple) * multiple
    return nearest > count ? count : Swift.max(nearest, least(of: count))
  }
}

extension SpecificationReader {
  /// The fields of every granularity of coupled units.
  mutating func coupling() throws(SpecificationError) -> Coupling {
    Coupling(
      ranked: try flag("ranked", default: false), multiple: try count("multiple", default: 1),
      floor: try integer("floor", in: 0...1_000_000, default: 1))
  }

  /// The fields of a granularity whose units are selected so only where one of them is there; `nil` where none is.
  mutating func couplingIfAny() throws(SpecificationError) -> Coupling? {
    let ranked: Bool? = try take("ranked", "true or false", default: .some(nil)) { value in
      if case .flag(let flag) = value { .some(.some(flag)) } else { nil }
    }
    let multiple = try integerIfAny("multiple", .count, as: 8)
    let floor = try integerIfAny("floor", .whole(in: 0...1_000_000), as: 1)
    guard ranked != nil || multiple != nil || floor != nil else { return nil }
    return Coupling(ranked: ranked ?? false, multiple: multiple ?? 1, floor: floor ?? 1)
  }
}
