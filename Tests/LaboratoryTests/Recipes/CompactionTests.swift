import CoppiceLaboratory
import CoppiceNetworks
import CoppicePruning
import CoppiceStore
import CoppiceTensors
import CoppiceTerms
import Testing

extension Running {
  /// Sweeps whose retraining runs on the smaller network that masks leave.
  @Suite struct CompactionTests {
    /// A family of models with the units that it has.
    struct Case: Sendable, CustomTestStringConvertible {
      let trial: Trial
      let granularity: Granularity
      var testDescription: String { "\(trial.model.name), \(granularity.name)" }
    }

    static let cases: [Case] = [
      (0, .hiddenUnit), (0, .neuron), (1, .channel), (1, .hiddenUnit), (1, .coupledUnit), (2, .channel),
      (3, .embeddingWidth), (3, .head), (3, .hiddenUnit), (3, .residualBranch(coupling: Coupling(floor: 0))),
      (4, .coupledUnit),
    ].map { (place: Int, granularity: Granularity) in
      Case(trial: Trial.families[place], granularity: granularity)
    }

    private func plan(_ one: Case, _ compaction: Compaction) throws -> SweepPlan {
      try SweepPlan(
        one.trial.with {
          ($0.granularity, $0.compaction, $0.control) = (one.granularity, compaction, .none)
          // What gives classes is no unit of rows to go.
          if one.granularity == .neuron { $0.allocation = .global(ignoring: ["fc2"]) }
        })
    }

    /// Parameters and buffers that are left, from the masks alone.
    private func sizes(_ plan: TrialPlan, _ masks: MaskSet?) throws -> (parameters: Int, bytes: Int) {
      let network =
        try masks.map {
          try Compacted(plan.regimen.model, masks: $0).apply(to: plan.regimen.model)
        } ?? plan.regimen.model
      let parameters = network.declarations.reduce(0) { $0 + $1.shape.count }
      return (parameters, 4 * (parameters + network.buffers.reduce(0) { $0 + $1.shape.count }))
    }

    @Test(arguments: cases) func retrainingRunsOnTheSmallerNetwork(one: Case) throws {
      let (bench, plain) = (try Bench(), try Bench())
      let (plan, masked) = (try plan(one, .afterPruning), try self.plan(one, .none))
      try bench.run(plan)
      try plain.run(masked)
      let record = try bench.record(plan.ticket, of: plan)
      let wanted = try plain.record(masked.ticket, of: masked)
      #expect(record.status == .completed && record.rounds.count == 3)
      for (round, other) in zip(record.rounds, wanted.rounds) {
        let masks = round.index == 0 ? nil : round.masks
        let size = try sizes(plan.ticket, masks)
        #expect(round.row[metric: .parametersCompacted] == Double(size.parameters))
        #expect(round.row[metric: .bytesCompacted] == Double(size.bytes))
        #expect(other.row[metric: .parametersCompacted] == round.row[metric: .parametersCompacted])
        #expect(other.row[metric: .logitDifference].isNaN)
        // Weights have their whole shapes, and the same as those of masked training up to rounding.
        #expect(round.masks == other.masks || round.index > 1)
        let isHeld = round.invariants.contains { $0.name == "compacted-logits" && $0.isHeld }
        #expect(isHeld == (round.index > 0) && round.invariants.allSatisfy(\.isHeld))
        #expect(!other.invariants.contains { $0.name == "compacted-logits" })
        guard round.index > 0 else { continue }
        #expect(round.row[metric: .parametersCompacted] < 0.9 * round.row[metric: .parameters])
        #expect((0...1e-4).contains(round.row[metric: .logitDifference]))
        guard round.masks == other.masks else { continue }
        #expect(abs(round.row[metric: .testLoss] - other.row[metric: .testLoss]) < 2e-2)
        let (found, expected) = (try #require(round.weights), try #require(other.weights))
        #expect(found.names == expected.names)
        #expect(zip(found, expected).allSatisfy { $0.tensor.shape == $1.tensor.shape })
      }
    }

    @Test func aStepOfARecipeCompacts() throws {
      let recipe = Recipe([
        .train(), .prune(sparsity: 0.3), .retrain(.fineTune(.iterations(4))), .prune(sparsity: 0.6),
        .compact(),
        .retrain(.fineTune(.iterations(4))),
      ])
      let plan = try SweepPlan(
        Trial.families[0].with {
          ($0.granularity, $0.schedule, $0.retraining, $0.recipe) = (.hiddenUnit, .none, .none, recipe)
        })
      let trainings = plan.ticket.stages.compactMap { $0 as? TrainingStage }
      #expect(trainings.map(\.isCompacted) == [false, false, true])
      let bench = try Bench()
      try bench.run(plan)
      let record = try bench.record(plan.ticket, of: plan)
      #expect(
        record.rounds.map { $0.invariants.contains { $0.name == "compacted-logits" } } == [
          false, false, true,
        ])
      #expect(try Recipe(parsing: recipe.specification.description) == recipe)
      let early = Recipe([.train(), .compact(), .prune(sparsity: 0.5), .retrain()])
      #expect(throws: ExperimentError.self) { try SweepPlan(Trial.tiny.with { $0.recipe = early }) }
    }

    @Test(arguments: cases) func whatIsLeftIsWrittenAndRead(one: Case) throws {
      let bench = try Bench()
      let plan = try plan(one, .none)
      try bench.run(plan)
      let record = try bench.record(plan.ticket, of: plan)
      let (whole, round) = (plan.ticket.regimen.model, try #require(record.rounds.last))
      let made = try CompactedNetwork(whole, round)
      let path = bench.folder.path + "/small.h5"
      try made.file(trial: record.trial, round: round.index, configuration: record.configuration)
        .write(to: path)
      let file = try CompactedFile(path)
      #expect(file.trial == record.trial && file.round == 2 && file.configuration == record.configuration)
      let read = try CompactedNetwork(file, whole)
      #expect(read.compacted == made.compacted && read.masks == made.masks && !made.compacted.isEmpty)
      #expect(
        read.parameters.hasSameBits(as: made.parameters) && read.buffers.hasSameBits(as: made.buffers))
      // It computes what the stored network does.
      let meter = try Meter(
        plan.ticket.regimen, masks: round.masks,
        compacted: try round.masks.map { try Compacted(whole, masks: $0) })
      let buffers = Set(whole.buffers.map(\.name))
      let weights = try #require(round.weights)
      let evaluation = try meter.evaluation(
        ParameterSet(weights.filter { !buffers.contains($0.name) }),
        ParameterSet(weights.filter { buffers.contains($0.name) }), step: 0, isLast: false)
      #expect(abs(evaluation[.testLoss] - round.row[metric: .testLoss]) < 1e-4)
      // Half of what goes together is refused.
      var broken = file
      if broken.axes.isEmpty { broken.parts.removeLast() } else { broken.axes.removeLast() }
      #expect(throws: (any Error).self) { try CompactedNetwork(broken, whole) }
    }

    @Test func itChangesNoKeyWhereItIsNotAskedFor() throws {
      let trial = Trial.tiny.with { $0.granularity = .hiddenUnit }
      let plain = try SweepPlan(trial).ticket
      let compacted = try SweepPlan(trial.with { $0.compaction = .afterPruning }).ticket
      let keys = [plain, compacted].map { $0.stages.map(\.key) }
      #expect(keys[0].count == keys[1].count && Set(keys[0]).subtracting(keys[1]).count == 1)
      #expect(!trial.specification.description.contains("compaction"))
    }
  }
}
