import CoppiceLaboratory
import CoppiceNetworks
import CoppicePruning
import CoppiceStore
import CoppiceTensors
import CoppiceTerms
import CoppiceTestSupport
import Testing

extension Running {
  /// Quantisation as a step of a recipe, in any order with pruning.
  @Suite struct QuantiseTests {
    private static let fineTune = RecipeStep.retrain(.fineTune(.iterations(8)))
    private static let prune = RecipeStep.prune(sparsity: 0.5)

    private func trial(_ steps: [RecipeStep]) -> Trial {
      Trial.tiny.with { ($0.recipe, $0.scoringBatch, $0.sparsity) = (Recipe(steps), 40, nil) }
    }

    private func rounds(_ steps: [RecipeStep], _ bench: Bench, _ name: String) throws -> [RoundRecord] {
      let plan = try SweepPlan(trial(steps), name: name)
      try bench.run(plan)
      let record = try bench.record(plan.ticket, of: plan)
      #expect(record.status == .completed)
      return record.rounds
    }

    /// A perceptron of 16, 12 and 3 units: 228 weights in 15 rows, 15 biases.
    private func bytes(bits: Int) -> Double {
      Double(228 * bits / 8 + 4 * 15 + (bits == 8 ? 10 : 0) + 4 * 15)
    }

    private func expectCodes(_ round: RoundRecord, bits: Int = 8) throws {
      #expect(
        round.row[metric: .bits] == Double(bits) && round.row[metric: .bytesQuantised] == bytes(bits: bits))
      let (weights, scales) = (try #require(round.weights), try #require(round.weightScales))
      #expect(scales.names == ["fc1.weight", "fc2.weight"])
      let quantisation = Quantisation(bits: bits, scales: scales, ranges: round.inputRanges ?? ParameterSet())
      #expect(quantisation.applied(to: weights).hasSameBits(as: weights))
      for (name, mask) in round.masks ?? MaskSet() {
        let weight = try #require(weights[name])
        let codes = try #require(quantisation.codes(name, of: weight))
        #expect(zip(codes, mask.bytes).allSatisfy { $1 == 1 || $0 == 0 })
      }
      let zeroed = scales.names.reduce(0) { count, name in
        let (weight, mask) = (weights[name]?.scalars ?? [], round.masks?[name])
        return count + weight.indices.count { weight[$0] == 0 && mask?.bytes[$0] != 0 }
      }
      #expect(round.row[metric: .zeroedSurvivors] == Double(zeroed))
      #expect(round.invariants.map(\.name).contains("quantised-weights"))
      #expect((round.inputRanges != nil) == (bits == 8))
      #expect(round.row[metric: .bytesQuantisedSparse] <= round.row[metric: .bytesQuantised])
    }

    // MARK: Orders

    @Test func quantisedAlone() throws {
      let bench = try Bench()
      let rounds = try rounds([.train(), .quantise()], bench, "alone")
      #expect(rounds.map(\.index) == [0, 1])
      #expect(rounds[0].row[metric: .bits].isNaN && rounds[0].weightScales == nil)
      try expectCodes(rounds[1])
      #expect(rounds[1].masks ?? MaskSet() == MaskSet() && rounds[1].row.sparsity == 0)
      let (float, codes) = (rounds[0].row[metric: .testLoss], rounds[1].row[metric: .testLoss])
      #expect(float != codes && abs(float - codes) < 0.02 * float)
      // Half a step at most lies between a weight and what stands for it.
      for (name, scales) in try #require(rounds[1].weightScales) {
        let (old, new) = (try #require(rounds[0].weights?[name]), try #require(rounds[1].weights?[name]))
        let length = old.shape[1]
        for place in old.scalars.indices {
          let difference = (old.scalars[place] - new.scalars[place]).magnitude
          #expect(difference <= 0.5001 * scales.scalars[place / length])
        }
      }
      #expect(rounds[1].weights?["fc1.bias"] == rounds[0].weights?["fc1.bias"])
    }

    @Test func prunedAndThenQuantised() throws {
      let bench = try Bench()
      let rounds = try rounds([.train(), Self.prune, Self.fineTune, .quantise()], bench, "prune-quantise")
      #expect(rounds.map(\.index) == [0, 1, 2])
      try expectCodes(rounds[2])
      #expect(rounds[2].masks == rounds[1].masks && rounds[2].row.sparsity == 0.5)
      #expect(rounds[1].row[metric: .bits].isNaN)
      let (float, codes) = (rounds[1].row[metric: .testLoss], rounds[2].row[metric: .testLoss])
      #expect(abs(float - codes) < 0.05 * float)
      // A bit for each place and a byte a survivor is the least of three forms where half is left.
      let masks = try #require(rounds[2].masks)
      let sparse = masks.reduce(0) { $0 + min($1.mask.count, ($1.mask.count + 7) / 8 + $1.mask.keptCount) }
      #expect(rounds[2].row[metric: .bytesQuantisedSparse] == Double(sparse + 4 * 15 + 10 + 4 * 15))
    }

