import CoppiceDatasets
import CoppiceStore
import CoppiceTerms
import Foundation

/// Trials that are known, to be run again elsewhere and compared bit for bit. Nothing that is stored is touched: stages are made anew
/// in a folder of their own, those that trials share once.
package struct Verification: Sendable {
  private let known: [KnownTrial]
  /// The plan of each, or why there is none.
  private let plans: [Planned]
  /// The trials that can be run, with all that they need.
  package let plan: SweepPlan
  private let library: DataLibrary

  private enum Planned: Sendable {
    case plan(TrialPlan)
    case refused(String)
  }

  /// Plans to run trials again.
  ///
  /// - Parameter find: the trial of a configuration that names components which no catalogue has.
  package init(
    _ known: [KnownTrial], _ library: DataLibrary, find: (String) -> Trial? = { _ in nil }
  ) {
    self.known = known
    self.library = library
    var names: Set<String> = []
    plans = known.map { trial in
      do {
        var plan = try Self.plan(trial, library, find)
        let isNew = names.insert(trial.name).inserted
        plan.name = isNew ? trial.name : "\(trial.name)-\(names.count)"
        if !isNew { names.insert(plan.name) }
        return .plan(plan)
      } catch {
        return .refused("\(error)")
      }
    }
    plan = SweepPlan(
      of: plans.compactMap { if case .plan(let plan) = $0 { plan } else { nil } }, name: "verification")
  }

  private static func plan(
    _ known: KnownTrial, _ library: DataLibrary, _ find: (String) -> Trial?
  ) throws -> TrialPlan {
    if case .integer(let version)? = JSON(parsing: known.provenance)?["numerics"],
      version != StageKey.numericsVersion
    {
      throw VerificationError.otherNumerics(version)
    }
    var trial = try known.trial ?? trial(of: known.configuration, find)
    var plan = try TrialPlan(trial, library)
    try check(plan, known, library)
    // Times are compared with nothing, so they are not measured.
    if trial.measurement != .none {
      trial.measurement = .none
      plan = try TrialPlan(trial, library)
    }
    return plan
  }

  private static func trial(of configuration: String, _ find: (String) -> Trial?) throws -> Trial {
    let stored = try StoredTrial(configuration: configuration)
    guard let problem = stored.problems.first else { return stored.trial }
    if let trial = find(configuration) { return trial }
    throw problem.error
  }

  /// Tells why a trial that has another key now would not give what is known.
  private static func check(_ plan: TrialPlan, _ known: KnownTrial, _ library: DataLibrary) throws {
    guard !known.isOf(plan.key) else { return }
    let others = DataComparison.differences(known.provenance, library.records)
    if !others.isEmpty { throw VerificationError.otherData(others) }
    guard plan.trial.specification.isVersioned else {
      var builds = JSON(parsing: known.provenance)?["executable_sha256"]?.specificationValue.description
      if builds == Executable.digest { builds = nil }
      throw VerificationError.otherBuild(builds)
    }
    throw VerificationError.otherKey(known.key ?? "", plan.key.hexadecimal)
  }

  /// Runs them and compares.
  ///
  /// - Parameters:
  ///   - scratch: an empty folder, in which stages and trials are made.
  ///   - observe: told what happens, from any thread.
  /// - Returns: a verdict for each, in the order given.
  /// - Throws: `Interrupted` where an end was asked for; `StoreError` where the folder cannot be written.
  package func run(
    in scratch: ResultsFolder, options: Runner.Options, interruption: Interruption = Interruption(),
    observe: @escaping @Sendable (RunEvent) -> Void = { _ in }
  ) throws -> [VerifiedTrial] {
    var failures: [String: String] = [:]
    if !plan.trials.isEmpty {
      let runner = try Runner(
        plan, results: scratch, library: library,
        provenance: Provenance(arguments: [], jobs: options.jobs, threads: options.threads),
        interruption: interruption, options: options, observe: observe)
      let report = runner.run()
      if report.isInterrupted { throw Interrupted() }
      if let error = report.fileError { throw error }
      for failure in report.failures { failures[failure.trial] = failure.message }
    }
    return zip(known, plans).map { known, planned in
      switch planned {
      case .refused(let reason):
        return VerifiedTrial(name: known.name, verdict: .unverifiable(reason), digest: nil)
      case .plan(let plan):
        if let failure = failures[plan.name] {
          return VerifiedTrial(
            name: known.name, verdict: .unverifiable("it failed: \(failure)"), digest: nil)
        }
        do {
          let record = try TrialFile(scratch.trial(plan.name, of: self.plan.name)).record()
          let digest = record.sha256
          return VerifiedTrial(
            name: known.name, verdict: try Self.verdict(known, record, digest), digest: digest)
        } catch {
          return VerifiedTrial(name: known.name, verdict: .unverifiable("\(error)"), digest: nil)
        }
      }
    }
  }

  private static func verdict(
    _ known: KnownTrial, _ record: TrialRecord, _ digest: String
  ) throws -> VerifiedTrial.Verdict {
    let verdict = try verdict(known.results, record, digest)
    guard verdict == .identical, let published = known.published, published != digest else { return verdict }
    return .differs("the digest in \(DigestList.fileName) is \(published), and now it is \(digest)")
  }

  private static func verdict(
    _ results: KnownTrial.Results, _ record: TrialRecord, _ digest: String
  ) throws -> VerifiedTrial.Verdict {
    switch results {
    case .file(let path):
      let stored = try TrialFile(path).record()
      if stored.sha256 == digest { return .identical }
      return .differs(Parting(stored, record)?.description ?? "the results have other digests")
    case .rows(let rows):
      for row in rows {
        guard let found = record.rounds.first(where: { $0.index == row.round })?.row else {
          return .differs("round \(row.round) did not come out")
        }
        if let first = row.differences(from: found, isLenient: true).first {
          return .differs(
            "round \(row.round): \(first.column) is \(first.one.text) in the summary and \(first.other.text) now"
          )
        }
      }
      return .identical
    case .digest(let expected, let place):
      return expected == digest
        ? .identical : .differs("the digest in \(place) is \(expected), and now it is \(digest)")
    }
  }
}

