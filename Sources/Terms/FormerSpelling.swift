// Field names are in kebab-case. Some were in camel case once, and files that say so are still read: this is the one rule
// that leads from the older spelling to today's.

extension String {
  /// `generator-seed` for `generatorSeed`. What is in kebab-case already stays as it is.
  package var kebabCased: String {
    reduce(into: "") { text, letter in
      if letter.isUppercase, let last = text.last, last != "-" { text += "-" }
      text += letter.lowercased()
    }
  }
}

extension Specification.Value {
  /// With every field name in kebab-case, by which values of older and newer files compare.
  package var kebabCased: Specification.Value {
    switch self {
    case .list(let values): .list(values.map(\.kebabCased))
    case .component(let component):
      .component(
        Specification(
          component.name, version: component.version,
          component.fields.map { ($0.name.kebabCased, $0.value.kebabCased) }))
    default: self
    }
  }
}
