import CoppiceLaboratory
import Synchronization
import Testing

extension Running {
  /// A run that is given no threads.
  @Suite struct RunnerThreadsTests {
    @Test func aRunWithoutThreadsComesToItsEnd() throws {
      let plan = try RunnerTests.plan()
      let (bench, reference) = (try Bench(), try Bench())
      try reference.run(plan, jobs: 2)
      var options = Runner.Options()
      // No machine has a stack of a million gigabytes.
      (options.jobs, options.stackSize) = (2, 1 << 50)
      let told = Mutex(0)
      let report = try Runner(
        plan, results: bench.results, library: Bench.library,
        provenance: Provenance(arguments: ["coppice", "run", plan.name], jobs: 2, threads: 1),
        options: options,
        observe: { event in
          if case .shortOfThreads = event { told.withLock { $0 += 1 } }
        }
      ).run()
      #expect(report.count(.completed) == plan.trials.count)
      #expect(told.withLock { $0 } == 1)
      #expect(try bench.digests(plan) == reference.digests(plan))
    }
  }
}
