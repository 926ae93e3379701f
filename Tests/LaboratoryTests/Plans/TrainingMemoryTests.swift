import CoppiceAutodiff
import CoppiceDatasets
import CoppiceLaboratory
import CoppiceNetworks
import CoppicePruning
import CoppiceTerms
import CoppiceTestSupport
import Testing

@Suite struct TrainingMemoryTests {
  private func withMemory<Result>(_ bytes: Int, _ body: () throws -> Result) rethrows -> Result {
    try MemoryLimit.$bound.withValue(MemoryLimit(bytes: bytes, origin: "this test has"), operation: body)
  }

  @Test func bytesAreThoseOfThePlan() throws {
    let network = try Network(.lenet5, .images([1, 28, 28], classes: 10))
    let graph = try network.trainingGraph(batch: 20, optimizer: .adam(), masked: [])
    let plan = Plan(graph)
    #expect(Plan.bytes(of: graph) == plan.leafSize + plan.arenaSize)
  }

  @Test func aPlanNeedsWhatItsLargestTrialNeeds() throws {
    let small = try SweepPlan(Trial.tiny).memory(jobs: 1)
    let plan = try SweepPlan(Trial.tiny.with { $0.model = .mlp([500, 500]) })
    let weights = plan.ticket.regimen.model.declarations.reduce(0) { $0 + $1.shape.count }
    // Weights and both moments of a step, their gradients, the weights of an evaluation, those at the beginning and at the end.
    #expect(plan.memory(jobs: 1) > 7 * 4 * weights && plan.memory(jobs: 1) < 10 * 4 * weights + small)
    let one = plan.memory(jobs: 1) - plan.ticket.regimen.data.dataset.bytes
    #expect(plan.memory(jobs: 3) == plan.ticket.regimen.data.dataset.bytes + 3 * one)
  }

  @Test func whatDoesNotFitIsRefused() throws {
    let trial = Trial.tiny.with { $0.model = .mlp([65_536, 65_536]) }
    let said = withMemory(8_000_000_000) { message { _ = try SweepPlan(trial) } }
    #expect(
      said.contains("training mlp(widths: [65536, 65536]) needs at least 120.")
        && said.contains(
          " GB of memory, and this test has 8.0 GB: choose a smaller model, or a smaller batch-size"),
      "\(said)")
    #expect(throws: ExperimentError.self) { try withMemory(8_000_000_000) { try SweepPlan(trial) } }
    // The same plan where there is as much: it makes none of the four milliards of weights.
    let plan = try withMemory(.max) { try SweepPlan(trial) }
    #expect(try plan.cost().flops > 1e12 && plan.ticket.regimen.isTooLargeToTry)
    #expect(try withMemory(.max) { try plan.estimatedSeconds(jobs: 1, measuringFor: 0.01) } > 0)
  }

  /// Evidence of a whole batch is measured on as many examples at once as it is given.
  @Test func largeBatchesOfEvidenceAreCounted() throws {
    func memory(_ batch: Int, _ criterion: Criterion) throws -> Int {
      try SweepPlan(
        Trial.tiny.with {
          ($0.model, $0.criterion, $0.scoringBatch) = (.conv([[8, 8]], hidden: [4]), criterion, batch)
          ($0.dataset, $0.batchSize) = (.glyphs(training: 200, validation: 10, test: 10), 2)
        }
      ).memory(jobs: 1)
    }
    #expect(try memory(200, .taylor) > memory(2, .taylor))
    #expect(try memory(200, .magnitude) == memory(2, .magnitude))
    #expect(try memory(10_000_000, .taylor) == memory(200, .taylor), "no more than there are")
  }

  @Test func noMoreJobsThanFit() throws {
    let plan = try SweepPlan(Trial.tiny.with { $0.model = .mlp([500]) }) { Axis(\.seed, 0..<8) }
    let two = plan.memory(jobs: 2)
    #expect(withMemory(two) { Cores(plan, cores: 8).jobs } == 2)
    #expect(withMemory(two - 1) { Cores(plan, cores: 8).jobs } == 1)
    #expect(withMemory(.max) { Cores(plan, cores: 8).jobs } == 8)
    let said = message { try withMemory(two - 1) { try plan.checkMemory(jobs: 2) } }
    #expect(
      said.hasPrefix("running 2 stages side by side needs at least ") && said.contains("fewer --jobs"),
      "\(said)")
  }
}
