import Synchronization

/// The components of a user's package, by their kind: catalogues list them behind the shipped ones. They are added once, before
/// anything is read.
enum OwnComponents {
  private static let storage = Mutex<[ObjectIdentifier: any Sendable]>([:])

  /// Those of a kind, in the order they were added.
  static func all<Element>(_ kind: Element.Type) -> [Shipped<Element>] {
    storage.withLock { $0[ObjectIdentifier(kind)] as? [Shipped<Element>] ?? [] }
  }

  /// Adds one.
  static func add<Element>(_ component: Shipped<Element>) {
    let kind = ObjectIdentifier(Element.self)
    storage.withLock { $0[kind] = ($0[kind] as? [Shipped<Element>] ?? []) + [component] }
  }
}

extension Catalogue {
  /// Lists components of a user's package behind the shipped ones.
  ///
  /// - Throws: `ComponentError.taken` where a name is listed already.
  package func add(_ components: [Shipped<Element>]) throws(ComponentError) {
    for component in components {
      for name in [component.name] + component.aliases where listed.contains(where: { $0.isNamed(name) }) {
        throw .taken(kind, name)
      }
      OwnComponents.add(component)
    }
  }
}
