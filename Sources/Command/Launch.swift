import Coppice
import CoppiceHDF5
import CoppiceStore
import Foundation

/// What is to be submitted to Slurm for an experiment, made of what is missing and not queued.
struct Launch {
  /// A script to submit.
  struct Step {
    /// `wave-1`, `wave-2-1` where a wave has several arrays, `assembly`.
    let name: String
    /// Which of the waves, from 0; that of the assembly is behind all.
    let wave: Int
    let script: SlurmScript
    /// The lines of the list; none for the assembly.
    let lines: [String]
    let stages: Int
  }

  let plan: SweepPlan
  let results: ResultsFolder
  /// Where scripts and lists of this launch go, below the folder of jobs.
  let number: Int
  /// Stages that jobs are queued for already.
  let queued: Int
  /// Whether there is nothing to do.
  let isDone: Bool
  private let waves: [JobPlan.Wave]
  private let before: LaunchedJobs?
  private let options: SlurmOptions
  private let mostTasks: Int
  private let scriptOptions: SlurmScript.Options
  private let work: [String]

  /// Looks at what is missing.
  ///
  /// - Parameters:
  ///   - slurm: `nil` where it is not here, for a look at the scripts alone.
  ///   - retriesFailed: whether trials that are set aside are to be run again.
  ///   - work: the command of a job, but for what it is to do.
  init(
    _ plan: SweepPlan, results: ResultsFolder, options: SlurmOptions, slurm: Slurm?, jobs: Int, threads: Int,
    retriesFailed: Bool = false, work: [String]
  ) throws {
    (self.plan, self.results, self.options, self.work) = (plan, results, options, work)
    let missing = try MissingStages(plan, in: results, retriesFailed: retriesFailed)
    before = slurm == nil ? nil : try LaunchedJobs(of: plan.name, in: results)
    let known = before?.stages ?? []
    let open = missing.places.map { plan.stages[$0] }.filter { !known.contains(Self.word($0.key)) }
    queued = missing.places.count - open.count
    let times = try StageTimes(open, threads: threads)
    waves = JobPlan(open, aim: options.jobSeconds) { times[$0] }.waves
    isDone = missing.isNothing
    mostTasks = options.arraySize ?? slurm?.mostTasks ?? 1_000
    var script = SlurmScript.Options()
    (script.partition, script.time, script.cores) = (options.partition, options.time, jobs * threads)
    (script.memory, script.further) = (options.mem, options.further)
    if script.memory == nil, slurm?.countsMemory ?? false {
      let (bytes, isOver) = plan.memory(jobs: jobs).multipliedReportingOverflow(by: 3)
      // Half more than arrays take, and the program itself.
      if !isOver { script.memory = "\(bytes / 2 >> 20 + 256)M" }
    }
    scriptOptions = script
    let folders = (try? FileManager.default.contentsOfDirectory(atPath: results.jobs(of: plan.name))) ?? []
    number = (folders.compactMap { Int($0) }.filter { (0..<1_000_000).contains($0) }.max() ?? 0) + 1
  }

  /// How a list names a stage.
  private static func word(_ key: StageKey) -> String { String(key.hexadecimal.prefix(16)) }

  private var folder: String {
    URL(fileURLWithPath: results.jobs(of: plan.name)).standardizedFileURL.path
  }

  /// Where a file of this launch lies, below the folder of jobs.
  private func file(_ name: String) -> String { "\(number)/\(name)" }

