import CoppiceBenchmarks
import CoppiceLaboratory
import Testing

extension Running {
  @Suite struct SweepOverheadTests {
    @Test(arguments: [1, 2]) func measuresWhatIsNotTraining(_ jobs: Int) throws {
      let overhead = try SweepOverhead.measure(trials: 5, jobs: jobs)
      #expect((overhead.trials, overhead.jobs) == (6, jobs))
      #expect(overhead.training > 0 && overhead.training < Double(jobs) * overhead.elapsed)
      #expect(overhead.planning > 0 && overhead.planning < overhead.elapsed)
      #expect(overhead.secondsPerTrial > 0)
    }
  }
}
