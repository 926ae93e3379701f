import Coppice
import Foundation

/// Slurm, asked by the programs that it has for users: sbatch, squeue, scancel and scontrol.
struct Slurm {
  /// How a job that is known to Slurm stands.
  enum State: String {
    case pending
    case running
  }

  /// Seconds that an answer is waited for.
  private static let patience = 120.0

  /// Slurm as it is installed here.
  /// - Throws: a failure where it is not.
  init() throws {
    guard Tool("sbatch").path != nil else {
      throw CommandFailure(
        "sbatch is not installed here, so nothing can be submitted. Log in to a machine of the cluster that has it (or, to try it: apt-get "
          + "install slurm-wlm munge); --dry-run prints the scripts all the same, and `work --any` needs no scheduler",
        CommandFailure.toolMissing)
    }
  }

  /// Submits a script and gives the number of the job.
  ///
  /// - Parameter jobs: the jobs that must be over before.
  func submit(_ script: String, after jobs: [String]) throws -> String {
    let dependency = jobs.isEmpty ? [] : ["--dependency=afterany:" + jobs.joined(separator: ":")]
    let answer = try Self.run(
      ["sbatch", "--parsable"] + dependency + [script], "sbatch did not take \(script)")
    // `number`, or `number;cluster`.
    let id =
      answer.split(whereSeparator: { ";\n".contains($0) }).first.map {
        $0.trimmingCharacters(in: .whitespaces)
      } ?? ""
    guard !id.isEmpty, id.utf8.allSatisfy({ (48...57).contains($0) }) else {
      throw CommandFailure(
        "sbatch gave no number of a job for \(script) but \"\(answer.prefix(80))\"; ask squeue whether it is queued",
        CommandFailure.tryAgain)
    }
    return id
  }

  /// The most jobs that an array may have; `nil` where Slurm does not say.
  var mostTasks: Int? { setting("MaxArraySize").flatMap { Int($0) }.map { max(1, $0 - 1) } }

  /// Whether memory is given out like cores, so that a job that asks for none may get all of a machine.
  var countsMemory: Bool { setting("SelectTypeParameters")?.uppercased().contains("MEMORY") ?? false }

  /// A line of Slurm's configuration: `Name = value`.
  private func setting(_ name: String) -> String? {
    guard let text = try? Self.run(["scontrol", "show", "config"], "scontrol") else { return nil }
    let line = text.split(separator: "\n").first { $0.prefix { !" =".contains($0) } == name }
    return line?.split(separator: "=", maxSplits: 1).last.map { $0.trimmingCharacters(in: .whitespaces) }
  }

  /// The user's jobs that wait or run, each job of an array by `number_index`, with the name that it was given.
  /// - Throws: a failure to be tried again where Slurm does not answer.
  static func jobs() throws -> [String: (state: State, name: String)] {
    let text = try run(
      ["squeue", "--noheader", "--array", "--user=\(getuid())", "--format=%i|%T|%j"], "squeue did not answer")
    var jobs: [String: (State, String)] = [:]
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: "|", maxSplits: 2).map { $0.trimmingCharacters(in: .whitespaces) }
      // One that is completing is over, and its node is swept.
      guard parts.count == 3, parts[1] != "COMPLETING" else { continue }
      jobs[parts[0]] = (parts[1] == "PENDING" ? .pending : .running, parts[2])
    }
    return jobs
  }

  /// Takes jobs that wait out of the queue, then asks those that run for a checkpoint and their end.
  static func cancel(_ jobs: [String]) throws {
    // To the script alone, whose place the worker has taken.
    for words in [["--state=PENDING"], ["--batch", "--signal=TERM"]] {
      // Few enough for a command line.
      for start in stride(from: 0, to: jobs.count, by: 1_000) {
        let some = jobs[start..<min(start + 1_000, jobs.count)]
        // One that has ended meanwhile is refused, and is no failure.
        _ = try run(["scancel"] + words + some, "scancel failed", bearsRefusal: true)
      }
    }
  }

  /// Runs a program of Slurm and gives what it prints.
  ///
  /// - Parameter bearsRefusal: whether an exit code other than 0 is no failure, where the controller has answered.
  private static func run(
    _ words: [String], _ failure: String, bearsRefusal: Bool = false
  ) throws -> String {
    guard let program = Tool(words[0]).path else {
      throw CommandFailure(
        "\(words[0]) is not installed here: ask on a machine of the cluster that has it",
        CommandFailure.toolMissing)
    }
    guard let run = ToolRun([program] + words.dropFirst(), errors: .kept, patience: patience),
      let status = run.status
    else {
      throw CommandFailure(
        "\(failure): it did not end within \(Int(patience)) s. Is the controller alive? Try again",
        CommandFailure.tryAgain)
    }
    if status != 0 {
      let lines = String(decoding: run.errors, as: UTF8.self).split(separator: "\n").prefix(3)
      let reason = lines.joined(separator: " ")
      // What its controller cannot do now is another thing than what it refuses.
      let isAbsent = ["contact", "onnection", "imed out", "onfiguration source"].contains {
        reason.contains($0)
      }
      if !isAbsent, bearsRefusal { return "" }
      throw CommandFailure(
        "\(failure): \(reason.isEmpty ? "exit code \(status)" : reason)",
        isAbsent || words[0] != "sbatch" ? CommandFailure.tryAgain : CommandFailure.usage)
    }
    return String(decoding: run.output, as: UTF8.self)
  }
}