    /// What is pruned of a quantised network and not trained keeps its codes.
    @Test func quantisedAndThenPruned() throws {
      let bench = try Bench()
      let rounds = try rounds(
        [.train(), .quantise(calibration: .percentile(0.99)), Self.prune, .retrain(.none)], bench,
        "quantise-prune")
      #expect(rounds.map(\.index) == [0, 1, 2])
      try expectCodes(rounds[1])
      try expectCodes(rounds[2])
      let masks = try #require(rounds[2].masks)
      let before = try #require(rounds[1].weights)
      #expect(rounds[2].weights?.hasSameBits(as: masks.applied(to: before)) == true)
      let scales = try #require(rounds[1].weightScales)
      #expect(rounds[2].weightScales?.hasSameBits(as: scales) == true)
      #expect(rounds[2].inputRanges == rounds[1].inputRanges)
      #expect(rounds[2].row.sparsity == 0.5)
    }

    /// What is trained behind it is quantised again, with masks that hold.
    @Test func quantisedPrunedAndTrained() throws {
      let bench = try Bench()
      let rounds = try rounds([.train(), .quantise(), Self.prune, Self.fineTune], bench, "quantise-train")
      try expectCodes(rounds[2])
      #expect(rounds[2].weightScales != rounds[1].weightScales)
    }

    @Test func trainedWithCodes() throws {
      let bench = try Bench()
      let rounds = try rounds(
        [
          .train(), Self.prune, .quantise(calibration: .meanSquaredError(batches: 2), aware: 0.5),
          Self.fineTune,
        ],
        bench, "aware")
      // The pruned network itself is not measured.
      #expect(rounds.map(\.index) == [0, 2])
      try expectCodes(rounds[1])
      #expect(rounds[1].series.steps.count == 8)
      let whole = try self.rounds([.train(), .quantise(aware: 0), Self.fineTune], bench, "aware-dense")
      #expect(whole.map(\.index) == [0, 1])
      try expectCodes(whole[1])
      #expect(whole[1].row.sparsity == 0)
      let float = whole[0].row[metric: .testLoss]
      #expect(whole[1].row[metric: .testLoss] < 1.05 * float)
    }

    /// Ranges follow inputs as long as they are to, and not beyond.
    @Test func rangesMoveInAShareOfTheSteps() throws {
      let bench = try Bench()
      func ranges(_ share: Double) throws -> ParameterSet {
        let steps: [RecipeStep] = [.train(), .quantise(aware: share), .retrain(.fineTune(.iterations(8)))]
        let found = try rounds(steps, bench, "share-\(Int(share * 100))")
        return try #require(found.last?.inputRanges)
      }
      let (none, half, all) = (try ranges(0), try ranges(0.5), try ranges(1))
      let converted = try rounds([.train(), .quantise()], bench, "start")
      let start = try #require(converted.last?.inputRanges)
      #expect(none == start && half != start && all != half)
    }

