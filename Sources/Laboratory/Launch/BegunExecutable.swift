import CoppiceStore
import CoppiceTerms
import Foundation

/// Refuses workers that cannot share a sweep: keys of components without a version hold for one executable, so that two builds of a
/// program would each compute all of them, and neither finds what the other has made.
package enum BegunExecutable {
  /// The digest that a journal entry has where it matters which executable is at work: that of this one; `nil` where every component
  /// has a version.
  package static func digest(of plan: SweepPlan) -> String? {
    plan.unversionedTrials == 0 ? nil : Executable.digest
  }

  /// Refuses to go on with what another executable began.
  package static func check(_ plan: SweepPlan, in results: ResultsFolder) throws {
    guard let digest = digest(of: plan) else { return }
    let entries = try Journal.entries(of: JournalEntry.self, in: results.journal(of: plan.name))
    guard let begun = entries.last(where: { $0.executable != nil })?.executable, begun != digest else {
      return
    }
    throw OtherExecutable(
      experiment: plan.name, begun: begun, own: digest,
      components: plan.unversioned.map { "\($0.setting) \($0.component)" })
  }
}

extension BegunExecutable {
  /// Notes that this executable begins the plan anew, for the workers that it launches.
  package static func note(_ plan: SweepPlan, in results: ResultsFolder) throws {
    guard let digest = digest(of: plan) else { return }
    var entry = JournalEntry(
      time: Date().timeIntervalSince1970, event: .warning, process: ProcessInfo.processInfo.processIdentifier)
    (entry.message, entry.executable) = ("launched by executable \(digest.prefix(8))…", digest)
    try Journal(results.journal(of: plan.name)).append(entry)
  }
}

/// Thrown by a worker whose executable is not the one that began.
package struct OtherExecutable: ReportedError, Hashable {
  let experiment: String
  let begun: String
  let own: String
  let components: [String]

  package var description: String {
    """
    \(experiment) was begun by another executable (\(begun.prefix(8))… there, \(own.prefix(8))… here), and its stages with \
    \(components.joined(separator: ", ")) hold for one executable only, since that has no version. Copy one executable to every \
    machine, or give it a version: version: 1. To begin anew with this one: `\(ProgramName.current) run` or `launch`
    """
  }
  package var exitCode: FailureCode { .badData }
}
