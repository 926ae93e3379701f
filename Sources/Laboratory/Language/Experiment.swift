import CoppicePruning
import CoppiceStore
import CoppiceTerms

/// A question, and the sweep that answers it. The shipped ones stand in Experiments/, one file each.
///
/// ```swift
/// extension Experiment {
///   static let mine = Experiment(
///     "mine", question: "Does magnitude beat random?", base: Trial(dataset: .glyphs, sparsity: 0.9)
///   ) {
///     Axis(\.criterion, [.magnitude, .random])
///     Axis(\.seed, 0..<3)
///   }
/// }
/// ```
public struct Experiment: Sendable {
  /// The name on the command line and of the results folder, in kebab-case. It begins with a letter, a digit or `_`, has no `/` and
  /// no control characters, and is not `stages`.
  public let name: String
  /// What it asks, in one sentence.
  public let question: String
  /// What all cells share.
  public let base: Trial
  /// What is asked of all rounds once they are there.
  public let analyses: [Analysis]
  /// What is expected of it, written before it is run.
  public let claims: [Claim]
  private let sweep: SweepStep

  /// An experiment.
  public init(
    _ name: String, question: String, base: Trial = Trial(), analyses: [Analysis] = [],
    claims: [Claim] = [], @SweepBuilder sweep: () -> SweepStep
  ) {
    self.name = name
    self.question = question
    self.base = base
    self.analyses = analyses
    self.claims = claims
    self.sweep = sweep()
  }

  /// The cells of the sweep in order, each once, with the dense baselines they are compared with put first.
  package func trials(
    seeds: Int? = nil, overrides: [(name: String, text: String)] = [], settings: [Setting] = Settings.all
  ) throws -> [Trial] {
    let cells = try cells(seeds: seeds, overrides: overrides, settings: settings)
    return Self.withBaselines(Self.distinct(cells, settings), settings).map(\.cell)
  }

  /// Some cells, each once, with what tells them apart.
  static func distinct(
    _ cells: [Trial], _ settings: [Setting]
  ) -> [(cell: Trial, identity: Specification)] {
    var known: Set<Specification> = []
    return cells.map { ($0, $0.specification(settings)) }.filter { known.insert($0.1).inserted }
  }

  /// Different cells behind the dense baselines they are compared with, each once, with what tells them apart.
  static func withBaselines(
    _ cells: [(cell: Trial, identity: Specification)], _ settings: [Setting]
  ) -> [(cell: Trial, identity: Specification)] {
    let dense = distinct(cells.flatMap(\.cell.baselines), settings)
    let known = Set(dense.map(\.identity))
    return dense + cells.filter { !known.contains($0.identity) }
  }

  /// The cells of the sweep in order, as often as the sweep gives them.
  ///
  /// - Parameters:
  ///   - seeds: how many seeds every cell gets: the sweep's own in rising order, then those that follow them.
  ///   - overrides: settings by name with their text, applied to every cell.
  /// - Throws: `ExperimentError`, `SettingError` and what the components say of values out of range.
  func cells(
    seeds: Int?, overrides: [(name: String, text: String)], settings: [Setting]
  ) throws -> [Trial] {
    for (name, text) in overrides where overrides.contains(where: { $0.name == name && $0.text != text }) {
      throw SettingError.repeated(name, overrides.filter { $0.name == name }.map(\.text))
    }
    var cells = try sweep.expand([base])
    for (name, text) in overrides {
      let setting = try settings.named(name)
      for index in cells.indices { try setting.set(&cells[index], text) }
    }
    if let seeds {
      let own = Set(cells.map(\.seed)).sorted()
      let (last, missing) = (own.last ?? -1, max(0, seeds - own.count))
      guard (1...10_000).contains(seeds), !last.addingReportingOverflow(missing).overflow else {
        throw ExperimentError.seeds(seeds)
      }
      let further = (0..<missing).map { last + 1 + $0 }
      cells = cells.flatMap { cell in
        (own.prefix(seeds) + further).map { seed in
          var cell = cell
          cell.seed = seed
          return cell
        }
      }
    }
    guard !cells.isEmpty else { throw ExperimentError.noCells(name) }
    // Where nothing is pruned between trainings, what would follow a pruning makes no difference.
    for index in cells.indices where cells[index].schedule == .none && cells[index].recipe == nil {
      cells[index].retraining = .none
    }
    for index in cells.indices where cells[index].retraining == .none && cells[index].recipe == nil {
      cells[index].retrainingRate = .own
    }
    // Scores that are learned take the place of a criterion.
    for index in cells.indices where cells[index].recipe == nil && cells[index].learnedMask.makesMasks {
      (cells[index].criterion, cells[index].scoringBatch, cells[index].scoringBatches) = (.magnitude, 256, 1)
    }
    // A recipe takes the place of schedule and sparsity, but for the ratio that a learned mask is cut to.
    for index in cells.indices where cells[index].recipe != nil {
      cells[index].schedule = .oneShot
      if !cells[index].learnedMask.makesMasks { cells[index].sparsity = nil }
    }
    return cells
  }
}

