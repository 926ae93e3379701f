import CoppiceTerms

extension Control {
  /// No control: the pruned network itself.
  public static let none = Control("none", version: 1, replace: nil)
}

extension Shipped<Control> {
  static let none = Shipped(.none, "the pruned network itself")
}
