import Coppice
import CoppiceBenchmarks
import CoppiceStore

/// What `explain` prints.
struct ExplainReport {
  private let network: Network
  private let explanation: AxisExplanation

  init(_ network: Network, _ explanation: AxisExplanation) {
    (self.network, self.explanation) = (network, explanation)
  }

  /// The tasks that a model is tried on, in order: that which it is measured on before others.
  static func tasks(of model: Model) -> [Interface] {
    BenchmarkModel.all.filter { $0.name == model.name }.map(\.interface) + [
      .images([3, 32, 32], classes: 10), .images([1, 28, 28], classes: 10),
      .images([3, 224, 224], classes: 1000),
      .sequences(length: 128, vocabulary: 4096, classes: 2), .language(length: 128, vocabulary: 65),
    ]
  }

  private var parameters: Int { network.declarations.reduce(0) { $0 + $1.shape.count } }

  /// For a person.
  var text: String {
    let (fixed, removable) = (
      explanation.families.filter { $0.reason != nil }, explanation.families.filter { $0.reason == nil }
    )
    var parts = [
      "\(network.model.name) on \(network.interface): \(parameters) parameters, "
        + "\(removable.reduce(0) { $0 + $1.count }) units in \(removable.count) families"
    ]
    parts += removable.map { family in
      let lines = Self.lines(family.parts)
      return
        (["\(Self.title(family)), \(family.parameters) parameters each"] + lines.map { "  \($0)" }
        + ["  through \(Self.operations(family.operations))"]).joined(separator: "\n")
    }
    if !fixed.isEmpty {
      parts.append(
        (["what cannot be removed"]
          + fixed.flatMap { family in
            Self.lines(family.parts).enumerated().map { index, line in
              index == 0 ? "  \(line): \(family.reason ?? "")" : "  \(line)"
            }
          }).joined(separator: "\n"))
    }
    for kind in GraphPart.Kind.allCases {
      let found = explanation.sections.filter { $0.kind == kind }
      if !found.isEmpty {
        parts.append(([Self.heading(kind)] + found.map(Self.line)).joined(separator: "\n"))
      }
    }
    return parts.joined(separator: "\n\n")
  }

  private static func heading(_ kind: GraphPart.Kind) -> String {
    switch kind {
    case .branch: "residual branches, of which only the shortcut is left"
    case .block: "blocks, of which only what they are given is left"
    }
  }

  /// A branch or block: its layers, and what it goes through or why it stays.
  private static func line(_ section: AxisExplanation.Section) -> String {
    if let reason = section.reason { return "  \(section.scope) stays: \(reason)" }
    var layers: [String] = []
    for name in section.names {
      let layer = name.split(separator: ".").dropLast().joined(separator: ".")
      if layers.last != layer { layers.append(layer) }
    }
    return "  \(section.scope.isEmpty ? "" : "in \(section.scope): ")\(layers.joined(separator: ", ")); "
      + "\(section.parameters) parameters, through \(operations(section.operations))"
  }

  /// What the units of a family are called, with their number.
  private static func title(_ family: AxisExplanation.Family) -> String {
    let name = kind(family)
    return "\(family.count) \(family.count == 1 ? name : name + "s")"
  }

  /// What a unit is: by what primitives call it, else a hidden unit where it has a row of its own.
  private static func kind(_ family: AxisExplanation.Family) -> String {
    if family.labels.contains("embedding") { return "stream feature" }
    if family.labels.contains("head") { return "attention head" }
    if family.labels.contains("channel") { return "channel" }
    return family.parts.contains { $0.axis == 0 } ? "hidden unit" : "unit"
  }

  private static func lines(_ parts: [AxisExplanation.Part]) -> [String] {
    parts.map { part in
      let places = part.places == 1 ? "1 place" : "\(part.places) places"
      return "\(part.leaf) \(part.shape), axis \(part.axis): \(places)"
    }
  }

  private static func operations(_ operations: [AxisExplanation.Operation]) -> String {
    operations.map { $0.scope.isEmpty ? $0.primitive : "\($0.primitive) (\($0.scope))" }
      .joined(separator: ", ")
  }

  private static func json(_ operations: [AxisExplanation.Operation]) -> JSON {
    .list(operations.map { .members([("primitive", .text($0.primitive)), ("scope", .text($0.scope))]) })
  }

  /// The branches, or the blocks.
  private func json(_ kind: GraphPart.Kind) -> JSON {
    .list(
      explanation.sections.filter { $0.kind == kind }.map { section in
        .members([
          ("scope", .text(section.scope)), ("parameters", .integer(section.parameters)),
          ("removable", .flag(section.reason == nil)),
          ("reason", section.reason.map(JSON.text) ?? .null),
          ("names", .list(section.names.map(JSON.text))), ("operations", Self.json(section.operations)),
        ])
      })
  }

  /// For a program.
  var json: String {
    JSON.object([
      ("schema_version", .integer(1)), ("model", .text(network.model.specification.description)),
      ("task", .text("\(network.interface)")), ("parameters", .integer(parameters)),
      (
        "families",
        .list(
          explanation.families.map { family in
            .members([
              ("kind", .text(Self.kind(family))), ("units", .integer(family.count)),
              ("parameters", .integer(family.parameters)),
              ("removable", .flag(family.reason == nil)),
              ("reason", family.reason.map(JSON.text) ?? .null),
              (
                "parts",
                .list(
                  family.parts.map { part in
                    .members([
                      ("name", .text(part.leaf)), ("axis", .integer(part.axis)),
                      ("extent", .integer(part.shape[part.axis])), ("places", .integer(part.places)),
                    ])
                  })
              ),
              ("operations", Self.json(family.operations)),
            ])
          })
      ), ("branches", json(.branch)), ("blocks", json(.block)),
    ])
  }
}
