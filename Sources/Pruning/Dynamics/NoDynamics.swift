import CoppiceTerms

extension Dynamics {
  /// Masks stay as they are from the first step to the last.
  public static let none = Dynamics("none", version: 1, isDue: { _ in false }) { $0.masks }
}

extension Shipped<Dynamics> {
  static let none = Shipped(.none, "masks stay as they are from the first step to the last")
}
