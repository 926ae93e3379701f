import ArgumentParser
import Coppice
import CoppiceReporting
import CoppiceStore
import Foundation

struct ShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a trial: its settings, where it came from, its rounds and layers.",
    discussion: examples("show dense-seed0", "show \(anExperiment)/dense-seed0 --evaluate"))

  @Argument(
    help: "A trial file, EXPERIMENT/TRIAL, or the beginning or end of a trial's name.",
    completion: Completions.trials)
  var trial: String

  @Flag(
    help: """
      Evaluate the stored weights again; exit code 1 where anything differs from what is stored by a bit, or by more than \
      rounding where the file is of another version of the numerics.
      """)
  var evaluate = false

  @Flag(help: "The test accuracy of each class at the end of every round.")
  var classes = false

  @OptionGroup var results: ResultsOptions
  @OptionGroup var data: DataOptions
  @OptionGroup var foreign: ForeignOptions
  @OptionGroup var format: FormatOptions

  func run() throws { try foreign.contain(within: evaluate ? nil : 60) { try show() } }

  private func show() throws {
    let path = try StoredResults(folder: results.folder).trial(trial)
    let record = try TrialFile(path, isForeign: foreign.isForeign).record()
    let library = DataLibrary(data.folders)
    let evaluation = evaluate ? try TrialEvaluation(record, library: library) : nil
    // A trial lies in a folder beside what is noted of it.
    let folder = ((path as NSString).deletingLastPathComponent as NSString).deletingLastPathComponent
    let notes = try TrialNotes((folder.isEmpty ? "." : folder) + "/notes.json")[record.trial]
    try Terminal.data(
      format.json ? json(record, path, notes, evaluation) : text(record, path, notes, evaluation))
    if let evaluation, !evaluation.isConfirmed {
      for difference in DataComparison.differences(record.provenance, library.records) {
        Terminal.log("note: \(difference)")
      }
      Terminal.log("error: the stored weights do not give what is stored")
      throw CommandFailure.someTrialsFailed
    }
  }

  // MARK: For a person

  private func text(
    _ record: TrialRecord, _ path: String, _ notes: TrialNotes.Entry, _ evaluation: TrialEvaluation?
  ) -> String {
    let width = Terminal.tableWidth
    let noted = NotedTrial.lines(notes).map { "\n" + $0 } ?? ""
    let reason = record.failure.map { failure in
      "\n\(failure.reason)"
        + (failure.isLasting ? "\nIt is set aside; `run --retry failed` runs it again." : "")
    }
    var parts = ["\(record.trial): \(record.status.rawValue)\n\(path)\(reason ?? "")\(noted)"]
    parts.append(Self.lines(record.configuration) { $0.specificationValue.description })
    parts.append(Self.lines(record.provenance) { if case .text(let text) = $0 { text } else { $0.text } })
    parts.append(Self.rounds(record).text(width: width))
    if let last = record.rounds.last { parts.append(Self.layers(last).text(width: width)) }
    if let invariants = Self.invariants(record) { parts.append(invariants.text(width: width)) }
    parts += record.rounds.flatMap(\.invariants).compactMap(\.fault)
    if classes {
      parts.append(Self.classes(record)?.text(width: width) ?? "no round has accuracies of classes")
    }
    if let recovery = TrialRecovery(record) { parts.append(Self.recovery(recovery).text(width: width)) }
    if let evaluation { parts.append(Self.text(evaluation)) }
    return parts.map { $0.hasSuffix("\n") ? String($0.dropLast()) : $0 }.joined(separator: "\n\n")
  }

  /// The members of a JSON object, one a line.
  private static func lines(_ json: String, _ describe: (JSON) -> String) -> String {
    guard case .members(let members)? = JSON(parsing: json) else { return json }
    let width = members.map(\.name.count).max() ?? 0
    return members.map { name, value in
      name.padding(toLength: width + 2, withPad: " ", startingAt: 0) + describe(value)
    }.joined(separator: "\n")
  }

  /// The metrics of a round that a person looks at first.
  private static let shown: [Metric] = [
    .validationAccuracy, .testAccuracy, .testLoss, .earlyStopStep, .wallTime,
  ]

  /// What is left of a network whose units are cut out.
  private static let compacted: [Metric] = [.parametersCompacted, .bytesCompacted, .logitDifference]

  private static func rounds(_ record: TrialRecord) -> Table {
    let hasStop = record.rounds.contains { !$0.row.stoppedBy.isEmpty }
    let shown =
      shown + compacted.filter { metric in record.rounds.contains { !$0.row[metric: metric].isNaN } }
    return Table(
      columns: [
        .init(name: "round", format: .integer), .init(name: "status"),
        .init(name: "chance", format: .integer),
        .init(name: "sparsity", heading: "sparsity (%)", format: .percent(2)),
      ] + shown.map { .init(name: $0.name, heading: $0.quantity.heading, format: $0.quantity.tableFormat) }
        + (hasStop ? [.init(name: "stopped_by", heading: "stopped by")] : []),
      rows: record.rounds.map(\.row).map { row in
        [
          .number(Double(row.round)), .text(row.status.rawValue), .number(row[metric: .chance]),
          .number(row.sparsity),
        ]
          + shown.map { .number(row[metric: $0]) } + (hasStop ? [.text(row.stoppedBy)] : [])
      })
  }

  private static func layers(_ round: RoundRecord) -> Table {
    Table(
      columns: [
        .init(name: "layer", heading: "layer after round \(round.index)"),
        .init(name: "parameters", format: .integer), .init(name: "nonzero", format: .integer),
        .init(name: "sparsity", heading: "sparsity (%)", format: .percent(2)),
        .init(name: "flops", heading: "FLOPs", format: .integer),
        .init(name: "flops_nonzero", heading: "FLOPs without zeros", format: .integer),
      ],
      rows: round.layers.map { layer in
        [
          .text(layer.name), .number(Double(layer.parameters)), .number(Double(layer.nonzero)),
          layer.isPrunable ? .number(layer.sparsity) : .missing, .number(Double(layer.flops)),
          .number(Double(layer.flopsNonzero)),
        ]
      })
  }

  /// One line an invariant, one column a round; `nil` where no round has any.
  private static func invariants(_ record: TrialRecord) -> Table? {
    let rounds = record.rounds.filter { !$0.invariants.isEmpty }
    var names: [String] = []
    for name in rounds.flatMap({ $0.invariants.map(\.name) }) where !names.contains(name) {
      names.append(name)
    }
    let known = Invariant.all.map(\.name).filter(names.contains)
    guard !names.isEmpty else { return nil }
    return Table(
      columns: [.init(name: "invariant", heading: "invariant: after round", isName: true)]
        + rounds.map { .init(name: "round_\($0.index)", heading: "\($0.index)") },
      rows: (known + names.filter { !known.contains($0) }).map { name in
        [.text(name)]
          + rounds.map { round in
            round.invariants.first { $0.name == name }.map { .text($0.outcome) } ?? .missing
          }
      })
  }

  /// The accuracy of each class at the last evaluation of a round that has it.
  private static func classAccuracies(_ round: RoundRecord) -> [Double] {
    round.evaluations.last { !$0.testClassAccuracy.isEmpty }?.testClassAccuracy ?? []
  }

  /// One line a class, one column a round; `nil` where no round has any.
  private static func classes(_ record: TrialRecord) -> Table? {
    let rounds = record.rounds.map { (index: $0.index, values: classAccuracies($0)) }
      .filter { !$0.values.isEmpty }
    guard let count = rounds.map(\.values.count).max() else { return nil }
    return Table(
      columns: [.init(name: "class", heading: "class: test accuracy (%) after round", isName: true)]
        + rounds.map { .init(name: "round_\($0.index)", heading: "\($0.index)", format: .percent(2)) },
      rows: (0..<count).map { place in
        [.text("\(place)")]
          + rounds.map { place < $0.values.count ? .number($0.values[place]) : .missing }
      })
  }

  private static func recovery(_ recovery: TrialRecovery) -> Table {
    Table(
      columns: [
        .init(name: "round", heading: "teacher's mask after round", format: .integer),
        .init(name: "precision", heading: "precision (%)", format: .percent(2)),
        .init(name: "chance_precision", heading: "of random masks (%)", format: .percent(2)),
        .init(name: "recall", heading: "recall (%)", format: .percent(2)),
        .init(name: "chance_recall", heading: "of random masks (%)", format: .percent(2)),
      ],
      rows: recovery.rounds.map {
        [
          .number(Double($0.index)), .number($0.recovery.precision), .number($0.chance.precision),
          .number($0.recovery.recall), .number($0.chance.recall),
        ]
      })
  }

  private static func text(_ evaluation: TrialEvaluation) -> String {
    guard !evaluation.rounds.isEmpty else { return "no round has weights to evaluate" }
    return evaluation.rounds.map { round in
      guard !round.isEqual else {
        let accuracy = round.measures.first { $0.name == "test_accuracy" }?.found ?? .nan
        return "round \(round.index): evaluates to what is stored, bit for bit "
          + "(test accuracy \(NumberText.fixed(accuracy * 100, decimals: 2)) %)"
      }
      let differing = round.measures.filter { $0.stored.bitPattern != $0.found.bitPattern }
      if let version = evaluation.otherNumerics, round.isClose {
        return "round \(round.index): evaluates to what is stored, up to rounding: the file was written "
          + "under version \(version) of the numerics, and this program has \(StageKey.numericsVersion)"
      }
      return "round \(round.index): differs\n"
        + differing.map { "  \($0.name) is stored as \($0.stored) and evaluates to \($0.found)" }
        .joined(separator: "\n")
    }.joined(separator: "\n")
  }

  // MARK: For a program

  private func json(
    _ record: TrialRecord, _ path: String, _ notes: TrialNotes.Entry, _ evaluation: TrialEvaluation?
  ) -> String {
    var members: [(name: String, value: JSON)] = [
      ("schema_version", .integer(1)), ("trial", .text(record.trial)), ("path", .text(path)),
      ("status", .text(record.status.rawValue)), ("config", JSON(parsing: record.configuration) ?? .null),
      ("provenance", JSON(parsing: record.provenance) ?? .null),
      ("tags", .list(notes.tags.map(JSON.text))), ("note", .text(notes.note)),
      ("rounds", .list(record.rounds.map(json))),
    ]
    if let failure = record.failure { members += failure.members }
    if let recovery = TrialRecovery(record) {
      let rounds = recovery.rounds.map { round in
        JSON.members([
          ("round", .integer(round.index)), ("precision", .number(round.recovery.precision)),
          ("recall", .number(round.recovery.recall)),
          ("chance_precision", .number(round.chance.precision)),
          ("chance_recall", .number(round.chance.recall)),
        ])
      }
      members.append(("teacher_recovery", .list(rounds)))
    }
    if let evaluation {
      members.append(("evaluation_equal", .flag(evaluation.isEqual)))
      members.append(("evaluation_confirmed", .flag(evaluation.isConfirmed)))
      members.append(("evaluation", .list(evaluation.rounds.map(Self.json))))
    }
    return JSON.object(members)
  }

  private func json(_ round: RoundRecord) -> JSON {
    let columns = IndexRow.columnNames.map { name in (name, round.row[column: name]?.json ?? .null) }
    let layers = round.layers.map { layer in
      JSON.members([
        ("name", .text(layer.name)), ("parameters", .integer(layer.parameters)),
        ("nonzero", .integer(layer.nonzero)), ("prunable", .flag(layer.isPrunable)),
        ("sparsity", .number(layer.sparsity)), ("flops", .integer(layer.flops)),
        ("flops_nonzero", .integer(layer.flopsNonzero)),
      ])
    }
    let accuracies =
      classes ? [("class_accuracy", JSON.list(Self.classAccuracies(round).map(JSON.number)))] : []
    let invariants = round.invariants.map { invariant in
      JSON.members(
        [("name", .text(invariant.name)), ("outcome", .text(invariant.outcome))]
          + (invariant.fault.map { [("fault", .text($0))] } ?? []))
    }
    return .members(
      columns + [("layers", .list(layers)), ("invariants", .list(invariants))] + accuracies)
  }

  private static func json(_ round: TrialEvaluation.Round) -> JSON {
    .members([
      ("round", .integer(round.index)), ("equal", .flag(round.isEqual)),
      (
        "measures",
        .members(
          round.measures.map { measure in
            (
              measure.name,
              .members([("stored", .number(measure.stored)), ("evaluated", .number(measure.found))])
            )
          })
      ),
    ])
  }
}

extension ColumnValue {
  /// As JSON.
  fileprivate var json: JSON {
    switch self {
    case .text(let text): .text(text)
    case .integer(let integer): .integer(integer)
    case .number(let number): .number(number)
    }
  }
}
