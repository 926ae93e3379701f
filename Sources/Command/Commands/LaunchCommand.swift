import ArgumentParser
import Coppice
import CoppiceReporting
import CoppiceStore
import Foundation

struct LaunchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "launch", abstract: "Run an experiment on a cluster: submit what is missing of it to Slurm.",
    discussion: """
      Stages become waves of job arrays, each after the one before, and a last job that puts trials and summary together. What \
      is on disk is all that counts: launching again submits what is missing and not queued.

      \(examples(
        "launch \(anExperiment) --slurm --dry-run",
        "launch \(anExperiment) --slurm --partition main --max-jobs 20 --sbatch '--account=lab'"))
      """)

  @OptionGroup var sweep: SweepOptions

  @Flag(help: "Submit to Slurm, the one scheduler there is.")
  var slurm = false

  @OptionGroup var slurmOptions: SlurmOptions

  @Flag(help: "Print the scripts, and submit nothing.")
  var dryRun = false

  @OptionGroup var retry: RetryOptions

  @OptionGroup var results: ResultsOptions
  @OptionGroup var data: SweepDataOptions

  @Option(help: "Stages that run side by side in a job (or COPPICE_JOBS; else 1).")
  var jobs: Int?

  @Option(help: "Threads that share each kernel (or COPPICE_THREADS; else 1).")
  var threads: Int?

  @OptionGroup var format: FormatOptions

  func validate() throws {
    guard slurm else { throw ValidationError("launch takes --slurm: there is no other scheduler yet") }
  }

  func run() throws {
    let library = data.library(results.folder)
    let plan = try sweep.plan(library)
    try data.report(library)
    let jobs = try Environment.count(jobs, "--jobs", or: "COPPICE_JOBS") ?? 1
    let threads = try Environment.count(threads, "--threads", or: "COPPICE_THREADS") ?? 1
    let slurm: Slurm?
    if dryRun { slurm = try? Slurm() } else { slurm = try Slurm() }
    let launch = try Launch(
      plan, results: results.folder, options: slurmOptions, slurm: slurm, jobs: jobs, threads: threads,
      retriesFailed: retry.retriesFailed, work: try work(jobs: jobs, threads: threads))
    if dryRun {
      let steps = try launch.steps()
      return try report(launch, steps, ids: nil)
    }
    try SoleLease.hold(.launch, of: plan.name, in: results.folder) {
      try BegunExecutable.note(plan, in: results.folder)
      let steps = try launch.steps()
      let ids = try slurm.map { try launch.submit(steps, to: $0) } ?? []
      try report(launch, steps, ids: ids)
    } orHeld: { holder in
      throw CommandFailure(
        "\(plan.name) is being launched by \(holder.description); try again when it is done",
        CommandFailure.tryAgain)
    }
  }

  /// The command of a job, but for what it is to do.
  private func work(jobs: Int, threads: Int) throws -> [String] {
    guard let executable = Bundle.main.executablePath, executable.hasPrefix("/") else {
      throw CommandFailure(
        "this program does not know where it lies, so no job can start it; run it by its whole path",
        CommandFailure.tryAgain)
    }
    func whole(_ path: String) -> String { URL(fileURLWithPath: path).standardizedFileURL.path }
    var words = [executable, "work", sweep.experiment]
    if let seeds = sweep.seeds { words.append("--seeds=\(seeds)") }
    words += sweep.overrides.map { "--set=\($0)" }
    if let name = sweep.name { words.append("--as=\(name)") }
    if let memory = sweep.memory { words.append("--memory=\(memory)") }
    words.append("--results=\(whole(results.folder.path))")
    if let folder = data.data.data { words.append("--data=\(whole(folder))") }
    if data.strictData { words.append("--strict-data") }
    return words + retry.words + ["--jobs=\(jobs)", "--threads=\(threads)", "--quiet"]
  }

  private func report(_ launch: Launch, _ steps: [Launch.Step], ids: [String]?) throws {
    if format.json { return try Terminal.data(LaunchOutput.json(launch, steps, ids: ids)) }
    try Terminal.data(LaunchOutput.text(launch, steps, ids: ids))
  }
}

/// What a user asks of Slurm.
struct SlurmOptions: ParsableArguments {
  @Option(help: "The partition, as sbatch takes it.")
  var partition: String?

  @Option(
    help:
      "The time a job may take, as sbatch takes it (else twice what the plan expects and 5 minutes, at least 10)."
  )
  var time: String?

  @Option(help: "Jobs that run side by side, at most.")
  var maxJobs: Int?

  @Option(
    help:
      "The memory of a job, as sbatch takes it (else, where Slurm gives out memory, what the plan needs and half more)."
  )
  var mem: String?

  @Option(help: "Jobs of an array, at most (else what Slurm allows).")
  var arraySize: Int?

  @Option(
    name: .customLong("sbatch"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp("A further option of sbatch for every job.", valueName: "option"))
  var further: [String] = []

  @Option(help: "Seconds that a job is to take: shorter stages are put together.")
  var jobSeconds = 600.0

  func validate() throws {
    for (name, number) in [("--max-jobs", maxJobs), ("--array-size", arraySize)] {
      if let number, !(1...1_000_000).contains(number) {
        throw ValidationError("\(name) takes a number from 1 to 1000000")
      }
    }
    guard jobSeconds >= 0, jobSeconds <= 1e7 else {
      throw ValidationError("--job-seconds takes seconds from 0 to 10000000")
    }
    for text in [partition, time, mem].compactMap({ $0 }) + further
    where text.contains(where: \.isNewline) || text.isEmpty {
      throw ValidationError("an option of sbatch is a line of a script, and \(text.debugDescription) is none")
    }
  }
}
