import Coppice
import CoppiceStore
import Foundation

/// The jobs that were launched for an experiment, with how Slurm says they stand.
struct LaunchedJobs {
  /// A job, or one of an array.
  struct Task {
    /// As Slurm numbers it: `12`, or `12_3` of an array.
    let id: String
    let job: LaunchRecord.Job
    /// Its line of the list of its array, from 1; 0 where there is none.
    let line: Int
    /// `nil` where it is over, or was taken out of the queue.
    let state: Slurm.State?
  }

  let tasks: [Task]
  private let folder: String

  /// The jobs of an experiment; `nil` where none were launched.
  ///
  /// - Throws: a failure where the record cannot be read, or Slurm does not answer.
  init?(of experiment: String, in results: ResultsFolder) throws {
    guard let record = try LaunchRecord(results.launchRecord(of: experiment)) else { return nil }
    let known = record.jobs.isEmpty ? [:] : try Slurm.jobs()
    folder = results.jobs(of: experiment)
    tasks = record.jobs.flatMap { job -> [Task] in
      func task(_ id: String, _ line: Int) -> Task {
        // A number may come again, with a new cluster.
        let found = known[id].flatMap { $0.name == job.name ? $0.state : nil }
        return Task(id: id, job: job, line: line, state: found)
      }
      return job.tasks == 0 ? [task(job.id, 0)] : (1...job.tasks).map { task("\(job.id)_\($0)", $0) }
    }
  }

  /// Those that wait or run.
  var alive: [Task] { tasks.filter { $0.state != nil } }

  /// How many stand so; `nil` for those that are over.
  func count(_ state: Slurm.State?) -> Int { tasks.count { $0.state == state } }

  /// The beginnings of the keys of stages that jobs which wait or run are there for.
  var stages: Set<String> {
    var words: Set<String> = []
    for (list, tasks) in Dictionary(grouping: alive, by: \.job.list) {
      // A list that is gone names nothing: its stages are launched again, and leases keep them apart.
      guard let list, let bytes = try? ReadableFile.bytes("\(folder)/\(list)", atMost: 64 << 20) else {
        continue
      }
      let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      for task in tasks where task.line <= lines.count {
        words.formUnion(
          String(decoding: lines[task.line - 1], as: UTF8.self).split(separator: " ").map(String.init))
      }
    }
    return words
  }
}
