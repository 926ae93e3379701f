import CoppiceHDF5
import CoppiceTerms
import Foundation

/// What was submitted to a scheduler for an experiment: `jobs/jobs.json` beside the summary. Whether a job lives, the scheduler says,
/// and what is done, the stages; this file only says whom to ask for.
package struct LaunchRecord: Codable, Hashable, Sendable {
  /// A job that was submitted, or an array of jobs.
  package struct Job: Codable, Hashable, Sendable {
    /// The scheduler's number, digits.
    package var id: String
    /// The scheduler's name of it.
    package var name: String
    /// What it is: `wave 2`.
    package var label: String
    /// How many jobs the array has; 0 where it is none.
    package var tasks: Int
    /// The file with the stages of each job of the array in a line, below the folder of jobs.
    package var list: String?
    /// When it was submitted, in seconds since 1970.
    package var time: Double

    package init(id: String, name: String, label: String, tasks: Int, list: String?, time: Double) {
      (self.id, self.name, self.label, self.tasks) = (id, name, label, tasks)
      (self.list, self.time) = (list, time)
    }

    /// Whether these can be what a launch has written.
    fileprivate var isSound: Bool {
      (1...18).contains(id.utf8.count) && id.utf8.allSatisfy { (48...57).contains($0) }
        && (0...1_000_000).contains(tasks)
        && list.map { $0.wholeMatch(of: #/[0-9]{1,9}\/[a-z0-9-]{1,60}\.txt/#) != nil } ?? true
    }
  }

  private var schemaVersion = 1
  package var jobs: [Job] = []

  private enum CodingKeys: String, CodingKey {
    case schemaVersion = "schema_version"
    case jobs
  }

  /// Nothing submitted.
  package init() {}

  /// The most jobs of arrays that are asked for.
  private static let mostTasks = 1_000_000

  /// The most bytes that such a file may have.
  private static let mostBytes = 64 << 20

  /// Reads a record; `nil` where there is none.
  /// - Throws: `StoreError` where it cannot be read, or is no such record.
  package init?(_ path: String) throws(StoreError) {
    guard access(path, F_OK) == 0 else { return nil }
    let data: Data
    do {
      data = Data(try ReadableFile.bytes(path, atMost: Self.mostBytes))
    } catch { throw .file(HDF5Error(error)) }
    guard let record = try? JSONDecoder().decode(Self.self, from: data) else {
      throw .badContents(
        file: path,
        reason: "it is no record of launched jobs; remove it, and ask the scheduler which jobs are queued")
    }
    self = record
    var tasks = 0
    jobs = record.jobs.filter { job in
      guard job.isSound else { return false }
      tasks += job.tasks
      return tasks <= Self.mostTasks
    }
  }

  /// Writes the record; it appears whole or not at all.
  package func write(to path: String) throws(StoreError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(self) else { return }
    try storing { () throws(HDF5Error) in
      var failure: HDF5Error?
      data.withUnsafeBytes { bytes in
        do throws(HDF5Error) { try AtomicFile.replace(path, with: bytes) } catch { failure = error }
      }
      if let failure { throw failure }
    }
  }
}

extension ResultsFolder {
  /// The folder of scripts, lists and prints of the jobs of an experiment.
  package func jobs(of experiment: String) -> String { folder(of: experiment) + "/jobs" }

  /// The record of what was submitted for an experiment.
  package func launchRecord(of experiment: String) -> String { jobs(of: experiment) + "/jobs.json" }
}
