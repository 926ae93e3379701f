import CoppiceLaboratory
import CoppiceNetworks
import CoppicePruning
import CoppiceStore
import CoppiceTensors
import CoppiceTerms
import CoppiceTestSupport
import Testing

extension Running {
  /// Repairs as steps of a recipe and as a setting.
  @Suite struct RepairTests {
    private func plan(_ change: (inout Trial) -> Void) throws -> TrialPlan {
      try TrialPlan(Trial.tiny.with(change), Bench.library)
    }

    @Test func theCatalogue() {
      #expect(
        faults(
          of: Repair.catalogue, and: [.leastSquares(batches: 3, ridge: 0.5), .biasCorrection(batches: 1)])
          == [])
      #expect(Repair.catalogue.all.first == Trial().repair)
      #expect(throws: ComponentError.self) { try Repair(parsing: "recalibrate(batches: 0)") }
      #expect(throws: ComponentError.self) { try Repair(parsing: "least-squares(ridge: 0)") }
    }

    @Test func theSettingSpellsOutAStepBetweenPruneAndRetrain() throws {
      let short = try plan {
        ($0.schedule, $0.sparsity) = (.iterative(rounds: 2), 0.75)
        ($0.retraining, $0.repair) = (.fineTune(.iterations(5)), .biasCorrection(batches: 2))
      }
      let step = RecipeStep.repair(by: .biasCorrection(batches: 2))
      let long = try plan {
        $0.retraining = .fineTune(.iterations(5))
        $0.recipe = Recipe([
          .train(), .prune(sparsity: 0.5), step, .retrain(), .prune(sparsity: 0.75), step, .retrain(),
        ])
      }
      #expect(short.stages.map(\.key) == long.stages.map(\.key))
      #expect(short.stages.count { $0 is RepairStage } == 2)
      #expect("\(step)" == "repair(by: bias-correction(batches: 2))")
      let read = try Recipe(
        parsing: "recipe(steps: [train, prune(sparsity: 0.5), repair(by: bias-correction)])")
      #expect(read.steps.last == .repair(by: .biasCorrection()))
    }

    /// What is compared with is the network before the pruning of the round, and what is trained on is the repaired one.
    @Test func aRepairStandsBetweenThePruningAndTheTraining() throws {
      let plan = try plan {
        ($0.schedule, $0.sparsity) = (.iterative(rounds: 2), 0.75)
        ($0.retraining, $0.repair) = (.fineTune(.iterations(5)), .biasCorrection(batches: 2))
      }
      for index in 1...2 {
        let training = try #require(plan.training(plan.rounds[index][.training]))
        guard case .weights(let source) = training.source,
          let repair = plan.stages.first(where: { $0.key == source }) as? RepairStage
        else {
          Issue.record("round \(index) is not trained on from a repair")
          continue
        }
        let before = try #require(plan.rounds[index - 1][.training])
        #expect(repair.network == before && repair.reference == before)
        #expect(repair.masks == plan.rounds[index][.masks])
      }
    }

    /// A criterion that moves survivors leaves weights of its own: these are repaired, and compared with those before.
    @Test func whatACriterionHasMovedIsComparedWithTheNetworkBeforeIt() throws {
      let plan = try plan {
        ($0.criterion, $0.retraining) = (.woodFisher(), .none)
        $0.repair = .biasCorrection(batches: 2)
      }
      let repair = try #require(plan.stages.compactMap { $0 as? RepairStage }.first)
      #expect(repair.reference == plan.rounds[0][.training] && repair.network == plan.rounds[1][.masks])
    }

    @Test func aRepairThatNoTrainingFollowsIsMeasured() throws {
      let bench = try Bench()
      func rounds(_ steps: [RecipeStep], _ name: String) throws -> [RoundRecord] {
        let plan = try SweepPlan(
          Trial.tiny.with {
            $0.recipe = Recipe([.train(), .prune(sparsity: 0.8)] + steps)
            $0.scoringBatch = 40
          }, name: name)
        try bench.run(plan)
        return try bench.record(plan.ticket, of: plan).rounds
      }
      let plain = try rounds([.retrain(.none)], "plain")
      let repaired = try rounds(
        [.repair(by: .leastSquares(batches: 5)), .prune(sparsity: 0.9), .repair(by: .biasCorrection())],
        "repaired")
      #expect(repaired.map(\.row.round) == [0, 1, 2] && repaired.map(\.series.steps.count) == [30, 0, 0])
      #expect(repaired[1].row.retraining == "none" && repaired[1].masks == plain[1].masks)
      // All training data were looked at, and the outputs are nearer to those of the dense network.
      let losses = [plain, repaired].map { $0[1].row[metric: .trainLoss] }
      #expect(losses[1] < losses[0])
    }

