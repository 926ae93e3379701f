import CoppiceTerms

/// A script of the shell that sbatch takes: one job, or an array of jobs of which each runs a line of a list.
package struct SlurmScript: Hashable, Sendable {
  /// What a user asks of Slurm for every job. What is not given is Slurm's own, or follows from the plan.
  package struct Options: Hashable, Sendable {
    /// As `--partition` takes it.
    package var partition: String?
    /// As `--time` takes it.
    package var time: String?
    /// As `--mem` takes it.
    package var memory: String?
    /// Jobs of an array that run side by side, at most.
    package var mostJobs: Int?
    /// Cores of a job.
    package var cores = 1
    /// Further options of sbatch, a line each.
    package var further: [String] = []

    package init() {}
  }

  /// Jobs of an array, with the file that has the stages of each in a line.
  package struct Tasks: Hashable, Sendable {
    package let count: Int
    package let list: String

    package init(count: Int, list: String) { (self.count, self.list) = (count, list) }
  }

  /// What squeue calls it.
  package var name: String
  /// What it is, for a reader.
  package var comment: String
  /// `nil` for one job without a list.
  package var tasks: Tasks?
  /// Whether nobody else may be on its machine.
  package var isExclusive = false
  /// How long its longest job takes, about.
  package var seconds = 0.0
  /// The command that does the work, as a shell takes it; the stages of a list go behind it.
  package var command: String
  /// The folder of what jobs print.
  package var logs: String
  /// Variables of the environment that jobs are to have, as a shell takes them: `NAME=value`.
  package var variables: [String] = []
  package var options: Options

  package init(name: String, comment: String, command: String, logs: String, options: Options) {
    (self.name, self.comment, self.command) = (name, comment, command)
    (self.logs, self.options) = (logs, options)
  }

  /// Seconds before its end at which Slurm tells a job to write a checkpoint.
  private static let notice = 60

  /// Minutes that a job may take: twice what is expected and five more, for machines differ, and ten at least.
  package var minutes: Int {
    let expected = seconds.isFinite ? max(0, min(seconds, 1e8)) : 0
    return max(10, Int((2 * expected / 60).rounded(.up)) + 5)
  }

  /// The script.
  package var text: String {
    var options = ["--job-name=\(name)", "--nodes=1", "--ntasks=1", "--cpus-per-task=\(self.options.cores)"]
    if let tasks {
      let most = self.options.mostJobs.map { "%\($0)" } ?? ""
      options.append("--array=1-\(tasks.count)\(most)")
    }
    options.append("--time=\(self.options.time ?? "\(minutes)")")
    if let memory = self.options.memory { options.append("--mem=\(memory)") }
    if let partition = self.options.partition { options.append("--partition=\(partition)") }
    if isExclusive { options.append("--exclusive") }
    options += [
      "--signal=B:TERM@\(Self.notice)", "--requeue", "--open-mode=append",
      // To sbatch, % begins a number of its own, and a quote ends a word.
      "--output=\"\(logs.replacing("%", with: "%%"))/\(tasks == nil ? "%j" : "%A_%a").log\"",
    ]
    options += self.options.further
    let stages = tasks.map { " $(sed -n \"${SLURM_ARRAY_TASK_ID}p\" \($0.list))" } ?? ""
    return
      (["#!/bin/sh", "# \(comment)"] + options.map { "#SBATCH \($0)" }
      + variables.map { "export \($0)" }
      // In the place of the shell, so that signals reach it.
      + ["exec \(command)\(stages)"]).joined(separator: "\n") + "\n"
  }
}