    @Test func weightsOfFourBits() throws {
      let bench = try Bench()
      let rounds = try rounds([.train(), Self.prune, Self.fineTune, .quantise(bits: 4)], bench, "four")
      try expectCodes(rounds[2], bits: 4)
      let codes =
        Quantisation(
          bits: 4, scales: try #require(rounds[2].weightScales), ranges: ParameterSet()
        ).codes("fc1.weight", of: try #require(rounds[2].weights?["fc1.weight"])) ?? []
      #expect(codes.allSatisfy { (-7...7).contains($0) } && codes.contains(7) || codes.contains(-7))
      let aware = try self.rounds(
        [.train(), .quantise(bits: 4, aware: 0.5), Self.fineTune], bench, "four-aware")
      try expectCodes(aware[1], bits: 4)
    }

    /// The orders as one axis: what they have in common is made once.
    @Test func theOrderIsAnAxis() throws {
      let orders: [[RecipeStep]] = [
        [.train(), .quantise()], [.train(), Self.prune, Self.fineTune, .quantise()],
        [.train(), .quantise(), Self.prune, .retrain(.none)],
      ]
      let bench = try Bench()
      let plan = try SweepPlan(trial(orders[0]), name: "orders") {
        Axis(\.recipe, orders.map(Recipe.init))
      }
      #expect(plan.stages.count { ($0 as? TrainingStage)?.steps == 30 } == 1)
      try bench.run(plan)
      for trial in plan.trials {
        let record = try bench.record(trial, of: plan)
        #expect(record.status == .completed)
        guard trial.trial.recipe != nil else { continue }
        let last = try #require(record.rounds.last)
        try expectCodes(last)
      }
      // Everything is there.
      let work = try bench.work(plan)
      #expect(work.stages == 0 && work.reusedTrials == plan.trials.count)
    }

    /// Every family of models is quantised and trained with codes.
    @Test(arguments: Trial.families.indices) func everyFamily(index: Int) throws {
      let bench = try Bench()
      let plan = try SweepPlan(
        Trial.families[index].with {
          ($0.control, $0.schedule, $0.scoringBatch) = (.none, .oneShot, 8)
          $0.recipe = Recipe([
            .train(), .quantise(calibration: .minMax(batches: 2)), .prune(sparsity: 0.5),
            .retrain(.fineTune(.iterations(3))),
          ])
        })
      try bench.run(plan)
      let record = try bench.record(plan.ticket, of: plan)
      #expect(record.status == .completed)
      let last = try #require(record.rounds.last)
      #expect(last.row[metric: .bits] == 8 && last.weightScales != nil)
      let layers = try plan.ticket.regimen.model.multipliedLayers().map(\.weight)
      #expect(last.weightScales?.names == layers && last.inputRanges?.names == layers)
    }

    // MARK: What it is, and what it refuses

    @Test func stepsReadBackWhatTheyPrint() throws {
      let step = RecipeStep.quantise(bits: 4, calibration: .percentile(0.99), aware: 0.5)
      #expect("\(step)" == "quantise(bits: 4, calibration: percentile(batches: 10, share: 0.99), aware: 0.5)")
      let recipe = Recipe([.train(), .quantise(), step])
      #expect(try Recipe(parsing: "\(recipe)") == recipe)
      #expect(try Recipe(parsing: "recipe(steps: [train, quantise])").steps.last == .quantise())
    }

    /// A network that is quantised after its training shares that training with one that is not.
    @Test func trainingsAreShared() throws {
      let steps = [RecipeStep.train(), Self.prune, Self.fineTune]
      let plain = try TrialPlan(trial(steps), Bench.library)
      let quantised = try TrialPlan(trial(steps + [.quantise()]), Bench.library)
      let known = Set(quantised.stages.map(\.key))
      #expect(plain.stages.allSatisfy { known.contains($0.key) })
      #expect(quantised.stages.count { $0 is CalibrationStage } == 1)
      #expect(quantised.rounds.last?[.masks] == plain.rounds.last?[.masks])
    }

    private static let refused: [(steps: [RecipeStep], reason: String)] = [
      ([.train(), .quantise(), .quantise()], "two quantise steps stand in the recipe"),
      ([.train(), .quantise(bits: 3)], "codes of 8 bits or of 4, and 3 are asked for"),
      ([.quantise(), .train()], "quantise stands in the recipe before there is a network to take"),
      ([.train(until: .iterations(0)), .quantise()], "before there is a network to take"),
      ([.train(), .quantise(aware: 1.5), fineTune], "aware"),
      ([.train(), .quantise(aware: 0.5)], "the recipe ends without a network that is measured"),
      ([.train(), prune, .compact(), .quantise(aware: 0.5), fineTune], "runs on the whole network"),
    ]

    @Test(arguments: 0..<7) func isRefusedWhileItIsPlanned(index: Int) throws {
      #expect(Self.refused.count == 7)
      let (steps, reason) = Self.refused[index]
      let problem = message { _ = try TrialPlan(trial(steps), Bench.library) }
      #expect(problem.contains(reason), "\(problem)")
    }

    @Test func whatGoesWithNoQuantisationIsRefused() throws {
      let control = message {
        _ = try TrialPlan(
          trial([.train(), Self.prune, Self.fineTune, .quantise()]).with { $0.control = .randomMask },
          Bench.library)
      }
      #expect(control.contains("control random-mask stands for a pruned network"), "\(control)")
      let dynamics = message {
        _ = try TrialPlan(
          trial([.train(), .quantise()]).with { ($0.dynamics, $0.sparsity) = (.gradual(), 0.5) },
          Bench.library)
      }
      #expect(dynamics.contains("gradual"), "\(dynamics)")
    }
  }
}
