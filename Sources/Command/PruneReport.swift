import Coppice
import CoppiceReporting
import CoppiceStore

/// What `prune` says at its end.
struct PruneReport {
  private let record: TrialRecord
  private let path: String
  private let workflow: PruneWorkflow
  private let mistakes: [PruneWorkflow.Mistake]
  private let folder: String
  private let summary: String
  private let exported: NetworkExport.Written?

  init(
    _ record: TrialRecord, path: String, _ workflow: PruneWorkflow, mistakes: [PruneWorkflow.Mistake],
    folder: String, summary: String, exported: NetworkExport.Written?
  ) {
    (self.record, self.path, self.workflow, self.mistakes) = (record, path, workflow, mistakes)
    (self.folder, self.summary, self.exported) = (folder, summary, exported)
  }

  // MARK: Numbers

  /// The network at one point of its way.
  private struct State {
    let name: String
    let accuracy: Double
    let parameters: Double
    let flops: Double
    let bytes: Double
    let latency: Double
    let form: String
  }

  /// The least number of some that are known.
  private static func least(_ values: Double...) -> Double { values.filter(\.isFinite).min() ?? .nan }

  private static func state(_ name: String, _ row: IndexRow, accuracy: Double) -> State {
    // The accuracy of a quantised network is that of its integers, and so is the time.
    let isQuantised = row[metric: .bits].isFinite
    let floats = [
      ("dense", row[metric: .latencyDense]), ("sparse", row[metric: .latencySparse]),
      ("compacted", row[metric: .latencyCompacted]),
    ]
    let latencies = (isQuantised ? [("integers", row[metric: .latencyQuantised])] : floats)
      .filter { $0.1.isFinite }
    let fastest = latencies.min { $0.1 < $1.1 }
    return State(
      name: name, accuracy: accuracy, parameters: row[metric: .parametersNonzero],
      flops: least(row[metric: .flopsNonzero], row[metric: .flopsCompacted]),
      bytes: least(
        row[metric: .bytes], row[metric: .bytesSparse], row[metric: .bytesCompacted],
        row[metric: .bytesQuantised], row[metric: .bytesQuantisedSparse]),
      latency: fastest?.1 ?? .nan, form: fastest?.0 ?? "–")
  }

  /// The last round with a pruned network of floats; `nil` where none was reached.
  private var pruned: RoundRecord? { record.rounds.last { $0.index > 0 && $0.row[metric: .bits].isNaN } }

  /// The round with the quantised network; `nil` where there is none.
  private var quantised: RoundRecord? { record.rounds.last { $0.row[metric: .bits].isFinite } }

  /// What the network is before the pruning, right behind the last one, trained on, and quantised.
  private var states: [State] {
    func state(_ name: String, _ round: RoundRecord) -> State {
      Self.state(name, round.row, accuracy: round.row[metric: .testAccuracy])
    }
    var states = record.rounds.first.map { [state("dense", $0)] } ?? []
    if let pruned {
      let untrained = pruned.evaluations.first.map { $0.step == 0 ? $0[.testAccuracy] : .nan } ?? .nan
      states.append(Self.state("pruned, not yet trained on", pruned.row, accuracy: untrained))
      states.append(state("pruned and trained on", pruned))
    }
    if let quantised { states.append(state("quantised", quantised)) }
    return states
  }

  /// Whether each step was made as it should be; `nil` where it was not asked for.
  private func isDone(_ step: PruneWorkflow.Step) -> Bool? {
    if mistakes.contains(where: { $0.step == step }) { return false }
    let hasPruned = pruned != nil
    switch step {
    case .baseline: return !isAtChance
    case .importance, .removal: return hasPruned
    case .gain: return hasPruned
    case .test: return states.count > 1 && states[1].accuracy.isFinite
    case .fineTuning, .final: return hasPruned && record.status == .completed
    case .quantising: return workflow.trial.recipe == nil ? nil : quantised != nil
    case .export: return exported == nil ? nil : true
    }
  }

  /// Whether the dense network tells nothing.
  private var isAtChance: Bool { (record.rounds.first?.row[metric: .chance] ?? .nan) > 0 }

