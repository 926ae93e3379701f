import CoppiceDatasets
import CoppiceStore
import CoppiceTensors
import CoppiceTerms

/// The finished rounds of a summary. Its trials are planned again from the configuration that it holds, whatever the catalogue's
/// experiment has become; their networks are read from the stages that are there, else from trial files.
package struct StoredRounds: Sendable {
  /// A round of which no network is left.
  package struct LeftOut: Hashable, Sendable {
    package let trial: String
    package let round: Int
    package let reason: String
  }

  /// The rounds whose networks can be read, in the order of the index.
  package private(set) var rounds: [AnalysisRound] = []
  /// The others.
  package private(set) var leftOut: [LeftOut] = []
  /// Trials that this program cannot plan again, each with the reason: nothing can be measured in them, but their weights and masks
  /// can be read.
  package private(set) var unplanned: [(trial: String, reason: String)] = []
  /// What is read from trial files.
  private var parts: [StageKey: RoundPart] = [:]
  /// The stages that networks are read from, for what must hold of them.
  private var stages: [StageKey: any Stage] = [:]

  /// The rounds of a summary.
  ///
  /// - Parameters:
  ///   - name: the results folder's name.
  ///   - known: the trial of a configuration that only the catalogue can read: with a component of one's own.
  /// - Throws: `DatasetError` where data are missing, `StoreError` where the summary cannot be read.
  package init(
    of summary: String, _ name: String, in results: ResultsFolder, library: DataLibrary,
    known: (String) -> Trial?
  ) throws {
    let rows = try SummaryFile.rows(summary)
    var configurations: [String: JSON] = [:]
    if case .members(let members)? = JSON.member("trials", of: try SummaryFile.configuration(summary)) {
      for (name, value) in members where configurations[name] == nil { configurations[name] = value }
    }
    let networks = KnownNetworks()
    var places: [String: Int] = [:]
    var trials: [(name: String, rows: [IndexRow])] = []
    for row in rows {
      if let place = places[row.trial] {
        trials[place].rows.append(row)
      } else {
        places[row.trial] = trials.count
        trials.append((row.trial, [row]))
      }
    }
    for trial in trials {
      let finished = trial.rows.filter { $0.status == .completed }
      guard !finished.isEmpty else { continue }
      var plan: TrialPlan?
      do {
        guard let stored = configurations[trial.name] else { throw ConfigurationError.missing(trial.name) }
        plan = try TrialPlan(try Self.trial(stored.text, known), library, networks, Settings.all)
      } catch let error as DatasetError {
        throw error
      } catch {
        unplanned.append((trial.name, "\(error)"))
      }
      let file = StoredTrialFile(results.trial(trial.name, of: name))
      for row in finished { add(row, plan, file, results.stages) }
    }
  }

  private static func trial(_ configuration: String, _ known: (String) -> Trial?) throws -> Trial {
    do { return try Trial(configuration: configuration) } catch {
      if let trial = known(configuration) { return trial }
      throw error
    }
  }

  /// Adds a round where its network can be read.
  private mutating func add(
    _ row: IndexRow, _ plan: TrialPlan?, _ file: StoredTrialFile, _ folder: StageFolder
  ) {
    // A plan of the same key has the stages that the row tells of.
    if let plan, row.trial.hasSuffix("-\(plan.key.short)"),
      let round = plan.rounds.first(where: { $0.index == row.round }), let training = round[.training]
    {
      let keys = [training] + (round[.masks].map { [$0] } ?? [])
      if !keys.allSatisfy({ folder.contains($0.hexadecimal) }) {
        guard case .success(let kept) = file.kept(row.round), !kept.masks.isEmpty || round[.masks] == nil
        else {
          return leave(row, file)
        }
        let isOne = round[.masks] == training
        parts[training] = RoundPart(
          path: file.path, round: row.round, content: isOne ? .both : .network,
          buffers: Set(plan.regimen.model.buffers.map(\.name)))
        if let masks = round[.masks], !isOne {
          parts[masks] = RoundPart(path: file.path, round: row.round, content: .masks, buffers: [])
        }
      }
      for key in keys { stages[key] = plan.stages.first { $0.key == key } }
      return rounds.append(AnalysisRound(row: row, masks: round[.masks], training: training, plan: plan))
    }
    // Of another version of a component, or of the numerics: what the file holds has an identity of its own.
    guard case .success(let kept) = file.kept(row.round) else { return leave(row, file) }
    func key(_ content: RoundPart.Content, round: Int) -> StageKey {
      StageKey(
        Specification(
          "stored-round", version: 1,
          [
            ("trial", .text(kept.trial)), ("round", .integer(round)), ("content", .text(content.rawValue)),
          ]))
    }
    let (training, masks) = (key(.network, round: row.round), key(.masks, round: row.round))
    let initial = key(.initial, round: 0)
    let buffers = Set(plan?.regimen.model.buffers.map(\.name) ?? [])
    parts[training] = RoundPart(path: file.path, round: row.round, content: .network, buffers: buffers)
    parts[masks] = RoundPart(path: file.path, round: row.round, content: .masks, buffers: [])
    parts[initial] = RoundPart(path: file.path, round: 0, content: .initial, buffers: buffers)
    rounds.append(
      AnalysisRound(
        row: row, masks: kept.masks.isEmpty ? nil : masks, training: training, initial: initial, plan: plan))
  }

  private mutating func leave(_ row: IndexRow, _ file: StoredTrialFile) {
    let reason =
      switch file.kept(row.round) {
      case .failure(let fault): fault.reason
      case .success: "its masks are in no file"
      }
    leftOut.append(LeftOut(trial: row.trial, round: row.round, reason: reason))
  }

  /// The outputs of stages in a folder, and of those that are gone what trial files hold.
  func outputs(in folder: StageFolder) -> RecentStages {
    RecentStages(folder) { [stages] key, record in
      stages[key]?.fault(in: record)
    } elsewhere: { [parts] (key) throws(StoreError) in
      try parts[key]?.record(key)
    }
  }
}

