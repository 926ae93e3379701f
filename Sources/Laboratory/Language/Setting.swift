import CoppiceTerms

/// One setting of a trial: its name on the command line, in columns and in JSON, what it means, and how it is read.
package struct Setting: Sendable {
  /// The name: `learning-rate`.
  package let name: String
  /// The unit or form of a value: `fraction 0…1`, `steps (5000it), epochs (10ep)`.
  package let unit: String
  /// One line of documentation.
  package let documentation: String
  /// The value that does what was done before there was this setting. A setting at its neutral value takes no part in any key,
  /// and a file without the setting means that value. The first settings have none and take part always.
  package let neutral: Specification.Value?
  let path: PartialKeyPath<Trial> & Sendable
  /// The full value in a trial.
  package let value: @Sendable (Trial) -> Specification.Value
  /// What of the value results depend on.
  package private(set) var identity: @Sendable (Trial) -> Specification.Value
  /// Sets it from text.
  package let set: @Sendable (inout Trial, String) throws -> Void
  /// Refuses a value that text is refused for, however it was spelled.
  package let check: @Sendable (Trial) throws -> Void
  /// The components that can be its value; none where it takes numbers or words.
  package let components: @Sendable () -> [Listing]

  package init<Value>(
    _ name: String, _ path: WritableKeyPath<Trial, Value> & Sendable, unit: String, _ documentation: String,
    neutral: Specification.Value? = nil, components: @escaping @Sendable () -> [Listing] = { [] },
    value: @escaping @Sendable (Value) -> Specification.Value,
    check: @escaping @Sendable (Value) throws -> Void = { _ in },
    parse: @escaping @Sendable (String) throws -> Value
  ) {
    self.name = name
    self.unit = unit
    self.documentation = documentation
    self.neutral = neutral
    self.path = path
    self.components = components
    self.value = { value($0[keyPath: path]) }
    identity = self.value
    set = { trial, text in trial[keyPath: path] = try parse(text) }
    self.check = { try check($0[keyPath: path]) }
  }

  /// The same setting, of whose value results depend on a part.
  func identified(by identity: @escaping @Sendable (Trial) -> Specification.Value) -> Setting {
    var setting = self
    setting.identity = identity
    return setting
  }

  /// A setting whose value is a component of a catalogue.
  package init<Value: Catalogued>(
    _ name: String, _ path: WritableKeyPath<Trial, Value> & Sendable, unit: String, _ documentation: String,
    neutral: Specification.Value? = nil
  ) {
    self.init(
      name, path, unit: unit, documentation, neutral: neutral,
      components: { Value.catalogue.listings }, value: { .component($0.specification) },
      check: { component in try SettingError.naming(name) { try Value.catalogue.check(component) } },
      parse: { try Value(parsing: $0) })
  }

  /// A setting whose value is a number of a kind.
  package init<Number: SettingNumber>(
    _ name: String, _ path: WritableKeyPath<Trial, Number> & Sendable, _ rule: NumberRule<Number>,
    as example: String, unit: String, _ documentation: String, neutral: Specification.Value? = nil
  ) {
    let refuse = { @Sendable (text: String) in
      SettingError.outOfRange(name, text, "\(rule.words), as \(example)")
    }
    self.init(
      name, path, unit: unit, documentation, neutral: neutral, value: \.specificationValue,
      check: { if !rule.isKept(by: $0) { throw refuse("\($0)") } },
      parse: { text in
        guard let number = Number(text), rule.isKept(by: number) else { throw refuse(text) }
        return number
      })
  }

  /// A setting whose value is a number of a kind, or none.
  package init<Number: SettingNumber>(
    _ name: String, _ path: WritableKeyPath<Trial, Number?> & Sendable, _ rule: NumberRule<Number>,
    as example: String, unit: String, _ documentation: String
  ) {
    let refuse = { @Sendable (text: String) in
      SettingError.outOfRange(name, text, "\(rule.words), as \(example), or none")
    }
    self.init(
      name, path, unit: unit, documentation, value: { $0?.specificationValue ?? .none },
      check: { if let number = $0, !rule.isKept(by: number) { throw refuse("\(number)") } },
      parse: { text in
        if text == "none" { return nil }
        guard let number = Number(text), rule.isKept(by: number) else { throw refuse(text) }
        return number
      })
  }
}

/// A number as a setting holds it.
package protocol SettingNumber: LosslessStringConvertible, Sendable {
  /// As it stands in a specification.
  var specificationValue: Specification.Value { get }
}

extension Int: SettingNumber {
  package var specificationValue: Specification.Value { .integer(self) }
}

extension Double: SettingNumber {
  package var specificationValue: Specification.Value { .number(self) }
}
