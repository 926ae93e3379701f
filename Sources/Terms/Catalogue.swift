/// A component as a catalogue lists it: what it is, where it was published, and how it is read from text. It stands in the
/// component's own file.
///
/// ```swift
/// extension Shipped<Schedule> {
///   static let iterative = Shipped(.iterative(rounds: 5), "rounds that each remove the same share of survivors") { fields in
///     .iterative(rounds: try fields.integer("rounds"))
///   }
/// }
/// ```
public struct Shipped<Element: Component>: Sendable {
  /// The component with parameters of some kind: what a listing shows.
  public let component: Element
  /// What it does, in one line without a full stop.
  public let summary: String
  /// Where it was published: `Han et al. 2015`; `nil` where it is nobody's.
  public let paper: String?
  /// Further names it is read under.
  public let aliases: [String]

  private let make: @Sendable (inout SpecificationReader) throws -> Element

  /// A component that is read from a name and fields. `read` takes out every field it knows.
  package init(
    _ component: Element, _ summary: String, paper: String? = nil, aliases: [String] = [],
    read: @escaping @Sendable (inout SpecificationReader) throws -> Element
  ) {
    self.component = component
    self.summary = summary
    self.paper = paper
    self.aliases = aliases
    make = read
  }

  /// A component without fields: its name is all there is to read.
  package init(_ component: Element, _ summary: String, paper: String? = nil, aliases: [String] = []) {
    self.init(component, summary, paper: paper, aliases: aliases) { _ in component }
  }

  /// The name users write.
  public var name: String { component.name }

  /// The component of these fields.
  package func component(from fields: inout SpecificationReader) throws -> Element { try make(&fields) }
}

/// What is shipped of one kind, by name: what `coppice list` prints and what text is read with.
public struct Catalogue<Element: Component>: Sendable {
  /// What one of them is called in a sentence: `criterion`.
  public let kind: String
  /// In the order they are listed.
  public let shipped: [Shipped<Element>]

  /// A catalogue of these.
  package init(_ kind: String, _ shipped: [Shipped<Element>]) {
    self.kind = kind
    self.shipped = shipped
  }

  /// Every component with parameters of some kind.
  public var all: [Element] { shipped.map(\.component) }

  /// The names in order.
  public var names: [String] { shipped.map(\.name) }

  /// The one of that name, with the parameters it is listed with.
  /// - Throws: `ComponentError.unknown`, with the nearest name.
  public func named(_ name: String) throws(ComponentError) -> Element { try entry(name).component }

  /// The component of a text: `iterative(rounds: 3)`. Every field must be one of the component's.
  public func parse(_ text: String) throws(ComponentError) -> Element {
    try ComponentError.reading(text) { name, fields in try entry(name).component(from: &fields) }
  }

  /// The component of a specification: of a field inside another component.
  package func read(_ specification: Specification) throws(ComponentError) -> Element {
    try ComponentError.reading(specification) { name, fields in try entry(name).component(from: &fields) }
  }

  private func entry(_ name: String) throws(ComponentError) -> Shipped<Element> {
    guard let entry = shipped.first(where: { $0.name == name || $0.aliases.contains(name) }) else {
      throw .unknown(kind, name, known: names)
    }
    return entry
  }
}
