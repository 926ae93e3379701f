import CoppiceLaboratory
import CoppicePruning
import Testing

@Suite struct CoresTests {
  private func plan(_ experiment: Experiment) throws -> SweepPlan {
    try SweepPlan(experiment, library: Bench.library)
  }

  @Test func aLadderHasOneTrainingAtATimeAndTakesAllCores() throws {
    var base = Trial.tiny
    (base.schedule, base.sparsity, base.retraining) = (.lotteryTicket(rounds: 3), nil, .rewind())
    let ladder = try plan(Experiment("ladder", question: "?", base: base) { Axis(\.seed, [0]) })
    #expect(ladder.width == 1)
    #expect(Cores(ladder, cores: 4) == Cores(ladder, cores: 4, jobs: 1, threads: 4))
    let seeds = try plan(Experiment("ladders", question: "?", base: base) { Axis(\.seed, 0..<3) })
    #expect(seeds.width == 3)
    #expect(Cores(seeds, cores: 2).jobs == 2 && Cores(seeds, cores: 2).threads == 1)
    #expect(Cores(seeds, cores: 8).jobs == 3 && Cores(seeds, cores: 8).threads == 2)
  }

  @Test func whatWasAskedForIsKept() throws {
    let sweep = try plan(
      Experiment("sweep", question: "?", base: .tiny) { Axis(\.sparsity, [0.25, 0.5, 0.75, 0.875]) })
    #expect(sweep.width == 4)
    let asked = Cores(sweep, cores: 8, jobs: 3)
    #expect(asked.jobs == 3 && asked.threads == 1)
    let threads = Cores(sweep, cores: 8, threads: 4)
    #expect(threads.jobs == 2 && threads.threads == 4)
    #expect(Cores(sweep, cores: 1, threads: 3).jobs == 1)
  }
}
