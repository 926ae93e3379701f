/// A component as a catalogue lists it: what it is, where it was published, and how it is read from text. It stands in the
/// component's own file, and the catalogue names it.
///
/// ```swift
/// extension Shipped<Schedule> {
///   static let iterative = Shipped(
///     .iterative(rounds: 5), "rounds that each remove the same share of survivors", paper: "Han et al. 2015"
///   ) { fields in .iterative(rounds: try fields.integer("rounds", in: 1...1_000)) }
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
  private var makeOfWord: @Sendable (String) throws -> Element? = { _ in nil }

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

  /// The same component, which is also written as a word that is no name, as a constant learning rate is written `0.1`.
  /// - Parameter read: the component of a word; `nil` for words of another kind.
  package func alsoWritten(_ read: @escaping @Sendable (String) throws -> Element?) -> Shipped {
    var shipped = self
    shipped.makeOfWord = read
    return shipped
  }

  /// The name users write.
  public var name: String { component.name }

  /// The fields it is read with beside those that the component is written with.
  public var furtherFields: [String] {
    let specification = component.specification
    var reader = SpecificationReader(specification)
    _ = try? make(&reader)
    return reader.known.filter { name in !specification.fields.contains { $0.name == name } }
  }

  /// Whether it is read under this name.
  func isNamed(_ name: String) -> Bool { self.name == name || aliases.contains(name) }

  /// The component of these fields.
  package func component(from fields: inout SpecificationReader) throws -> Element { try make(&fields) }

  /// The component that is written as this word, if it is one.
  func component(of word: String) throws -> Element? { try makeOfWord(word) }
}