/// What a trial file has of one round, as a stage would have it.
private struct RoundPart: Sendable {
  enum Content: String { case network, masks, both, initial }

  let path: String
  let round: Int
  let content: Content
  /// The names of what is no parameter.
  let buffers: Set<String>

  func record(_ key: StageKey) throws(StoreError) -> StageRecord {
    let file = try TrialFile(path)
    var record = StageRecord(key: key.hexadecimal)
    if content == .initial {
      record.parameters = [("parameters", try file.initialWeights ?? ParameterSet())]
      return record
    }
    let stored = try file.round(round)
    if content != .masks {
      let weights = stored.weights ?? ParameterSet()
      let (own, other) = (
        weights.filter { !buffers.contains($0.name) }, weights.filter { buffers.contains($0.name) }
      )
      record.parameters = [("parameters", ParameterSet(own)), ("buffers", ParameterSet(other))]
      if let scales = stored.weightScales { record.parameters.append(("scales", scales)) }
      if let ranges = stored.inputRanges { record.parameters.append(("ranges", ranges)) }
      record.numbers = Self.numbers(of: stored)
      record.series = stored.series
      record.evaluations = stored.evaluations
      record.layers = stored.layers
    }
    if content != .network, let masks = stored.masks { record.masks = [("masks", masks)] }
    return record
  }

  /// What says that a network is one of codes, or that it was trained as a smaller one.
  private static func numbers(of round: RoundRecord) -> [(name: String, values: [Double])] {
    func count(_ metric: Metric) -> Int { Int(exactly: round.row[metric: metric]) ?? 0 }
    var numbers: [(name: String, values: [Double])] = []
    if round.weightScales != nil {
      numbers.append(("quantisation", [Double(count(.bits)), Double(count(.zeroedSurvivors))]))
    }
    if round.invariants.contains(where: { $0.name == Invariant.compactedLogits.name }) {
      numbers.append(
        CompactionRecord(parameters: count(.parametersCompacted), bytes: count(.bytesCompacted)).numbers)
    }
    return numbers
  }
}

/// A trial file that is opened when something is asked of it, once.
private final class StoredTrialFile {
  struct Fault: ReportedError {
    let reason: String

    var description: String { reason }
    var exitCode: FailureCode { .badData }
  }

  /// What is kept of a round.
  typealias Kept = (trial: String, masks: [String])

  let path: String
  private var opened: Result<(file: TrialFile, key: String), Fault>?

  init(_ path: String) { self.path = path }

  /// The key of the trial and the names of the masks of a round, where its weights are kept.
  func kept(_ round: Int) -> Result<Kept, Fault> {
    let opened = opened ?? open()
    self.opened = opened
    return opened.flatMap { file, key in
      do throws(StoreError) {
        let kept = try file.kept(ofRound: round)
        guard kept.weights else { return .failure(Fault(reason: "its trial file does not keep its weights")) }
        return .success((key, kept.masks))
      } catch {
        return .failure(Fault(reason: error.reason))
      }
    }
  }

  private func open() -> Result<(file: TrialFile, key: String), Fault> {
    do throws(StoreError) {
      let file = try TrialFile(path)
      guard let key = try file.key else {
        return .failure(Fault(reason: "its trial file is of a version that had no keys"))
      }
      return .success((file, key))
    } catch {
      return .failure(
        Fault(reason: error.isMissingFile ? "its stages are gone, and so is its trial file" : error.reason))
    }
  }
}
