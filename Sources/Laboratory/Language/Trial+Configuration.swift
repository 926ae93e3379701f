import CoppiceTerms

extension Trial {
  /// The configuration as files hold it: every setting with its full value, as JSON.
  package var configuration: String { JSON.members(specification.members).text }

  /// The trial of a stored configuration. Its specification says word for word what was stored.
  ///
  /// - Throws: `ConfigurationError` where the text is no configuration, where a component is none of those shipped, or where
  ///   this program has another version of one.
  package init(configuration: String) throws(ConfigurationError) {
    guard let json = JSON(parsing: configuration), case .members = json else { throw .notJSON }
    var trial = Trial()
    for setting in Settings.all {
      guard let value = json[setting.name] else { throw .missing(setting.name) }
      let text = value.specificationValue.description
      do { try setting.set(&trial, text) } catch { throw .unreadable(setting.name, text, "\(error)") }
      let stored = value.text
      let found = setting.value(trial).json.text
      guard found == stored else { throw .differs(setting.name, stored: stored, found: found) }
    }
    self = trial
  }
}

/// Why a stored configuration does not lead back to a trial.
package enum ConfigurationError: Error, Hashable, CustomStringConvertible {
  case notJSON
  case missing(String)
  case unreadable(String, String, String)
  case differs(String, stored: String, found: String)

  package var description: String {
    switch self {
    case .notJSON: "the stored configuration is not JSON; the file is damaged"
    case .missing(let name): "the stored configuration has no \(name); it was written by another version"
    case .unreadable(let name, let text, let problem):
      "the stored \(name), \(text), cannot be read: \(problem)"
    case .differs(let name, let stored, let found):
      "the stored \(name) is \(stored), and this program would take it for \(found)"
    }
  }
}
