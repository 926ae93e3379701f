import CoppiceTerms

extension Repair {
  /// Nothing: the pruned network goes on as it is.
  public static let none = Repair(none: "none", version: 1)
}

extension Shipped<Repair> {
  static let none = Shipped(.none, "nothing: the pruned network goes on as it is")
}
