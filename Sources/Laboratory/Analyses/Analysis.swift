import CoppicePruning
import CoppiceStore
import CoppiceTensors
import CoppiceTerms

/// A question asked of the rounds of several trials once they are there: its answer is a table and a figure. Each shipped one
/// stands in Analyses/.
///
/// ```swift
/// extension Analysis {
///   /// How many weights survive.
///   static let survivors = Analysis("survivors", version: 1) { context in
///     let masked = try context.rounds.compactMap { round in try context.masks(of: round).map { (round, $0) } }
///     return [
///       NamedTable(
///         "survivors", title: "weights that survive",
///         columns: [
///           .init("trial", texts: masked.map(\.0.trial)), .init("kept", integers: masked.map(\.1.keptCount)),
///         ])
///     ]
///   }
/// }
/// ```
public struct Analysis: Component {
  /// The name, the version and every field of the analysis.
  public let specification: Specification
  /// What is measured of the rounds before the analysis is asked.
  package let measure: @Sendable ([AnalysisRound]) -> [any Stage]
  private let answer: @Sendable (AnalysisContext) throws -> [NamedTable]

  /// An analysis.
  /// - Parameters:
  ///   - name: what the analysis is called in files and on the command line, in kebab-case.
  ///   - version: raise it whenever answers change; `nil` while it is being written.
  ///   - fields: the values it depends on.
  ///   - tables: the answer.
  public init(
    _ name: String, version: Int? = nil, fields: [(name: String, value: Specification.Value)] = [],
    tables: @escaping @Sendable (AnalysisContext) throws -> [NamedTable]
  ) {
    self.init(name, version: version, fields: fields, measuringAll: { _ in [] }, tables: tables)
  }

  /// An analysis for which something is measured in rounds, by stages of their own.
  /// - Parameter measure: the stage of a round; `nil` for nothing. Its parents are stages of the round.
  package init(
    _ name: String, version: Int?, fields: [(name: String, value: Specification.Value)] = [],
    measuring measure: @escaping @Sendable (AnalysisRound) -> (any Stage)?,
    tables: @escaping @Sendable (AnalysisContext) throws -> [NamedTable]
  ) {
    self.init(
      name, version: version, fields: fields, measuringAll: { $0.compactMap(measure) }, tables: tables)
  }

  /// An analysis for which something is measured in several rounds at once, as the way from one network to another.
  /// - Parameter measure: the stages for some rounds, in any number and order. Their parents are stages of the rounds.
  package init(
    _ name: String, version: Int?, fields: [(name: String, value: Specification.Value)] = [],
    measuringAll measure: @escaping @Sendable ([AnalysisRound]) -> [any Stage],
    tables: @escaping @Sendable (AnalysisContext) throws -> [NamedTable]
  ) {
    specification = Specification(name, version: version, fields)
    self.measure = measure
    answer = tables
  }

  /// The answer for some rounds.
  package func tables(_ context: AnalysisContext) throws -> [NamedTable] { try answer(context) }
}

/// A round as an analysis sees it: its place in the index, and what was kept of it.
public struct AnalysisRound: Sendable {
  /// The round's line in the index.
  package let row: IndexRow
  /// The stage with the masks; `nil` for a dense network.
  package let masks: StageKey?
  /// The stage with the network.
  package let training: StageKey
  /// What holds the weights before training; `nil` where the plan says them.
  package let initial: StageKey?

  /// The plans of which one is the trial's. They are shared by all rounds.
  private let plans: [TrialPlan]
  private let place: Int?

  /// The trial as it was planned; `nil` where it is not known.
  package var plan: TrialPlan? { place.map { plans[$0] } }

  /// The stages it is read from.
  package var stages: [StageKey] { [training] + (masks.map { [$0] } ?? []) }

  package init(
    row: IndexRow, masks: StageKey?, training: StageKey, initial: StageKey? = nil, plan: TrialPlan? = nil
  ) {
    self.init(
      row: row, masks: masks, training: training, initial: initial, place: plan == nil ? nil : 0,
      in: plan.map { [$0] } ?? [])
  }

  /// A round of a trial by its place in a plan.
  fileprivate init(
    row: IndexRow, masks: StageKey?, training: StageKey, initial: StageKey? = nil, place: Int?,
    in plans: [TrialPlan]
  ) {
    (self.row, self.masks, self.training, self.initial) = (row, masks, training, initial)
    (self.plans, self.place) = (plans, place)
  }
}

extension SweepPlan {
  /// The rounds that have results, in the order of the index.
  ///
  /// - Parameter rows: the rows of a trial by its place in the plan, as far as they are known.
  func analysisRounds(_ rows: (Int) -> [IndexRow]) -> [AnalysisRound] {
    trials.enumerated().flatMap { index, trial in
      rows(index).compactMap { row in
        guard row.status == .completed, let round = trial.rounds.first(where: { $0.index == row.round }),
          let training = round[.training]
        else { return nil }
        return AnalysisRound(
          row: row, masks: round[.masks], training: training, place: index, in: trials)
      }
    }
  }
}

extension AnalysisRound {
  /// The trial's name.
  public var trial: String { row.trial }
  /// The trial's seed.
  public var seed: Int { row.seed }
  /// The number of the round.
  public var index: Int { row.round }
  /// Whether it is a result of its trial: the last round, or any of a ladder.
  public var isResult: Bool { row.isFinal || row.isLadder }

  /// A number of its line in the index: `sparsity`, `test_accuracy`, a swept setting; `nil` where there is none.
  public func number(_ column: String) -> Double? {
    switch row[column: column] {
    case .number(let number): number
    case .integer(let integer): Double(integer)
    case .text, nil: nil
    }
  }

  /// A text of its line in the index: `criterion`, `schedule`, a swept setting; `nil` where there is none.
  public func text(_ column: String) -> String? {
    if case .text(let text) = row[column: column] { text } else { nil }
  }
}

/// What an analysis looks at.
public struct AnalysisContext: Sendable {
  /// The rounds that have results, in the order of the index.
  public let rounds: [AnalysisRound]
  private let read: @Sendable (StageKey) throws -> StageRecord

  package init(rounds: [AnalysisRound], read: @escaping @Sendable (StageKey) throws -> StageRecord) {
    (self.rounds, self.read) = (rounds, read)
  }

  /// What a stage that was made for the analysis holds.
  package func record(of key: StageKey) throws -> StageRecord { try read(key) }

  /// The masks of a round; `nil` for a dense network.
  public func masks(of round: AnalysisRound) throws -> MaskSet? {
    try round.masks.flatMap { try read($0)[masks: "masks"] }
  }

  /// The weights of a round's trial before training; `nil` where they are not known.
  public func initialWeights(of round: AnalysisRound) throws -> ParameterSet? {
    if let initial = round.initial { return try read(initial)[parameters: "parameters"] }
    return try round.plan?.regimen.initialParameters(draw: 0)
  }

  /// The weights and buffers of a round.
  public func weights(of round: AnalysisRound) throws -> ParameterSet {
    let record = try read(round.training)
    var weights = record[parameters: "parameters"] ?? ParameterSet()
    for (name, buffer) in record[parameters: "buffers"] ?? ParameterSet() { weights[name] = buffer }
    return weights
  }
}
