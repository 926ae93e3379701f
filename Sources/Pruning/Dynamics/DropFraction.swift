import CoppiceTensors
import CoppiceTerms

/// Which fraction of a layer's survivors an update replaces by others, and how it falls until the last update.
public struct DropFraction: Hashable, Sendable {
  /// How it falls.
  public enum Decay: String, Hashable, Sendable, CaseIterable {
    /// α throughout.
    case constant
    /// α · (1 + cos(π t / T)) / 2.
    case cosine
    /// α · (1 − t / T).
    case linear
  }

  /// α, the fraction at the first step, 0…1.
  public let initial: Double
  /// How it falls from there.
  public let decay: Decay

  private init(_ initial: Double, _ decay: Decay) { (self.initial, self.decay) = (initial, decay) }

  /// The same fraction at every update.
  public static func constant(_ fraction: Double) -> DropFraction { DropFraction(fraction, .constant) }
  /// From a fraction down to 0 along half a cosine.
  public static func cosine(_ fraction: Double) -> DropFraction { DropFraction(fraction, .cosine) }
  /// From a fraction down to 0 along a line.
  public static func linear(_ fraction: Double) -> DropFraction { DropFraction(fraction, .linear) }

  /// The fraction at `step` of a course that ends at `end`.
  public func fraction(at step: Int, of end: Int) -> Double {
    let progress = Double(step) / Double(max(1, end))
    return switch decay {
    case .constant: initial
    case .cosine: initial * (1 + Elementary.cos(.pi * progress)) / 2
    case .linear: initial * (1 - progress)
    }
  }

  /// The fields by which a dynamics spells it.
  var fields: [(name: String, value: Specification.Value)] {
    [("drop", .number(initial)), ("decay", .text(decay.rawValue))]
  }
}

extension SpecificationReader {
  /// Takes out the fields of a drop fraction.
  mutating func drop(default value: DropFraction) throws -> DropFraction {
    let initial = try share("drop", default: value.initial)
    let names = DropFraction.Decay.allCases.map(\.rawValue).joined(separator: ", ")
    let decay = try take("decay", "one of \(names)", default: value.decay) {
      DropFraction.Decay(rawValue: $0.description)
    }
    return switch decay {
    case .constant: .constant(initial)
    case .cosine: .cosine(initial)
    case .linear: .linear(initial)
    }
  }
}
