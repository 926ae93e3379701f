/// Hosts that are alike, and what their workers lose between stages.
package struct SimulatedHosts: Hashable, Sendable {
  /// How many hosts there are.
  package var count: Int
  /// Stages that run side by side on each.
  package var jobs: Int
  /// Cores of each.
  package var cores: Int
  /// Threads of each stage.
  package var threads: Int
  /// Seconds that a worker needs for every stage beside its work: to find it, to take its lease.
  package var pause: Double
  /// Seconds until a scheduler has begun a job on a worker that had nothing to do.
  package var jobStart: Double
  /// Seconds after the last stage, in which the analyses and the summary are made.
  package var closing: Double

  /// Hosts; numbers below 1 count as 1, and seconds that are none as 0.
  package init(
    _ count: Int, jobs: Int = 1, cores: Int? = nil, threads: Int = 1, pause: Double = 0,
    jobStart: Double = 0, closing: Double = 0
  ) {
    func seconds(_ number: Double) -> Double { number.isFinite ? max(0, number) : 0 }
    (self.count, self.jobs, self.threads) = (max(1, count), max(1, jobs), max(1, threads))
    self.cores = max(1, cores ?? self.jobs.multipliedReportingOverflow(by: self.threads).partialValue)
    (self.pause, self.jobStart, self.closing) = (seconds(pause), seconds(jobStart), seconds(closing))
  }

  /// How fast so many stages run on one host, where 1 is the speed of one that has its cores to itself.
  func speed(running: Int) -> Double {
    min(1, Double(cores) / (Double(max(1, running)) * Double(threads)))
  }

  /// How many stages' work a host can do in the time of one.
  package var capacity: Double { Double(jobs) * speed(running: jobs) }
}
