import Coppice
import CoppiceStore
import Foundation

/// How an experiment stands, told by its plan, its trial files, its journal and the leases of runs.
struct ExperimentStatus {
  let name: String
  /// Every trial that is to be, or was, run, with how it stands.
  let trials: [(name: String, status: TrialStatus)]
  /// Why trials failed, as far as their files say.
  let failures: [String: TrialFailure]
  /// The run at work that began last, if one is.
  let run: LeaseHolder?
  /// Why files of trials and the summary cannot be read, where one cannot.
  let faults: [StoreError]
  /// When anything was last written to the journal.
  let lastActivity: Date?

  /// Reads how an experiment stands. Without its data the plan cannot be made, and the summary says which trials there are.
  init(_ name: String, in folder: ResultsFolder, library: DataLibrary) throws {
    self.name = name
    let entries = try Journal.entries(
      of: JournalEntry.self, in: folder.journal(of: name), atMost: Self.journalTail)
    // What a line says may be no time at all.
    lastActivity = entries.map(\.time).filter((0..<1e11).contains).max().map(
      Date.init(timeIntervalSince1970:))
    run = folder.runs(of: name).last
    let files = folder.trials(of: name)
    var names = (try? ExperimentCatalogue.experiment(name)).flatMap {
      try? SweepPlan($0, library: library).keepingNames(of: files).trials.map(\.name)
    }
    var faults: [StoreError] = []
    func reading<Value>(_ read: () throws(StoreError) -> Value) -> Value? {
      do { return try read() } catch {
        if !error.isMissingFile { faults.append(error) }
        return nil
      }
    }
    let summary = reading { () throws(StoreError) in try SummaryStatuses(folder.summary(of: name)) }
    // Of an experiment that is planned, the trials are known without it.
    if names != nil { faults = [] } else { names = summary?.trials }
    let stored = Set(files)
    var failures: [String: TrialFailure] = [:]
    trials = (names ?? files).map { trial -> (name: String, status: TrialStatus) in
      guard stored.contains(trial) else { return (trial, .pending) }
      let path = folder.trial(trial, of: name)
      if let status = summary?.status(of: trial, in: path), status.isFinished { return (trial, status) }
      let found = reading { () throws(StoreError) -> (status: TrialStatus, failure: TrialFailure?) in
        let file = try TrialFile(path)
        return (try file.status, try file.failure)
      }
      failures[trial] = found?.failure
      return (trial, found?.status ?? .pending)
    }
    self.failures = failures
    self.faults = faults
  }

  /// The bytes at the end of a journal that tell when anything was last written to it.
  private static let journalTail = 1 << 16

  /// How many trials stand so.
  func count(_ status: TrialStatus) -> Int { trials.count { $0.status == status } }

  /// How many trials failed that a run passes over.
  var setAside: Int { failures.values.count { $0.isLasting } }

  /// Trials that have a result, good or bad.
  var done: Int { trials.count { $0.status.isFinished } }
}
