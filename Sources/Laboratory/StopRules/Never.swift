import CoppiceTerms

extension StopRule {
  /// Everything goes its whole way.
  public static let never = StopRule("never", version: 1, ends: .nothing, by: nil) { _, _ in nil }
}

extension Shipped<StopRule> {
  static let never = Shipped(.never, "everything goes its whole way")
}
