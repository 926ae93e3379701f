import CoppiceStore
import CoppiceTerms

/// Collects what summaries say of what `Comparability` looks at.
struct ComparabilityFacts {
  private var values: [Comparability.Aspect: [String: Int]] = [:]
  private var forms: [Comparability.Aspect: [[String: Specification.Value]]] = [:]
  private var places: [Comparability.Aspect: [String: Int]] = [:]

  mutating func add(_ source: Comparability.Source) {
    let bytes = Array(source.configuration.utf8)
    guard let root = JSON.members(of: bytes, in: 0..<bytes.count),
      let all = root.first(where: { $0.name == "trials" }),
      let trials = JSON.members(of: bytes, in: all.value)
    else { return }
    let facts = SummaryFacts(source.provenance)
    for (name, value) in trials {
      guard let members = JSON.members(of: bytes, in: value) else { continue }
      let trial = source.prefix + name
      for aspect in Comparability.Aspect.allCases where !aspect.settings.isEmpty {
        let found = aspect.settings.compactMap { setting in members.first { $0.name == setting } }
        let raw = found.map { String(decoding: bytes[$0.value], as: UTF8.self) }.joined(separator: "\n")
        guard !found.isEmpty else { continue }
        let place = place(of: raw, aspect) {
          Dictionary(
            zip(found.map(\.name), raw.split(separator: "\n")).map {
              ($0, (JSON(parsing: String($1)) ?? .null).specificationValue)
            }, uniquingKeysWith: { first, _ in first })
        }
        values[aspect, default: [:]][trial] = place
      }
      for (aspect, text) in facts.texts {
        let place = place(of: text, aspect) { ["": .text(text)] }
        values[aspect, default: [:]][trial] = place
      }
    }
  }

  private mutating func place(
    of raw: String, _ aspect: Comparability.Aspect, _ form: () -> [String: Specification.Value]
  ) -> Int {
    if let place = places[aspect]?[raw] { return place }
    let place = forms[aspect]?.count ?? 0
    places[aspect, default: [:]][raw] = place
    forms[aspect, default: []].append(form())
    return place
  }

  /// The values with numbers for those that count as equal, and their texts.
  var settled: ([Comparability.Aspect: [String: Int]], [Comparability.Aspect: [String]]) {
    var (settled, texts): ([Comparability.Aspect: [String: Int]], [Comparability.Aspect: [String]]) = (
      [:], [:]
    )
    for aspect in Comparability.Aspect.allCases {
      guard let forms = forms[aspect], let values = values[aspect] else { continue }
      let names = aspect.settings.isEmpty ? [""] : aspect.settings
      // Settings that not every trial states are at their neutral values where they are not stated.
      let stated = names.filter { name in forms.allSatisfy { $0[name] != nil } }
      let shown = forms.map { form in
        stated.map { name in
          let all = forms.compactMap { $0[name] }
          let text = Self.text(form[name] ?? .none, amongst: all)
          return names.count > 1 ? "\(name) \(text)" : text
        }
      }
      // What all share needs not be said.
      let told = stated.indices.filter { place in Set(shown.map { $0[place] }).count > 1 }
      let lines = shown.map { line in told.map { line[$0] }.joined(separator: ", ") }
      var distinct: [String] = []
      let codes = lines.map { line in
        if let place = distinct.firstIndex(of: line) { return place }
        distinct.append(line)
        return distinct.count - 1
      }
      settled[aspect] = values.mapValues { codes[$0] }
      texts[aspect] = distinct
    }
    return (settled, texts)
  }

  /// A value in the fields that all components of its name state.
  private static func text(_ value: Specification.Value, amongst all: [Specification.Value]) -> String {
    guard case .component(let component) = value else { return value.description }
    let alike = all.compactMap { other -> Specification? in
      if case .component(let other) = other, other.name == component.name { other } else { nil }
    }
    let fields = component.fields.filter { field in
      alike.allSatisfy { $0.fields.contains { $0.name == field.name } }
    }
    return Specification(component.name, version: nil, fields.map { ($0.name, $0.value) }).description
  }
}

/// What the provenance of a summary says of its data and its numerics.
private struct SummaryFacts {
  let texts: [(aspect: Comparability.Aspect, text: String)]

  init(_ provenance: String) {
    var texts: [(aspect: Comparability.Aspect, text: String)] = []
    if case .list(let sets)? = JSON.member("data", of: provenance) {
      let data = sets.map { set -> String in
        var words = [set["dataset"], set["variant"]].compactMap { value -> String? in
          if case .text(let text)? = value { text } else { nil }
        }
        if case .list(let files)? = set["files"] {
          words += files.compactMap {
            if case .text(let digest)? = $0["content_sha256"] { String(digest.prefix(8)) } else { nil }
          }
        }
        return words.joined(separator: " ")
      }
      texts.append((.data, data.joined(separator: ", ")))
    }
    if case .integer(let version)? = JSON.member("numerics", of: provenance) {
      texts.append((.numerics, "\(version)"))
    }
    self.texts = texts
  }
}
