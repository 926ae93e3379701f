/// What there is of one kind, by name: what `coppice list` prints and what text is read with. Behind what is shipped it lists what
/// a user's package adds. A name that it does not list is an error, never another component.
public struct Catalogue<Element: Component>: Sendable {
  /// What one of them is called in a sentence: `criterion`.
  public let kind: String
  /// What is shipped, in the order it is listed.
  public let shipped: [Shipped<Element>]

  /// A catalogue of these.
  package init(_ kind: String, _ shipped: [Shipped<Element>]) {
    self.kind = kind
    self.shipped = shipped
  }

  /// What is shipped, and behind it the components of the user's package.
  public var listed: [Shipped<Element>] { shipped + OwnComponents.all(Element.self) }

  /// Every component with parameters of some kind.
  public var all: [Element] { listed.map(\.component) }

  /// The names in order.
  public var names: [String] { listed.map(\.name) }

  /// The one of that name, with the parameters it is listed with.
  /// - Throws: `ComponentError.unknown`, with the nearest name.
  public func named(_ name: String) throws(ComponentError) -> Element {
    guard let entry = entry(name) else { throw unknown(name) }
    return entry.component
  }

  /// The component of a text: `iterative(rounds: 3)`. Every field must be one of the component's.
  public func parse(_ text: String) throws(ComponentError) -> Element {
    try SpecificationReader.reading(text, element)
  }

  /// The component of a specification: of a field inside another component.
  package func read(_ specification: Specification) throws(ComponentError) -> Element {
    try SpecificationReader.reading(specification, element)
  }

  /// Refuses a component with a number that cannot be, however it was spelled. One that is listed is read back from its fields, by the
  /// rules that text is read by. Another is its author's to check.
  package func check(_ component: Element) throws(ComponentError) {
    do throws(ComponentError) { _ = try read(component.specification) } catch {
      switch error {
      case .outOfRange, .refused, .specification(.wrongField): throw error
      // A component of a user's package, or with one inside it.
      case .unknown, .taken, .specification: return
      }
    }
  }

  /// One of them in a sentence: `a learning rate`.
  var noun: String { kind.withArticle }

  private func element(_ name: String, _ fields: inout SpecificationReader) throws -> Element {
    if let entry = entry(name) { return try entry.component(from: &fields) }
    for entry in listed {
      if let element = try entry.component(of: name) { return element }
    }
    throw unknown(name)
  }

  private func entry(_ name: String) -> Shipped<Element>? { listed.first { $0.isNamed(name) } }

  private func unknown(_ name: String) -> ComponentError { .unknown(kind, name, known: names) }
}

/// A kind of component that Coppice ships some of.
public protocol Catalogued: Component {
  /// What is shipped of this kind.
  static var catalogue: Catalogue<Self> { get }
}

extension Catalogued {
  /// Every shipped one, with parameters of some kind.
  public static var all: [Self] { catalogue.all }

  /// The shipped one of that name, with the parameters it is listed with.
  /// - Throws: `ComponentError.unknown`, with the nearest name.
  public static func named(_ name: String) throws(ComponentError) -> Self { try catalogue.named(name) }

  /// The shipped one of a text: a name, and in parentheses the fields that differ from their defaults.
  public init(parsing text: String) throws(ComponentError) { self = try Self.catalogue.parse(text) }
}

extension String {
  /// `a criterion`, `an optimizer`.
  var withArticle: String { (first.map { "aeiou".contains($0) } == true ? "an " : "a ") + self }
}