    @Test func aRandomMaskIsRepairedAsItsTicketIs() throws {
      let control = try plan {
        ($0.retraining, $0.control) = (.fineTune(.iterations(5)), .randomMask)
        $0.repair = .leastSquares(batches: 2)
      }
      let repairs = control.stages.compactMap { $0 as? RepairStage }
      let training = try #require(control.training(control.rounds[1][.training]))
      let own = try #require(repairs.first { $0.masks == control.rounds[1][.masks] })
      #expect(training.source == .weights(of: own.key))
      #expect(own.network == control.rounds[0][.training] && own.reference == own.network)
    }

    @Test func theDenseBaselineIsNotRepaired() throws {
      let plan = try SweepPlan(
        Trial.tiny.with { ($0.retraining, $0.repair) = (.fineTune(), .biasCorrection()) })
      #expect(plan.trials.count == 3 && plan.trials.dropLast().allSatisfy { $0.trial.repair == .none })
    }

    @Test func recalibrationMakesStatisticsNewAndLeavesWeights() throws {
      let bench = try Bench()
      let plan = try SweepPlan(
        Trial.families[2].with {
          ($0.schedule, $0.sparsity, $0.retraining) = (.oneShot, 0.5, .none)
          ($0.repair, $0.scoringBatch) = (.recalibrate(batches: 3), 20)
        })
      try bench.run(plan)
      let rounds = try bench.record(plan.ticket, of: plan).rounds
      let (dense, repaired) = (try #require(rounds[0].weights), try #require(rounds[1].weights))
      let masked = try #require(rounds[1].masks).applied(to: dense)
      let buffers = Set(plan.ticket.regimen.model.buffers.map(\.name))
      for (name, tensor) in repaired {
        let before = try #require(masked[name])
        #expect(tensor.hasSameBits(as: before) != buffers.contains(name), "\(name)")
      }
    }

    // MARK: What does not go together

    private static let refused: [(trial: Trial, reason: String)] = {
      var refused: [(trial: Trial, reason: String)] = []
      func refuse(_ reason: String, _ change: (inout Trial) -> Void) {
        let trial = Trial.tiny.with {
          $0.retraining = .fineTune(.iterations(5))
          change(&$0)
        }
        refused.append((trial, reason))
      }
      let repair = RecipeStep.repair(by: .biasCorrection())
      refuse("has no batch normalisation") { $0.repair = .recalibrate() }
      refuse("has no batch normalisation") {
        $0.recipe = Recipe([.train(), .prune(sparsity: 0.5), .repair(by: .recalibrate())])
      }
      refuse("conv.weight, blocks.0.conv1.weight, blocks.0.conv2.weight have none") {
        ($0.repair, $0.model, $0.dataset) = (.biasCorrection(), .resnet([3], blocks: 1), .tinyGlyphs)
      }
      refuse("retraining rewind takes up others") {
        ($0.repair, $0.retraining) = (.biasCorrection(), .rewind())
      }
      refuse("retraining rewind takes up others") {
        ($0.repair, $0.retraining) = (.biasCorrection(), .rewind())
        $0.schedule = .atInitialisation()
      }
      refuse("retraining rewind takes up others") {
        $0.recipe = Recipe([.train(), .prune(sparsity: 0.5), repair, .retrain(.rewind())])
      }
      refuse("removes weights inside one training") {
        ($0.repair, $0.schedule, $0.dynamics) = (.biasCorrection(), .none, .gradual())
      }
      refuse("the recipe has a step repair of its own") {
        $0.repair = .biasCorrection()
        $0.recipe = Recipe([.train(), .prune(sparsity: 0.5), repair, .retrain()])
      }
      refuse("repair stands in the recipe before there is a network to take") {
        $0.recipe = Recipe([.train(), repair])
      }
      refuse("behind a network that is measured already") {
        $0.recipe = Recipe([.train(), .prune(sparsity: 0.5), .retrain(.none), repair])
      }
      refuse("those of fc2.weight have 5000") { ($0.repair, $0.model) = (.leastSquares(), .mlp([5_000])) }
      return refused
    }()

    @Test(arguments: 0..<11) func isRefusedWhileItIsPlanned(index: Int) throws {
      #expect(Self.refused.count == 11)
      let (trial, reason) = Self.refused[index]
      let problem = message { _ = try TrialPlan(trial, Bench.library) }
      #expect(problem.contains(reason), "\(problem)")
    }

    /// A layer that is not pruned needs no bias.
    @Test func aLayerThatIsLeftAloneNeedsNoBias() throws {
      let transformer = Trial.families[4].with {
        ($0.schedule, $0.sparsity) = (.oneShot, 0.5)
        ($0.retraining, $0.repair) = (.none, .biasCorrection(batches: 1))
      }
      #expect(
        message { _ = try TrialPlan(transformer, Bench.library) }.contains(
          "lm_head.weight has none; let the allocation ignore it"))
      let bench = try Bench()
      let plan = try SweepPlan(transformer.with { $0.allocation = .global(ignoring: ["lm_head"]) })
      #expect(try bench.run(plan).count(.completed) == plan.trials.count)
    }
  }
}
