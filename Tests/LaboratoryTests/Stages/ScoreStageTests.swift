import CoppiceLaboratory
import CoppicePruning
import CoppiceStore
import CoppiceTensors
import Synchronization
import Testing

extension Running {
  /// Scores are made once for a network and a criterion, and whatever is cut from them is what a pruning that scores by itself cuts.
  @Suite struct ScoreStageTests {
    /// How often a criterion has scored.
    private final class Counter: Sendable {
      let count = Mutex(0)
      var value: Int { count.withLock { $0 } }

      /// |w · g|, and one more on the counter.
      var criterion: Criterion {
        Criterion("counted", version: 1, needs: .gradients) { context in
          self.count.withLock { $0 += 1 }
          return try context.scoreEach(from: .gradients) { ($0 * $1).magnitude }
        }
      }
    }

    private func plan(_ criterion: Criterion, ratios: [Double?]) throws -> SweepPlan {
      try SweepPlan(Trial.tiny.with { $0.criterion = criterion }) {
        Axis(\.granularity, [.weight, .neuron])
        Axis(\.allocation, [.global, .layerWise, .global(ignoring: ["fc2"])])
        Axis(\.sparsity, ratios)
      }
    }

    @Test func ratiosOfOneNetworkMakeOneScoring() throws {
      let (bench, counter) = (try Bench(), Counter())
      let plan = try plan(counter.criterion, ratios: [0.5, 0.8])
      #expect(plan.stages.count { $0 is PruningStage } == 12)
      #expect(plan.stages.count { $0 is ScoreStage } == 1)
      let cost = try plan.cost()
      #expect(cost.measurements == 1 && cost.measurementsUnshared == 12)
      #expect(cost.scorings == 1 && cost.scoringsUnshared == 12)
      #expect(try bench.run(plan).failures.isEmpty)
      #expect(counter.value == 1)
      // A ratio that comes later is cut from the same scores.
      let more = try self.plan(counter.criterion, ratios: [0.5, 0.8, 0.9])
      #expect(try bench.run(more).failures.isEmpty)
      #expect(counter.value == 1)
    }

    /// Another seed, another network, another criterion and other masks are other scores.
    @Test func otherNetworksAreScoredByThemselves() throws {
      func scorings(_ base: Trial, @SweepBuilder _ sweep: () -> SweepStep) throws -> Int {
        try SweepPlan(base, sweep).stages.count { $0 is ScoreStage }
      }
      let base = Trial.tiny.with { $0.criterion = .taylor }
      #expect(try scorings(base) { Axis(\.seed, [0, 1]) } == 2)
      #expect(try scorings(base) { Axis(\.criterion, [.taylor, .taylorSquared]) } == 2)
      #expect(try scorings(base) { Axis(\.scoringBatch, [10, 20]) } == 2)
      #expect(try scorings(base) { Axis(\.training, [.iterations(30), .iterations(20)]) } == 2)
      let ladder = base.with { ($0.schedule, $0.sparsity) = (.lotteryTicket(rounds: 3, rate: 0.4), nil) }
      #expect(try scorings(ladder) { SweepStep { $0 } } == 3)
    }

    /// What costs less than a file, has no scores, or scores anew after each cut.
    @Test(arguments: [Criterion.magnitude, .random, .movement, .sparseGPT(), .chita(), .snip(rounds: 3)])
    func notAllScoresAreKept(criterion: Criterion) throws {
      let plan = try SweepPlan(Trial.tiny.with { ($0.criterion, $0.allocation) = (criterion, .layerWise) })
      #expect(!plan.stages.contains { $0 is ScoreStage })
      #expect(plan.stages.contains { $0 is PruningStage })
    }

