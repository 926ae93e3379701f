/// What is wrong with the text of a model, a data set, a criterion or another part that users name.
public enum ComponentError: Error, Hashable, CustomStringConvertible {
  /// A name that no component of that kind has: the kind, the name, the names there are.
  case unknown(String, String, known: [String])
  /// A value that a field cannot have: the field, the value, the range.
  case outOfRange(String, String, String)
  /// Fields that are well written and do not make a component: the component as it was written, and why.
  case refused(String, String)
  /// A name that a component of that kind has already: the kind, the name.
  case taken(String, String)
  /// The text is not that of a component.
  case specification(SpecificationError)

  /// The sentence a user reads.
  public var description: String {
    switch self {
    case .unknown(let kind, let name, let known):
      "there is no \(kind) named \"\(name)\"" + known.instead(of: name)
    case .outOfRange(let field, let value, let range): "\(field) is \(value), but must lie in \(range)"
    case .refused(let component, let reason): "\(component): \(reason)"
    case .taken(let kind, let name):
      "there is \(kind.withArticle) named \"\(name)\" already; give yours another name"
    case .specification(let error): error.description
    }
  }
}

extension ComponentError: ReportedError {
  /// A text that someone wrote.
  public var exitCode: FailureCode { .usage }
}
