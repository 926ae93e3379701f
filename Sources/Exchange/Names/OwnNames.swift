import CoppiceTerms

extension NameMap {
  /// Our own names and layouts, which are PyTorch's.
  package static let own = NameMap("own", version: 1) { _, _ in { name, _ in ForeignPlace(name) } }
}

extension Shipped<NameMap> {
  static let own = Shipped(.own, "our own names and layouts, which are PyTorch's")
}
