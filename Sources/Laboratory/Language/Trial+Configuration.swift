import CoppiceTerms

extension Trial {
  /// The configuration as files hold it: every setting with its full value, as JSON.
  package var configuration: String { configuration(Settings.all) }

  /// The same by a table of settings.
  func configuration(_ settings: [Setting]) -> String {
    JSON.object(settings.map { ($0.name, $0.value(self).json) })
  }

  /// The trial of a stored configuration. A setting that the configuration does not have is at its neutral value.
  ///
  /// - Throws: `ConfigurationError` where the text is no configuration, where a component is none of those shipped, or where
  ///   this program has another version of one.
  package init(configuration: String) throws(ConfigurationError) {
    let read = try StoredTrial(configuration: configuration)
    if let problem = read.problems.first { throw problem.error }
    self = read.trial
  }
}

/// A trial as far as its stored configuration can be read. Settings that cannot be read are at their defaults, and are named.
package struct StoredTrial: Sendable {
  package let trial: Trial
  /// The settings whose value this program does not have, or has in another version.
  package let problems: [(setting: String, error: ConfigurationError)]

  /// - Throws: `ConfigurationError.notJSON` where the text is no configuration at all.
  package init(
    configuration: String, settings: [Setting] = Settings.all
  ) throws(ConfigurationError) {
    guard let json = JSON(parsing: configuration), case .members = json else { throw .notJSON }
    var trial = Trial()
    var problems: [(setting: String, error: ConfigurationError)] = []
    for setting in settings {
      do throws(ConfigurationError) { try setting.read(json[setting.name], into: &trial) } catch {
        problems.append((setting.name, error))
      }
    }
    self.trial = trial
    self.problems = problems
  }
}

extension Setting {
  /// Sets the value that stands in a file; `nil` where the file has none.
  fileprivate func read(_ value: JSON?, into trial: inout Trial) throws(ConfigurationError) {
    guard let stored = value?.specificationValue ?? neutral else { throw .missing(name) }
    do { try set(&trial, stored.description) } catch {
      throw .unreadable(name, stored.description, "\(error)")
    }
    // What was read has every field of what is stored; only the versions of components are not part of the text.
    let found = self.value(trial)
    let versions = found.versions
    for (component, version) in stored.versions
    where !versions.contains(where: { $0 == (component, version) }) {
      throw .differs(name, stored: stored.json.text, found: found.json.text)
    }
  }
}

extension Specification.Value {
  /// The components in this value that have a version.
  fileprivate var versions: [(name: String, version: Int)] {
    switch self {
    case .component(let component):
      (component.version.map { [(component.name, $0)] } ?? []) + component.fields.flatMap(\.value.versions)
    case .list(let values): values.flatMap(\.versions)
    default: []
    }
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

extension ConfigurationError: ReportedError {
  package var exitCode: FailureCode { .badData }
}