extension Trial {
  /// What this cell is compared with: the dense training. Where the pruned network is trained beyond it, the dense network
  /// trained on by as much as well.
  var baselines: [Trial] {
    var dense = self
    (dense.criterion, dense.granularity, dense.allocation) = (.magnitude, .weight, .global)
    (dense.schedule, dense.sparsity, dense.retraining) = (.oneShot, 0, .none)
    (dense.control, dense.rounds, dense.recipe) = (.none, nil, nil)
    (dense.dynamics, dense.learnedMask, dense.scoringBatches) = (.none, .none, 1)
    (dense.repair, dense.retrainingRate, dense.target) = (.none, .own, .weights)
    // A rule for the ladder compares with the baseline, and one before a pruning has none to look at: it goes its whole way.
    if stop.scope == .ladder || stop.scope == .search { dense.stop = .never }
    guard recipe == nil, schedule.rounds > 0, schedule.origin == nil, retraining.goesOn else {
      return [dense]
    }
    var trained = dense
    trained.schedule = schedule.rounds == 1 ? .oneShot : .iterative(rounds: schedule.rounds)
    (trained.retraining, trained.retrainingRate) = (retraining, retrainingRate)
    return [dense, trained]
  }
}

/// A sweep that cannot be run as it is written.
package enum ExperimentError: Error, Hashable, CustomStringConvertible {
  case emptyAxis(String)
  case unequalZip([String])
  case noCells(String)
  case seeds(Int)
  case unknown(String, known: [String])
  case trial(String, problem: String)
  case otherResults(folder: String, owner: String)
  case name(String)

  package var description: String {
    switch self {
    case .emptyAxis(let name):
      "the axis \(name) has no values, so the sweep has no cells: give it at least one"
    case .unequalZip(let lengths):
      "zipped axes must have equally many values: \(lengths.joined(separator: ", "))"
    case .noCells(let name): "the sweep of \(name) has no cells: its conditions leave none"
    case .seeds(let count): "\(count) seeds cannot be run: ask for 1 to 10000"
    case .unknown(let name, let known):
      "there is no experiment named \"\(name)\""
        + (known.nearest(to: name).map { "; did you mean \"\($0)\"?" } ?? ".")
        + " See `\(ProgramName.current) list`."
    case .trial(let name, let problem): "trial \(name): \(problem)"
    case .otherResults(let folder, let owner):
      "the results in \(folder) are those of \(owner) and stay as they are; give these a name of their own with "
        + "--as NAME, or replace the summary with --force"
    case .name(let name):
      "results cannot have the name \(name.debugDescription): it is that of a folder inside the results, so "
        + FileName.folderRule
    }
  }
}

extension ExperimentError: ReportedError {
  package var exitCode: FailureCode { .usage }
}