extension KnownTrial {
  /// Whether a key is the known one. Where only a name is known, its end is the beginning of the key.
  fileprivate func isOf(_ found: StageKey) -> Bool {
    if let key { return key == found.hexadecimal }
    guard let match = name.firstMatch(of: #/-([0-9a-f]{8})$/#) else { return true }
    return match.1 == found.short
  }
}

extension ColumnValue? {
  fileprivate var text: String {
    switch self {
    case .text(let text)?: text
    case .integer(let integer)?: "\(integer)"
    case .number(let number)?: "\(number)"
    case nil: "nothing"
    }
  }
}

/// Why a trial cannot be verified here.
package enum VerificationError: Error, Hashable, CustomStringConvertible {
  case otherNumerics(Int)
  case otherData([String])
  case otherBuild(String?)
  case otherKey(String, String)

  package var description: String {
    switch self {
    case .otherNumerics(let version):
      "it was computed under version \(version) of the numerics, and this program has \(StageKey.numericsVersion)"
    case .otherData(let differences):
      "the data are not those it was made of: "
        + differences.joined(separator: "; ")
    case .otherBuild(let digest):
      "it has a component without a version, whose results are those of one build alone"
        + (digest.map { " (executable \($0.prefix(12)))" } ?? "")
    case .otherKey(let then, let now):
      "this program plans it otherwise\(then.isEmpty ? "" : " (key \(then.prefix(8)), now \(now.prefix(8)))"): a component or the "
        + "data have another version"
    }
  }
}

extension VerificationError: ReportedError {
  package var exitCode: FailureCode { .badData }
}