  // MARK: For a person

  func text(width: Int?) -> String {
    var parts = ["\(record.trial): \(record.status.rawValue)\n\(path)", table.text(width: width)]
    parts.append(checklist.joined(separator: "\n"))
    if isAtChance {
      parts.append(
        "the dense network is at chance, so that nothing can be said of what was lost: train it for longer")
    }
    if let exported {
      parts.append(
        "\(exported.path): \(exported.parameters) parameters"
          + (exported.isSmaller
            ? ", whole units cut out" : ", pruned ones 0: its arrays are as large as before")
          + "\nload it: \(exported.command)")
    }
    parts.append(
      "more: \(ProgramName.current) table \(ShellWord.quoted(summary)), \(ProgramName.current) profile "
        + ShellWord.quoted(path))
    return parts.map { $0.hasSuffix("\n") ? String($0.dropLast()) : $0 }.joined(separator: "\n\n")
  }

  private var table: Table {
    let states = states
    func times(_ state: State, _ value: KeyPath<State, Double>) -> Table.Cell {
      guard let dense = states.first, state[keyPath: value] > 0 else { return .missing }
      return .number(dense[keyPath: value] / state[keyPath: value])
    }
    return Table(
      columns: [
        .init(name: "network", isName: true),
        .init(name: "test_accuracy", heading: "test accuracy (%)", format: .percent(2)),
        .init(name: "parameters", format: .integer),
        .init(name: "smaller", heading: "times fewer", format: .decimal(2)),
        .init(name: "flops", heading: "FLOPs", format: .integer),
        .init(name: "less", heading: "times fewer", format: .decimal(2)),
        .init(name: "bytes", format: .integer),
        .init(name: "fewer_bytes", heading: "times fewer", format: .decimal(2)),
        .init(name: "latency", heading: "one example (ms)", format: .decimal(4)),
        .init(name: "faster", heading: "times as fast", format: .decimal(2)), .init(name: "form"),
      ],
      rows: states.map { state in
        [
          .text(state.name), .number(state.accuracy), .number(state.parameters), times(state, \.parameters),
          .number(state.flops), times(state, \.flops), .number(state.bytes), times(state, \.bytes),
          .number(state.latency), times(state, \.latency), .text(state.form),
        ]
      })
  }

  private var checklist: [String] {
    PruneWorkflow.Step.allCases.map { step in
      let mark = isDone(step).map { $0 ? "[x]" : "[ ]" } ?? "[-]"
      let reason =
        mistakes.first { $0.step == step }.map { ": no; \($0.sentence)" }
        ?? (isDone(step) == nil ? ": not asked for (\(step == .export ? "-o FILE" : "--quantise"))" : "")
      return "\(mark) \(step.rawValue)\(reason)"
    }
  }

  // MARK: For a program

  var json: String {
    func number(_ value: Double) -> JSON { .number(value) }
    return JSON.object([
      ("schema_version", .integer(1)), ("trial", .text(record.trial)), ("file", .text(path)),
      ("results", .text(folder)), ("status", .text(record.status.rawValue)),
      (
        "networks",
        .list(
          states.map { state in
            .members([
              ("network", .text(state.name)), ("test_accuracy", number(state.accuracy)),
              ("parameters", number(state.parameters)), ("flops", number(state.flops)),
              ("bytes", number(state.bytes)), ("latency_ms", number(state.latency)),
              ("form", .text(state.form)),
            ])
          })
      ),
      (
        "checklist",
        .list(
          PruneWorkflow.Step.allCases.map { step in
            .members([
              ("step", .text(step.rawValue)), ("done", isDone(step).map(JSON.flag) ?? .null),
              ("problem", mistakes.first { $0.step == step }.map { .text($0.sentence) } ?? .null),
            ])
          })
      ),
      (
        "export",
        exported.map {
          .members([
            ("file", .text($0.path)), ("parameters", .integer($0.parameters)),
            ("smaller", .flag($0.isSmaller)), ("command", .text($0.command)),
          ])
        } ?? .null
      ),
    ])
  }
}