  /// The scripts, in the order in which they are submitted; none where all that is missing is queued already.
  func steps() throws -> [Step] {
    let isAssembled = before?.alive.contains { $0.job.tasks == 0 } ?? false
    if isDone || waves.isEmpty && isAssembled { return [] }
    var steps: [Step] = []
    for (wave, jobs) in waves.enumerated() {
      let parts = stride(from: 0, to: jobs.jobs.count, by: mostTasks).map {
        Array(jobs.jobs[$0..<min($0 + mostTasks, jobs.jobs.count)])
      }
      for (place, part) in parts.enumerated() {
        let name = "wave-\(wave + 1)" + (parts.count == 1 ? "" : "-\(place + 1)")
        var script = makeScript(
          name, "Wave \(wave + 1) of \(waves.count) of \(plan.name): \(part.count) jobs.", ["--stages"])
        script.tasks = .init(count: part.count, list: ShellWord.quoted("\(folder)/\(file(name)).txt"))
        script.isExclusive = jobs.runsAlone
        script.seconds = part.map(\.seconds).max() ?? 0
        // As many as are allowed in all, over the arrays of the wave.
        script.options.mostJobs = options.maxJobs.map { max(1, $0 / parts.count) }
        steps.append(
          Step(
            name: name, wave: wave, script: script,
            lines: part.map { $0.stages.map(Self.word).joined(separator: " ") },
            stages: part.reduce(0) { $0 + $1.stages.count }))
      }
    }
    var last = makeScript("assembly", "Puts trials and summary of \(plan.name) together.", ["--assemble"])
    // How long analyses take, no plan tells.
    last.seconds = 1_800
    return steps + [Step(name: "assembly", wave: waves.count, script: last, lines: [], stages: 0)]
  }

  private func makeScript(_ name: String, _ comment: String, _ words: [String]) -> SlurmScript {
    var script = SlurmScript(
      name: "coppice-\(plan.name)", comment: comment, command: ShellWord.line(work + words),
      logs: "\(folder)/logs", options: scriptOptions)
    script.variables = Self.variables
    return script
  }

  /// The variables by which this program is told something, as jobs are to have them: a site may pass none on.
  private static var variables: [String] {
    // Those that are flags of the command.
    let told: Set = ["COPPICE_RESULTS", "COPPICE_JOBS", "COPPICE_THREADS"]
    return ProcessInfo.processInfo.environment.filter { name, value in
      (name.hasPrefix("COPPICE_") || name == "HDF5_USE_FILE_LOCKING") && !told.contains(name)
        && !value.isEmpty
        && !value.contains(where: \.isNewline)
    }.sorted { $0.key < $1.key }.map { "\($0.key)=\(ShellWord.quoted($0.value))" }
  }

  /// Writes scripts and lists and submits them, and gives the numbers of the jobs. What was submitted is written down after each.
  func submit(_ steps: [Step], to slurm: Slurm) throws -> [String] {
    guard !steps.isEmpty else { return [] }
    // Slurm makes no folder for what jobs print.
    for name in ["logs", "\(number)"] { try makeFolder("\(folder)/\(name)") }
    for step in steps {
      try write(step.script.text, to: "\(file(step.name)).sh", as: "script")
      if !step.lines.isEmpty {
        try write(step.lines.map { $0 + "\n" }.joined(), to: "\(file(step.name)).txt", as: "list of stages")
      }
    }
    var record = LaunchRecord()
    let alive = Dictionary(grouping: before?.alive ?? []) { $0.job }
    // An assembly that waits comes too early now.
    let assemblies = alive.keys.filter { $0.tasks == 0 }.map(\.id)
    if !assemblies.isEmpty { try Slurm.cancel(assemblies) }
    record.jobs = alive.keys.filter { $0.tasks > 0 }.sorted { $0.time < $1.time }
    var (previous, current) = (record.jobs.map(\.id), [String]())
    var ids: [String] = []
    var wave = 0
    for step in steps {
      if step.wave != wave {
        (previous, current, wave) = (current.isEmpty ? previous : current, [], step.wave)
      }
      let id = try slurm.submit("\(folder)/\(file(step.name)).sh", after: previous)
      ids.append(id)
      current.append(id)
      record.jobs.append(
        LaunchRecord.Job(
          id: id, name: step.script.name, label: step.name, tasks: step.lines.count,
          list: step.lines.isEmpty ? nil : "\(file(step.name)).txt", time: Date().timeIntervalSince1970))
      try record.write(to: results.launchRecord(of: plan.name))
    }
    return ids
  }

  /// Where the script of a step lies.
  func path(of step: Step) -> String { "\(folder)/\(file(step.name)).sh" }

  private func makeFolder(_ path: String) throws {
    do { try AtomicFile.makeFolder(path) } catch {
      throw CommandFailure(
        "the folder of jobs \(path) cannot be made: \(error.message). May its parent be written to?",
        CommandFailure.inputOutput)
    }
  }

  private func write(_ text: String, to name: String, as noun: String) throws {
    try OutputFile.write(Data(text.utf8), to: "\(folder)/\(name)", as: noun)
  }
}
