import CoppiceLaboratory
import CoppiceNetworks
import CoppicePruning
import CoppiceStore
import CoppiceTensors
import CoppiceTestSupport
import Testing

extension Running {
  /// Masks that are learned while the network is trained.
  @Suite struct LearnedMaskTests {
    static let trial = Trial.tiny.with {
      ($0.schedule, $0.sparsity, $0.learnedMask) = (.none, 0.5, .edgePopup())
      $0.allocation = .layerWise()
    }

    static func trial(_ mask: LearnedMask, sparsity: Double?) -> Trial {
      trial.with { ($0.learnedMask, $0.sparsity) = (mask, sparsity) }
    }

    /// Every mask that makes masks, by itself or cut to a ratio.
    static let trials =
      [
        trial(.edgePopup(), sparsity: 0.5), trial(.movement(), sparsity: 0.9),
      ]
      + [
        LearnedMask.bernoulli(), .bernoulli(rescale: true), .softMovement(), .hardConcrete(),
        .hardConcrete(per: .output), .softThreshold(), .continuousSparsification(), .proximal(l1: 0.5),
      ].flatMap { [trial($0, sparsity: nil), trial($0, sparsity: 0.75)] }

    /// Everything that reads a round reads a network with its own parameters and masks.
    @Test(arguments: trials.indices) func leavesAPlainNetworkAndMasks(index: Int) throws {
      let (trial, bench) = (Self.trials[index], try Bench())
      let plan = try SweepPlan(trial)
      let report = try bench.run(plan)
      #expect(report.count(.completed) == 2, "\(report.failures)")
      #expect(plan.ticket.name.hasPrefix(trial.learnedMask.name + "-"))
      let record = try bench.record(plan.ticket, of: plan)
      #expect(record.rounds.map(\.index) == [1])
      let round = record.rounds[0]
      let (masks, weights) = (try #require(round.masks), try #require(round.weights))
      let network = plan.ticket.regimen.model
      #expect(masks.names == network.prunable)
      #expect(
        Set(weights.names) == Set(network.declarations.map(\.name) + network.buffers.map(\.name)))
      #expect(round.row.criterion == trial.learnedMask.name && round.row.sparsity == masks.sparsity)
      if let ratio = trial.sparsity {
        let kept = masks.map { $0.mask.count - Int((ratio * Double($0.mask.count)).rounded()) }
        #expect(masks.map(\.mask.keptCount) == kept && round.row.requestedSparsity == ratio)
      } else {
        #expect(round.row.requestedSparsity.isNaN && round.row.targetSparsity.isNaN)
      }
      let initial = try plan.ticket.regimen.initialParameters(draw: 0)
      for declaration in network.declarations {
        let (old, new) = (
          try #require(initial[declaration.name]), try #require(weights[declaration.name])
        )
        guard let mask = masks[declaration.name] else {
          #expect(trial.learnedMask.trainsWeights || old.hasSameBits(as: new))
          continue
        }
        #expect(zip(new.scalars, mask.bytes).allSatisfy { $1 != 0 || $0.bitPattern == 0 })
        if !trial.learnedMask.trainsWeights {
          let factor =
            trial.learnedMask == .bernoulli(rescale: true)
            ? Float(mask.count) / Float(max(1, mask.keptCount)) : 1
          #expect(new.hasSameBits(as: mask.applied(to: Tensor(old.shape, old.scalars.map { $0 * factor }))))
        }
      }
      // What was measured at the end is the network that is stored.
      let evaluation = try Meter(plan.ticket.regimen, masks: masks).evaluation(
        weights, weights, step: 30, isLast: true)
      #expect(evaluation[.testLoss] == round.evaluations.last?[.testLoss])
      #expect(round.evaluations.map(\.step) == [0, 10, 20, 30])
    }

