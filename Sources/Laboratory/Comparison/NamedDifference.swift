import CoppiceTerms

/// A setting, or something else with a name, that is not the same on both sides.
package struct NamedDifference: Hashable, Sendable {
  package let name: String
  /// The value on each side, as a person writes it; `nil` where there is none.
  package let one: String?
  package let other: String?
}

extension NamedDifference {
  /// The settings in which two stored configurations differ, in the order of the table. A setting that a configuration does not have
  /// is at its neutral value.
  package static func settings(_ one: String, _ other: String) -> [NamedDifference] {
    let (mine, theirs) = (StoredSettings(one), StoredSettings(other))
    var names = Settings.all.map(\.name)
    for name in mine.names + theirs.names where !names.contains(name) { names.append(name) }
    return names.compactMap { difference($0, mine[$0], theirs[$0]) }
  }

  /// What differs of where, when and with what two results were computed. The command and the time of the beginning are of no
  /// account; of data sets, their variant and the content of each file count.
  package static func provenance(_ one: String, _ other: String) -> [NamedDifference] {
    let (mine, theirs) = (origin(one), origin(other))
    var names = mine.map(\.name)
    for (name, _) in theirs where !names.contains(name) { names.append(name) }
    return names.compactMap { name in
      difference(name, mine.first { $0.name == name }?.value, theirs.first { $0.name == name }?.value)
    }
  }

  private static func difference(_ name: String, _ one: JSON?, _ other: JSON?) -> NamedDifference? {
    guard one?.text != other?.text else { return nil }
    let texts = [one, other].map { $0.map { $0.specificationValue.description } }
    // Versions of components are no part of what a person writes.
    let isTold = texts[0] != texts[1]
    return NamedDifference(
      name: name, one: isTold ? texts[0] : one?.text, other: isTold ? texts[1] : other?.text)
  }

  private static let passing: Set = ["command", "started", "seeds", "data"]

  private static func origin(_ json: String) -> [(name: String, value: JSON)] {
    guard let parsed = JSON(parsing: json), case .members(let members) = parsed else { return [] }
    var origin = members.filter { !passing.contains($0.name) }
    guard case .list(let sets)? = parsed["data"] else { return origin }
    for set in sets {
      guard case .text(let dataset)? = set["dataset"] else { continue }
      for part in ["variant", "version"] {
        if let value = set[part] { origin.append(("data \(dataset) \(part)", value)) }
      }
      guard case .list(let files)? = set["files"] else { continue }
      for file in files {
        guard case .text(let name)? = file["name"], let digest = file["content_sha256"] else { continue }
        origin.append(("data \(dataset) \(name)", digest))
      }
    }
    return origin
  }
}

/// The settings of a stored configuration by name.
package struct StoredSettings: Sendable {
  private let members: [(name: String, value: JSON)]

  /// - Parameter json: the configuration of a trial.
  package init(_ json: String) { self.init(JSON(parsing: json) ?? .null) }

  package init(_ json: JSON) {
    if case .members(let members) = json { self.members = members } else { members = [] }
  }

  /// The names there are, in order.
  package var names: [String] { members.map(\.name) }

  /// The value of a setting; where the configuration is of before there was the setting, its neutral value.
  package subscript(name: String) -> JSON? {
    members.first { $0.name == name }?.value ?? Settings.all.first { $0.name == name }?.neutral?.json
  }
}
