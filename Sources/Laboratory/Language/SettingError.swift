import CoppiceTerms

/// A setting that cannot be read.
package enum SettingError: Error, Hashable, CustomStringConvertible {
  case unknown(String, String, known: [String])
  case unreadable(String, String)
  /// A number that a setting cannot be: the setting, the number, what is allowed.
  case outOfRange(String, String, String)
  /// A component that cannot be, or an amount: the setting, what is wrong.
  case refused(String, String)
  /// A setting that is given twice.
  case repeated(String, [String])

  package var description: String {
    switch self {
    case .unknown(let kind, let name, let known):
      "there is no \(kind) named \"\(name)\"" + Self.instead(of: name, known)
    case .unreadable(let setting, let text):
      "\"\(text)\" is not a value of \(setting)"
        + ((try? Settings.named(setting)).map { ": it takes \($0.unit)" } ?? "")
    case .outOfRange(let setting, let text, let allowed): "\(setting) is \(text), but must be \(allowed)"
    case .refused(let setting, let problem): "\(setting): \(problem)"
    case .repeated(let setting, let texts):
      "\(setting) is set \(texts.count) times (\(texts.joined(separator: ", "))), but a cell has one value of it: leave one out, "
        + (setting == "seed"
          ? "or ask for several seeds with --seeds N" : "or vary it with an Axis of a sweep in Swift")
    }
  }
}

extension SettingError {
  /// Runs a check of a setting's value.
  /// - Throws: `refused`, which names the setting.
  static func naming(_ setting: String, _ check: () throws -> Void) throws(SettingError) {
    do { try check() } catch { throw .refused(setting, "\(error)") }
  }

  /// What there is in place of a setting that does not exist. A field of a component is often written like a setting, by its name
  /// or by a common abbreviation: `weight-decay`, `wd`.
  private static func instead(of name: String, _ known: [String]) -> String {
    let field = ([name] + name.meanings).lazy.compactMap { field in
      Settings.owner(ofField: field).map { "\($0.setting)=\($0.component)(\(field): …)" }
    }.first
    guard known.nearest(to: name) == nil, let field else { return known.instead(of: name) }
    return "; did you mean \(field)? There are: \(known.joined(separator: ", "))"
  }
}

extension SettingError: ReportedError {
  package var exitCode: FailureCode { .usage }
}
