import Coppice
import CoppiceReporting
import CoppiceStore

/// In what two trials differ, for people and for programs.
struct TrialDiffReport {
  let difference: TrialDifference
  private let names: [String]
  /// The first stage that they do not share; `nil` where they share all, or where that cannot be told.
  private let stages: StageParting?
  /// Why the stages cannot be told; `nil` where they are.
  private let fault: String?

  /// - Parameter library: the data sets by which their stages are planned.
  init(_ one: TrialRecord, _ other: TrialRecord, _ library: DataLibrary) {
    difference = TrialDifference(one, other)
    names = [one.trial, other.trial]
    do {
      let plans = try [one, other].map { try TrialPlan(try Trial(configuration: $0.configuration), library) }
      (stages, fault) = (StageParting(plans[0], plans[1]), nil)
    } catch {
      (stages, fault) = (nil, "\(error)")
    }
  }

  /// Weights and masks that differ, the farthest apart first.
  private var layers: [LayerDistance] {
    difference.layers.filter { $0.differing > 0 || ($0.maskDiffering ?? 0) > 0 }
  }

  private var verdict: String {
    if difference.isIdentical {
      return
        "identical to the bit: weights, masks, series and evaluations have the digest \(difference.digests.one)"
    }
    return "they part at \(difference.parting.map { "\($0)" } ?? "a place that is not told")"
  }

  private var stageLine: String {
    if let fault { return "their stages cannot be told: \(fault)" }
    guard let stages else { return "they share all stages" }
    return
      "they share \(stages.shared) stages; the first that differs: \(stages.one ?? "no more")  →  \(stages.other ?? "no more")"
  }

  func text(width: Int?) -> String {
    DiffText.paragraphs([
      names.joined(separator: "  →  ") + "\n" + verdict + "\n" + stageLine,
      DiffText.lines("settings", difference.settings), DiffText.lines("provenance", difference.provenance),
      values.rows.isEmpty ? nil : values.text(width: width),
      layerTable.rows.isEmpty ? nil : layerTable.text(width: width),
    ])
  }

  private var values: Table {
    Table(
      columns: [
        .init(name: "round", format: .integer), .init(name: "metric", isName: true), .init(name: "one"),
        .init(name: "other"), .init(name: "difference"),
      ],
      rows: difference.values.filter { !$0.isEqual }.map {
        [
          .number(Double($0.round)), .text($0.metric), .number($0.one), .number($0.other),
          .number($0.other - $0.one),
        ]
      })
  }

  private var layerTable: Table {
    Table(
      columns: [
        .init(name: "round", format: .integer), .init(name: "layer", isName: true),
        .init(name: "weights", format: .integer), .init(name: "differing", format: .integer),
        .init(name: "maximum", heading: "max |Δ|"), .init(name: "relative", heading: "‖Δ‖ / ‖one‖"),
        .init(name: "overlap", heading: "mask overlap (%)", format: .percent(2)),
      ],
      rows: layers.map {
        [
          .number(Double($0.round)), .text($0.name), .number(Double($0.count)), .number(Double($0.differing)),
          .text(Self.short($0.maximum)), .text(Self.short($0.relative)),
          $0.overlap.map { .number($0) } ?? .missing,
        ]
      })
  }

  /// Three digits of a number.
  private static func short(_ value: Double) -> String {
    guard value.isFinite, value > 0 else { return value == 0 ? "0" : "–" }
    var (power, digits) = (0, value)
    while digits >= 10 { (digits, power) = (digits / 10, power + 1) }
    while digits < 1 { (digits, power) = (digits * 10, power - 1) }
    return NumberText.fixed(digits, decimals: 2) + (power == 0 ? "" : "e\(power)")
  }

  var json: String {
    JSON.object([
      ("schema_version", .integer(1)), ("kind", .text("trials")), ("trials", .list(names.map(JSON.text))),
      ("identical", .flag(difference.isIdentical)),
      ("digests", .list([.text(difference.digests.one), .text(difference.digests.other)])),
      ("parting", difference.parting.map(Self.json) ?? .null),
      (
        "stages",
        fault != nil
          ? .null
          : .members([
            ("identical", .flag(stages == nil)), ("shared", stages.map { .integer($0.shared) } ?? .null),
            ("one", stages?.one.map(JSON.text) ?? .null), ("other", stages?.other.map(JSON.text) ?? .null),
          ])
      ),
      ("settings", DiffText.json(difference.settings)), ("provenance", DiffText.json(difference.provenance)),
      (
        "metrics",
        .list(
          difference.values.map {
            .members([
              ("round", .integer($0.round)), ("metric", .text($0.metric)), ("one", DiffText.number($0.one)),
              ("other", DiffText.number($0.other)), ("equal", .flag($0.isEqual)),
            ])
          })
      ),
      (
        "layers",
        .list(
          difference.layers.map {
            .members([
              ("round", .integer($0.round)), ("name", .text($0.name)), ("count", .integer($0.count)),
              ("differing", .integer($0.differing)), ("maximum", DiffText.number($0.maximum)),
              ("relative", DiffText.number($0.relative)), ("mask_overlap", DiffText.number($0.overlap)),
              ("mask_differing", $0.maskDiffering.map(JSON.integer) ?? .null),
            ])
          })
      ),
    ])
  }

  private static func json(_ parting: Parting) -> JSON {
    .members([
      ("round", parting.round.map(JSON.integer) ?? .null), ("step", parting.step.map(JSON.integer) ?? .null),
      ("fact", .text(parting.fact)),
    ])
  }
}
