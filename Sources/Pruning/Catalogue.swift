import CoppiceTerms

extension Array where Element: Component {
  /// The component of that name, or an error that says what there is and what may have been meant.
  func component(named name: String, kind: String) throws(PruningError) -> Element {
    guard let component = first(where: { $0.name == name }) else {
      let names = map(\.name)
      throw .unknownComponent(name, kind: kind, nearest: names.nearest(to: name), known: names)
    }
    return component
  }
}
