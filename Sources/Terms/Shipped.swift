/// A component as a catalogue lists it: what it is, where it was published, and how it is read from text. It stands in the
/// component's own file, and the catalogue names it. Those of a package of one's own are given to the command line, as
/// `main(experiments: [.mine], criteria: [.growth])`.
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
  public init(
    _ component: Element, _ summary: String, paper: String? = nil, aliases: [String] = [],
    read: @escaping @Sendable (inout SpecificationReader) throws -> Element
  ) {
    self.init(reading: read, component, summary, paper, aliases)
  }

  /// A component that is read as it is: a field that is written must have the value it has here.
  public init(_ component: Element, _ summary: String, paper: String? = nil, aliases: [String] = []) {
    self.init(reading: Self.asItIs(component), component, summary, paper, aliases)
  }

  /// A component; what kinds with ways of their own to be read are made with.
  package init(
    reading make: @escaping @Sendable (inout SpecificationReader) throws -> Element, _ component: Element,
    _ summary: String, _ paper: String?, _ aliases: [String]
  ) {
    self.component = component
    self.summary = summary
    self.paper = paper
    self.aliases = aliases
    self.make = make
  }

  /// Reads a component of which there is only one.
  private static func asItIs(
    _ component: Element
  ) -> @Sendable (inout SpecificationReader) throws -> Element {
    { fields in
      for (name, value) in component.specification.fields {
        try fields.require(name, value)
      }
      return component
    }
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
