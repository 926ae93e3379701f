import ArgumentParser
import Coppice
import Foundation

/// For which hosts a sweep is simulated.
struct SimulationOptions: ParsableArguments {
  @Option(
    name: .customLong("simulate"),
    help: ArgumentHelp(
      "Tell the makespan on so many hosts (hosts=1,10,100), or with so many stages side by side on each (jobs=1,2,4), by a model.",
      valueName: "hosts=1,10,…"))
  var counts: [String] = []

  @Option(name: .customLong("cores"), help: "Cores of a simulated host; else those of this machine.")
  var simulatedCores: Int?

  @Option(
    name: .customLong("job-start"),
    help: ArgumentHelp(
      "Seconds until a scheduler has begun a job on a simulated host that has nothing to do; else 0.",
      valueName: "seconds"))
  var jobStart: Double?

  /// The most hosts, jobs and cores.
  private static let (mostHosts, mostOfHost) = (100_000, 1024)

  func validate() throws {
    if counts.isEmpty, simulatedCores != nil || jobStart != nil {
      throw ValidationError(
        "--cores and --job-start say on what a sweep is simulated: give --simulate hosts=1,10,100 as well")
    }
    if let simulatedCores, !(1...Self.mostOfHost).contains(simulatedCores) {
      throw ValidationError("--cores takes a number from 1 to \(Self.mostOfHost), not \(simulatedCores)")
    }
    if let jobStart, !(0...1e6).contains(jobStart) {
      throw ValidationError("--job-start takes a number of seconds from 0 to 1000000, not \(jobStart)")
    }
    _ = try parsed()
  }

  /// The numbers of hosts, and those of jobs, that were asked for.
  private func parsed() throws -> (hosts: [Int], jobs: [Int]) {
    var found: [String: [Int]] = [:]
    for text in counts {
      let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
      let numbers = parts.count == 2 ? parts[1].split(separator: ",", omittingEmptySubsequences: false) : []
      let most = parts.first == "jobs" ? Self.mostOfHost : Self.mostHosts
      let values = numbers.compactMap { Int($0) }.filter { (1...most).contains($0) }
      guard parts.count == 2, ["hosts", "jobs"].contains(parts[0]), !values.isEmpty,
        values.count == numbers.count, values.count <= 100
      else {
        throw ValidationError(
          "--simulate takes hosts= and numbers from 1 to \(Self.mostHosts), or jobs= and numbers from 1 to "
            + "\(Self.mostOfHost), with commas between them, as hosts=1,10,100; not \"\(text)\"")
      }
      guard found[parts[0]] == nil else {
        throw ValidationError(
          "--simulate \(parts[0])= is given twice: put all numbers into one, as \(text),8")
      }
      found[parts[0]] = values
    }
    return (found["hosts"] ?? [], found["jobs"] ?? [])
  }

  /// The simulations that were asked for; `nil` where none was.
  ///
  /// - Parameters:
  ///   - cores: how a run on this machine would use it.
  ///   - jobs: stages side by side that were asked for; `nil` for one a core of the simulated hosts.
  func report(_ plan: SweepPlan, _ times: StageTimes, _ history: StageHistory, _ cores: Cores, jobs: Int?)
    throws -> SimulationReport?
  {
    guard !counts.isEmpty else { return nil }
    let (hostCounts, jobCounts) = try parsed()
    let ofHost = simulatedCores ?? ProcessInfo.processInfo.activeProcessorCount
    let usual = try Environment.count(jobs, "--jobs", or: "COPPICE_JOBS") ?? max(1, ofHost / cores.threads)
    let rows = (hostCounts.isEmpty ? [1] : hostCounts).flatMap { count in
      (jobCounts.isEmpty ? [usual] : jobCounts).map { jobs in
        SimulatedHosts(
          count, jobs: jobs, cores: ofHost, threads: cores.threads, pause: history.pause ?? 0,
          jobStart: jobStart ?? 0, closing: history.closing ?? 0)
      }
    }
    return SimulationReport(Simulation(plan, times), rows, source: times.source)
  }
}
