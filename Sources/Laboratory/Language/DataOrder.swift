import CoppiceTerms

/// In which of several orders a network sees its training data: a number, and the step of the dense training from which it holds.
///
/// Trials that differ in it alone share everything up to that step: initial weights, the networks that masks are found from, and
/// so the masks. What is measured is a copy of the network, trained on from there with batches, augmentation and dropout of its
/// own. Copies of one network, trained in several orders, are what an instability is measured of.
///
/// J. Frankle, G. K. Dziugaite, D. M. Roy, M. Carbin, "Linear mode connectivity and the lottery ticket hypothesis", ICML 2020.
public struct DataOrder: Hashable, Sendable {
  /// Which order: 0 for that of the trial's seed, in which masks are found.
  public let number: Int
  /// The step of the dense training from which it holds.
  public let start: Budget

  /// An order from a step of the dense training on. Before it, and where the number is 0, data come in the order of the seed.
  public init(_ number: Int, from start: Budget = .iterations(0)) {
    self.number = number
    let isWhole = number == 0 || [.iterations(0), .epochs(0), .share(0)].contains(start)
    self.start = isWhole ? .iterations(0) : start
  }

  /// The order of the seed.
  public static let own = DataOrder(0)

  /// More orders than these nobody compares.
  static let possible = 0...9_999
}

extension DataOrder: ExpressibleByIntegerLiteral {
  /// An order from the first step on.
  public init(integerLiteral number: Int) { self.init(number) }
}

extension DataOrder: CustomStringConvertible {
  /// As it is written: `2`, `2@500it`.
  public var description: String { start == .iterations(0) ? "\(number)" : "\(number)@\(start)" }

  /// As it stands in a specification.
  var specificationValue: Specification.Value { .text(description) }

  /// Reads `2` or, from a step on, `2@500it`.
  init(parsing text: String) throws(SettingError) {
    let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard let number = Int(parts[0]) else { throw .unreadable("data-order", text) }
    var start = Budget.iterations(0)
    if parts.count > 1 {
      do throws(BudgetError) { start = try Budget(parsing: parts[1]) } catch {
        throw .refused("data-order", "\(error)")
      }
    }
    self.init(number, from: start)
    try check()
  }

  /// Refuses a number that cannot be.
  func check() throws(SettingError) {
    guard Self.possible.contains(number) else {
      throw .outOfRange(
        "data-order", "\(number)",
        "a whole number in \(Self.possible.lowerBound)…\(Self.possible.upperBound), as 2 or 2@500it")
    }
    do throws(BudgetError) { try start.check() } catch { throw .refused("data-order", "\(error)") }
  }
}
