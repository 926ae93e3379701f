import CoppiceTerms

/// What is wrong with the name or the text of a model, an optimizer, a learning rate or an initializer.
public enum NetworkError: Error, Hashable, CustomStringConvertible {
  /// Nothing of that kind is shipped under that name.
  case unknownComponent(String, kind: String, nearest: String?, known: [String])
  /// The fields cannot be read, or are not the component's.
  case specification(SpecificationError)

  /// The sentence a user reads.
  public var description: String {
    switch self {
    case .unknownComponent(let name, let kind, let nearest, let known):
      "there is no \(kind) called \(name)" + (nearest.map { "; did you mean \($0)?" } ?? ".")
        + " There are " + known.joined(separator: ", ")
    case .specification(let error): error.description
    }
  }
}

extension Array where Element: Component {
  /// The component of that name, or an error that says what there is and what may have been meant.
  func component(named name: String, kind: String) throws(NetworkError) -> Element {
    guard let component = first(where: { $0.name == name }) else {
      let names = map(\.name)
      throw .unknownComponent(name, kind: kind, nearest: names.nearest(to: name), known: names)
    }
    return component
  }
}