    @Test(
      arguments: [
        trial(.edgePopup(), sparsity: 0.5), trial(.hardConcrete(), sparsity: nil),
        trial(.movement(), sparsity: 0.9), trial(.continuousSparsification(), sparsity: 0.75),
      ], [1, 12, 29])
    func goesOnWhereItWasStopped(trial: Trial, step: Int) throws {
      func plan(_ alarm: InterruptionTests.Alarm? = nil) throws -> SweepPlan {
        try SweepPlan(
          trial.with {
            $0.learningRate = LearningRate("ticking", version: 1) { _, _ in
              alarm?.tick()
              return 0.01
            }
          })
      }
      let (reference, bench) = (try Bench(), try Bench())
      try reference.run(try plan())
      // The dense baseline comes first.
      let alarm = InterruptionTests.Alarm(after: 30 + step)
      let report = try bench.run(try plan(alarm), interruption: alarm.interruption)
      #expect(report.isInterrupted)
      let training = try #require(try plan().ticket.rounds.last?[.training]).hexadecimal
      let checkpoint = try #require(try bench.results.stages.readCheckpoint(training))
      #expect(checkpoint[parameters: "parameters"]?.names.contains { $0.hasPrefix("fc1.weight.") } == true)
      try bench.run(try plan())
      #expect(try bench.digests(try plan()) == reference.digests(try plan()))
    }

    /// An encoder of two heads, of which a gate for each says what is left.
    private static let heads = Trial.families[3].with {
      ($0.schedule, $0.sparsity, $0.granularity) = (.none, 0.5, .head)
      $0.learnedMask = .hardConcrete(penalty: 1, per: .head)
    }

    @Test func headsGoWhole() throws {
      let bench = try Bench()
      let plan = try SweepPlan(Self.heads)
      let report = try bench.run(plan)
      #expect(report.failures.isEmpty, "\(report.failures)")
      let round = try #require(try bench.record(plan.ticket, of: plan).rounds.last)
      let masks = try #require(round.masks)
      #expect(round.row.sparsity == 0.5 && masks.counted.names.count == 2)
      // Of a width of 8 each head has four places.
      var pruned: Set<Int> = []
      for (name, mask) in masks.counted {
        let width = mask.shape[1]
        for (place, byte) in mask.bytes.enumerated() where byte == 0 {
          pruned.insert((mask.shape[0] == 8 ? place % width : place / width % 8) / 4)
        }
        #expect(mask.keptCount * 2 == mask.count, "\(name)")
      }
      #expect(pruned.count == 1)
      // A head goes with its biases.
      #expect(masks.names.contains { $0.hasSuffix("bias") })
    }

    @Test(arguments: [1, 7]) func gatesOfHeadsGoOnWhereTheyWereStopped(step: Int) throws {
      func plan(_ alarm: InterruptionTests.Alarm? = nil) throws -> SweepPlan {
        try SweepPlan(
          Self.heads.with {
            $0.learningRate = LearningRate("ticking", version: 1) { _, _ in
              alarm?.tick()
              return 0.01
            }
          })
      }
      let (reference, bench) = (try Bench(), try Bench())
      try reference.run(try plan())
      let alarm = InterruptionTests.Alarm(after: 12 + step)
      #expect(try bench.run(try plan(alarm), interruption: alarm.interruption).isInterrupted)
      let training = try #require(try plan().ticket.rounds.last?[.training]).hexadecimal
      let checkpoint = try #require(try bench.results.stages.readCheckpoint(training))
      let gates = try #require(checkpoint[parameters: "parameters"]).names.filter {
        $0.hasSuffix("log_alpha")
      }
      #expect(gates.count == 1)
      try bench.run(try plan())
      #expect(try bench.digests(try plan()) == reference.digests(try plan()))
    }

