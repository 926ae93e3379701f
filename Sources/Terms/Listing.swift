/// A component of any kind, as listings, completions and suggestions have it.
package struct Listing: Hashable, Sendable {
  /// The name users write.
  package let name: String
  /// What it does, in one line.
  package let summary: String
  /// Where it was published.
  package var paper: String?
  /// With all the fields it is written with: `iterative(rounds: 5)`.
  package var form: String?
  /// Every field it can be written with.
  package var fields: [String] = []
  /// Those of them that may be left out and do not stand in `form`.
  package var furtherFields: [String] = []

  /// What is no component of a catalogue: an experiment, a setting.
  package init(name: String, summary: String) { (self.name, self.summary) = (name, summary) }

  init<Element>(_ entry: Shipped<Element>) {
    self.init(name: entry.name, summary: entry.summary)
    paper = entry.paper
    form = entry.component.description
    furtherFields = entry.furtherFields
    fields = entry.component.specification.fields.map(\.name) + furtherFields
  }
}

extension Catalogue {
  /// What there is, without its type.
  package var listings: [Listing] { listed.map { Listing($0) } }
}