    /// Ties, drawn numbers, weights that move, evidence that only the allocation reads, units and patterns.
    private static let ways: [(Criterion, Granularity, Allocation)] = [
      (.taylor, .weight, .global), (.taylor, .neuron, .layerWise), (.wanda, .weight, .rowWise),
      (.taylor, .weight, .owl), (.taylor, .weight, .sensitivity), (.wanda, .weight, .owl),
      (.fisher, .neuron, .global(floor: .count(3))), (.geometricMedian, .neuron, .layerWise),
      (.woodFisher(), .weight, .global), (.woodFisher(block: 5, update: .joint), .neuron, .layerWise),
      (.synflow, .weight, .global), (.lamp, .block(rows: 2, columns: 3), .global),
      (.taylorGate, .neuron, .global),
      (.taylor, .nOfM(keep: 2, of: 4), .layerWise), (.wanda, .nOfM(keep: 2, of: 4, permuted: true), .global),
      (.woodFisher(), .nOfM(keep: 2, of: 4), .global), (drawn, .neuron, .global),
      (equal, .weight, .layerWise),
      (equal, .neuron, .global),
    ]

    private static let drawn = Criterion(
      "drawn", version: 1, needs: [.randomness, .structure], scoresUnits: true
    ) {
      context in
      try context.scoreEach { name, weight in
        var random = try context.random(for: name)
        return Tensor(weight.shape, weight.scalars.map { _ in random.uniform() })
      }
    }

    private static let equal = Criterion("equal", version: 1) { context in
      try context.scoreEach { _, weight in Tensor(repeating: 1, weight.shape) }
    }

    @Test(arguments: ways)
    func theCutIsThatOfAPruningThatScoresByItself(
      criterion: Criterion, granularity: Granularity, allocation: Allocation
    ) throws {
      let (bench, plan) = (
        try Bench(),
        try SweepPlan(
          Trial.tiny.with {
            ($0.criterion, $0.granularity, $0.allocation) = (criterion, granularity, allocation)
            ($0.training, $0.evaluation) = (.iterations(6), .iterations(6))
          })
      )
      #expect(try bench.run(plan).failures.isEmpty)
      let stage = try #require(plan.stages.lazy.compactMap { $0 as? PruningStage }.first)
      #expect(stage.scores != nil)
      let alone = PruningStage(
        stage.regimen, of: stage.network, masks: stage.masks, pruner: stage.pruner,
        structure: stage.structure, target: stage.target, evidence: stage.evidence,
        sensitivity: stage.sensitivity)
      // What is stored keeps its key.
      #expect(alone.key == stage.key && alone.scores == nil)
      let found = try #require(try bench.results.stages.read(stage.key.hexadecimal))
      let own = try alone.run(StageContext(folder: bench.results.stages))
      #expect(found[masks: "masks"] == own[masks: "masks"])
      #expect(try #require(found[masks: "masks"]).keptCount > 0)
      #expect(found[numbers: "ties"] == own[numbers: "ties"])
      let (moved, ownMoved) = (found[parameters: "parameters"], own[parameters: "parameters"])
      #expect((moved == nil) == !criterion.movesSurvivors && (moved == nil) == (ownMoved == nil))
      if let moved, let ownMoved { #expect(moved.hasSameBits(as: ownMoved)) }
    }

    /// Below a first pruning scores are those of survivors, and those of the masks before.
    @Test func laterRoundsAreScoredUnderTheirMasks() throws {
      let (bench, plan) = (
        try Bench(),
        try SweepPlan(
          Trial.tiny.with {
            ($0.criterion, $0.schedule, $0.granularity) = (.fisher, .iterative(rounds: 2), .neuron)
            ($0.training, $0.evaluation) = (.iterations(6), .iterations(6))
            $0.allocation = .layerWise
          })
      )
      try bench.run(plan)
      let scores = plan.stages.compactMap { $0 as? ScoreStage }
      #expect(scores.count == 2 && scores[0].masks == nil && scores[1].masks != nil)
      let before = try #require(scores[1].masks)
      let masks = try #require(try bench.results.stages.read(before.hexadecimal)?[masks: "masks"])
      let found = try #require(
        try bench.results.stages.read(scores[1].key.hexadecimal)?[parameters: "scores"])
      for (name, mask) in masks.counted {
        let score = try #require(found[name])
        #expect(mask.keptCount < mask.count)
        for index in mask.bytes.indices where mask.bytes[index] == 0 { #expect(score.scalars[index] == 0) }
      }
    }
  }
}