    @Test func gatesOfHeadsAskForHeads() {
      func problem(_ change: (inout Trial) -> Void) -> String {
        message { _ = try TrialPlan(Self.heads.with(change), Bench.library) }
      }
      #expect(problem { _ in } == "")
      for granularity in [Granularity.weight, .neuron] {
        #expect(problem { $0.granularity = granularity }.hasSuffix("has other units; set granularity=head"))
      }
      #expect(problem { ($0.model, $0.dataset) = (.mlp([12]), .tiny) }.contains("head"))
      #expect(
        message { _ = try LearnedMask(parsing: "hard-concrete(per: layer)") }.contains(
          "weight, output, input or head"))
    }

    /// Scores are learned: a criterion makes no cells of its own.
    @Test func aCriterionMakesNoDifference() throws {
      let plan = try SweepPlan(Self.trial) { Axis(\.criterion, [.magnitude, .random, .taylor]) }
      #expect(plan.trials.count == 2)
      let recipes = try SweepPlan(
        Self.trial.with { $0.recipe = Recipe([.train(), .prune(sparsity: 0.9), .retrain()]) }
      ) { Axis(\.criterion, [.magnitude, .random]) }
      #expect(recipes.trials.count == 3)
    }

    @Test func isTrainedAgainUnderItsMasks() throws {
      let bench = try Bench()
      let plan = try SweepPlan(
        Self.trial(.hardConcrete(penalty: 1), sparsity: 0.75).with {
          $0.recipe = Recipe([.train(), .retrain(.rewind()), .prune(sparsity: 0.9), .retrain()])
        })
      #expect(try bench.run(plan).count(.completed) == 2)
      let rounds = try bench.record(plan.ticket, of: plan).rounds
      #expect(rounds.map(\.index) == [1, 2, 3])
      #expect(rounds[0].masks == rounds[1].masks && rounds[1].row.sparsity == 0.75)
      let (after, before) = (try #require(rounds[2].masks), try #require(rounds[0].masks))
      #expect(after.isSubset(of: before) && abs(after.sparsity - 0.9) < 0.01)
      #expect(rounds[0].weights?["fc1.weight"] != rounds[1].weights?["fc1.weight"])
      // Controls replace what follows.
      let controlled = try SweepPlan(
        Self.trial(.hardConcrete(), sparsity: 0.75).with {
          ($0.recipe, $0.control) = (Recipe([.train(), .retrain(.rewind())]), .randomMask)
        })
      #expect(try bench.run(controlled, isForced: true).count(.completed) == 2)
      let control = try bench.record(controlled.ticket, of: controlled).rounds
      #expect(control.map(\.row.sparsity) == [0.75, 0.75] && control[0].masks != control[1].masks)
    }

    @Test func aPenaltyLeavesPruningToTheSchedule() throws {
      let bench = try Bench()
      let trial = Trial.families[2].with {
        ($0.schedule, $0.sparsity, $0.criterion) = (.oneShot, 0.5, .networkSlimming)
        ($0.granularity, $0.retraining) = (.neuron, .fineTune(.share(0.5)))
        $0.allocation = .global(ignoring: ["fc"])
        $0.learnedMask = .slimming(penalty: 0.1)
      }
      let plan = try SweepPlan(trial)
      let report = try bench.run(plan)
      #expect(report.failures.isEmpty, "\(report.failures)")
      let rounds = try bench.record(plan.ticket, of: plan).rounds
      #expect(rounds.map(\.index) == [0, 1] && rounds[0].row.sparsity == 0)
      let dense = try bench.record(plan.trials[0], of: plan).rounds[0]
      let scale = "bn.weight"
      func norm(_ round: RoundRecord) throws -> Float {
        try #require(round.weights?[scale]).scalars.reduce(0) { $0 + $1.magnitude }
      }
      #expect(try norm(rounds[0]) < norm(dense))
    }

    @Test func refusesWhatDoesNotGoTogether() {
      func problem(_ change: (inout Trial) -> Void) -> String {
        message { _ = try TrialPlan(Self.trial.with(change), Bench.library) }
      }
      #expect(problem { $0.schedule = .oneShot }.contains("set schedule=none, or say in a recipe"))
      #expect(
        problem { $0.dynamics = .gradual(every: .iterations(5)) }.contains(
          "set dynamics=none, or learned-mask=none"))
      #expect(problem { $0.control = .randomMask }.contains("set control=none, or train again"))
      #expect(problem { $0.rounds = [1] }.contains("leave out rounds"))
      #expect(problem { $0.stop = .plateau("validation_loss", evaluations: 2) }.contains("set stop=never"))
      #expect(problem { $0.sparsity = nil }.contains("give the trial a sparsity between 0 and 1"))
      #expect(problem { $0.granularity = .neuron }.contains("set granularity=weight"))
      #expect(problem { $0.allocation = .rowWise() }.contains("use global or layer-wise"))
      #expect(
        problem { $0.recipe = Recipe([.train(until: .share(0.5)), .retrain()]) }.contains(
          "begin the recipe with train, without until"))
      #expect(
        problem { $0.learnedMask = .movement(to: .iterations(31)) }.contains(
          "learned mask movement: it goes from step 0 to step 31 of a training of 30 steps"))
      #expect(
        problem { ($0.learnedMask, $0.schedule) = (.slimming(), .oneShot) }.contains(
          "the model has no batch normalisation"))
    }
  }
}
