/// What is wrong with the text of a component.
public enum SpecificationError: Error, Hashable, CustomStringConvertible {
  /// Not of the form `name(field: value, field: [value, value])`; the position counts characters from 0.
  case unreadable(String, at: Int, expected: String)
  /// A field that the component does not have.
  case unknownField(String, of: String, nearest: String?, known: [String])
  /// A field that stands there twice.
  case repeatedField(String, of: String)
  /// A field that the component cannot do without.
  case missingField(String, of: String, expected: String)
  /// A field of another type, or outside its range.
  case wrongField(String, of: String, found: String, expected: String)

  /// The sentence a user reads.
  public var description: String {
    switch self {
    case .unreadable(let text, let position, let expected):
      "\"\(text)\" cannot be read: \(expected) is missing at character \(position + 1); "
        + "write it as name(field: value, field: [value, value])"
    case .unknownField(let field, let component, _, let known):
      "\(component) has no field named \"\(field)\""
        + (known.isEmpty ? "; it has none" : known.instead(of: field))
    case .repeatedField(let field, let component): "\(component) has two fields named \"\(field)\""
    case .missingField(let field, let component, let expected):
      "\(component) needs \(field): write \(component)(\(field): …) with \(expected)"
    case .wrongField(let field, let component, let found, let expected):
      "\(field) of \(component) is \(found), but must be \(expected)"
    }
  }
}

extension SpecificationError: ReportedError {
  /// A text that someone wrote.
  public var exitCode: FailureCode { .usage }
}
