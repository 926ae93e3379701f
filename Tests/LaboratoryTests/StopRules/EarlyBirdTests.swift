import CoppiceLaboratory
import CoppiceNetworks
import CoppicePruning
import CoppiceStore
import CoppiceTensors
import CoppiceTerms
import CoppiceTestSupport
import Testing

extension Running {
  /// The oracle of these tests is the recipe that is told the step: train until then, prune, train on.
  @Suite struct EarlyBirdTests {
    /// Learning rates that fall, so that masks come to rest. A mask every other step, each compared with three before it.
    private static let trial = Trial.tiny.with {
      ($0.learningRate, $0.retraining) = (.cosine(0.03), .complete())
    }

    private static func trial(_ epsilon: Double) -> Trial {
      trial.with { $0.stop = .earlyBird(every: .iterations(2), memory: 3, epsilon: epsilon) }
    }

    private static func told(_ step: Int, _ retraining: Retraining) -> Trial {
      trial.with {
        $0.recipe = Recipe([
          .train(until: .iterations(step)), .prune(sparsity: 0.5), .retrain(retraining),
        ])
      }
    }

    /// What a pruning of the dense training cuts after every other step, and how far each mask is from the three before it.
    private struct Course {
      var masks: [MaskSet] = []
      /// From the fourth mask on, with the oldest of the three first.
      var distances: [[Double]] = []
      /// The drawing that is to end the training, by its place among the distances, and an ε at which it does.
      var place = 0
      var epsilon = 0.0
      var step: Int { 2 * (place + 4) }

      init() throws {
        let bench = try Bench()
        for step in stride(from: 2, to: 30, by: 2) {
          let plan = try SweepPlan(EarlyBirdTests.told(step, .none), name: "until\(step)")
          try bench.run(plan)
          masks.append(try #require(try bench.record(plan.ticket, of: plan).rounds.last?.masks))
        }
        for index in 3..<masks.count {
          distances.append(
            (index - 3..<index).map { before in
              var (differing, count) = (0, 0)
              for (name, mask) in masks[index] {
                let other = masks[before][name]?.bytes ?? []
                for place in mask.bytes.indices where mask.bytes[place] != other[place] { differing += 1 }
                count += mask.bytes.count
              }
              return Double(differing) / Double(count)
            })
        }
        let largest = distances.map { $0.max() ?? 0 }
        // The third one that is nearer to those before it than any mask before.
        let records = largest.indices.dropFirst().filter { index in
          largest[..<index].allSatisfy { $0 > largest[index] }
        }
        place = try #require(records.dropFirst().first)
        epsilon = (largest[place] + (largest[..<place].min() ?? 1)) / 2
      }
    }

    private static let course = Result { try Course() }

    @Test func endsAtTheFirstMaskThatIsNearAllBeforeIt() throws {
      let (course, bench) = (try Self.course.get(), try Bench())
      #expect(course.step > 8 && course.step < 28)
      let plan = try SweepPlan(Self.trial(course.epsilon))
      let report = try bench.run(plan)
      #expect(report.failures.isEmpty && report.count(.completed) == 2, "\(report.failures)")
      let rounds = try bench.record(plan.ticket, of: plan).rounds
      // The search: measured where it ended, in full, and told with its distances.
      let words = course.distances[course.place].map { "\($0)" }.joined(separator: ", ")
      #expect(
        rounds[0].row.stoppedBy
          == "early-bird after step \(course.step): the mask is as far as \(words) from those drawn before it"
      )
      #expect(rounds[0].evaluations.last?.step == course.step && rounds[0].row[metric: .trainLoss].isFinite)
      #expect(rounds[0].series.steps == Array(1...course.step))
      let search = try #require(plan.ticket.rounds[0][.training]).hexadecimal
      let record = try #require(try bench.results.stages.read(search))
      let steps = (0..<(course.place + 4)).map { Double(2 * $0 + 2) }
      #expect(record[numbers: "drawing_steps"] == steps && record[numbers: "step"] == [Double(course.step)])
      let found = try #require(record[numbers: "mask_distances"])
      #expect(found.count == steps.count - 1)
      #expect(
        Array(found.suffix(course.place + 1)) == course.distances[...course.place].map { $0.max() ?? 0 })
      // The ticket: the mask that was drawn, and the steps that were left.
      #expect(rounds[1].masks == course.masks[course.place + 3] && rounds[1].row.stoppedBy.isEmpty)
      #expect(rounds[1].evaluations.last?.step == 30 - course.step)
      // The dense baseline goes its whole way.
      let dense = try bench.record(plan.trials[0], of: plan)
      #expect(dense.rounds[0].evaluations.last?.step == 30 && dense.rounds[0].row.stoppedBy.isEmpty)
    }

    /// Weights, masks and evaluations of the last round are those of a recipe that was told the step.
    @Test(
      arguments: [.complete(), .fineTune(.iterations(8)), .learningRateRewind(to: .iterations(12))]
        as [Retraining])
    func whatFollowsGoesOnAtTheStepItEnded(retraining: Retraining) throws {
      let (course, bench) = (try Self.course.get(), try Bench())
      let same = retraining == .complete() ? .learningRateRewind(to: .iterations(course.step)) : retraining
      for control in [Control.none, .randomMask, .denseEqualBudget, .randomReinitialisation] {
        func rounds(_ trial: Trial, _ name: String) throws -> RoundRecord {
          let plan = try SweepPlan(trial.with { $0.control = control }, name: name)
          let report = try bench.run(plan)
          #expect(report.failures.isEmpty, "\(control): \(report.failures)")
          let round = try #require(try bench.record(plan.ticket, of: plan).rounds.last)
          #expect(round.invariants.contains { $0.name == "control-steps" } == (control != .none))
          return round
        }
        let found = try rounds(
          Self.trial(course.epsilon).with { $0.retraining = retraining }, "found-\(control.name)")
        let told = try rounds(Self.told(course.step, same), "told-\(control.name)")
        #expect(found.weights?.hasSameBits(as: try #require(told.weights)) == true, "\(control)")
        #expect(found.masks == told.masks && found.evaluations == told.evaluations, "\(control)")
      }
    }

    @Test func goesItsWholeWayWhereMasksMove() throws {
      let bench = try Bench()
      // A rate that does not fall.
      let plan = try SweepPlan(Self.trial(1e-6).with { $0.learningRate = .constant(0.03) })
      #expect(try bench.run(plan).failures.isEmpty)
      let rounds = try bench.record(plan.ticket, of: plan).rounds
      #expect(rounds[0].evaluations.last?.step == 30 && rounds[0].row.stoppedBy.isEmpty)
      // Nothing is left to make.
      #expect(rounds[1].evaluations.map(\.step) == [0])
      let dense = try bench.record(plan.trials[0], of: plan).rounds[0]
      #expect(rounds[0].weights?.hasSameBits(as: try #require(dense.weights)) == true)
    }

    @Test(arguments: [1, 5, 9, 12]) func goesOnWhereItWasStopped(step: Int) throws {
      let course = try Self.course.get()
      func plan(_ alarm: InterruptionTests.Alarm? = nil) throws -> SweepPlan {
        let rate = Self.trial.learningRate
        return try SweepPlan(
          Self.trial(course.epsilon).with {
            $0.learningRate = LearningRate("ticking", version: 1) { step, total in
              alarm?.tick()
              return rate(step: step, total: total)
            }
          })
      }
      let (reference, bench) = (try Bench(), try Bench())
      try reference.run(try plan())
      // The dense baseline comes first.
      let alarm = InterruptionTests.Alarm(after: 30 + step)
      let report = try bench.run(try plan(alarm), interruption: alarm.interruption)
      #expect(report.isInterrupted)
      let search = try #require(try plan().ticket.rounds[0][.training])
      var checkpoint = try #require(try bench.results.stages.readCheckpoint(search.hexadecimal))
      // Those drawn before the step that the checkpoint stands behind, three at most.
      let count = (step - 1) / 2
      #expect(checkpoint.masks.map(\.values) == Array(course.masks[..<count].suffix(3)))
      #expect(checkpoint[numbers: "drawing_steps"]?.count ?? 0 == count)
      let stage = try #require(try plan().ticket.training(search))
      #expect(stage.fault(inCheckpoint: checkpoint) == nil)
      if count > 0 {
        checkpoint.masks.removeLast()
        #expect(stage.fault(inCheckpoint: checkpoint)?.contains("masks") == true)
      }
      try bench.run(try plan())
      #expect(try bench.digests(try plan()) == reference.digests(try plan()))
    }

    /// The paper's own setting: channels by the scales of batch normalisations, under the penalty of slimming.
    @Test func drawsChannels() throws {
      let bench = try Bench()
      let plan = try SweepPlan(
        Trial.families[2].with {
          ($0.schedule, $0.sparsity, $0.criterion) = (.oneShot, 0.5, .networkSlimming)
          ($0.granularity, $0.retraining) = (.neuron, .complete())
          $0.allocation = .global(ignoring: ["fc"])
          $0.learnedMask = .slimming(penalty: 1e-3)
          $0.stop = .earlyBird(every: .iterations(2), memory: 2, epsilon: 0.9)
        })
      let report = try bench.run(plan)
      #expect(report.failures.isEmpty, "\(report.failures)")
      let rounds = try bench.record(plan.ticket, of: plan).rounds
      #expect(rounds[0].row.stoppedBy.hasPrefix("early-bird after step 6: "))
      #expect(rounds[1].evaluations.last?.step == 6 && rounds[1].row.sparsity > 0.3)
    }

    @Test func refusesWhatDoesNotGoTogether() {
      func problem(_ change: (inout Trial) -> Void) -> String {
        message { _ = try TrialPlan(Self.trial(0.1).with(change), Bench.library) }
      }
      #expect(problem { _ in } == "")
      #expect(
        problem { $0.schedule = .atInitialisation() }.contains(
          "take a schedule that prunes a trained network"))
      #expect(
        problem {
          $0.recipe = Recipe([.train(), .prune(sparsity: 0.5), .retrain(.rewind(to: .iterations(9)))])
        }
        .contains(
          "goes back to step 9, and stop rule early-bird(every: 2it, memory: 3, epsilon: 0.1) may end the "
            + "training after step 8"))
      #expect(problem { $0.retraining = .rewind(to: .iterations(8)) } == "")
      #expect(problem { ($0.schedule, $0.sparsity) = (.none, nil) }.contains("nothing is pruned"))
      #expect(
        problem { ($0.schedule, $0.dynamics) = (.none, .gradual(every: .iterations(5))) }.contains(
          "dynamics gradual prunes inside it"))
      #expect(
        problem { ($0.schedule, $0.learnedMask) = (.none, .hardConcrete()) }.contains("set stop=never"))
      #expect(problem { $0.criterion = .snip }.contains("from the weights alone, and criterion snip"))
      #expect(problem { $0.sparsity = 0.96 }.contains("masks of this sparsity differ in at most 0.0"))
      #expect(problem { $0.sparsity = 0 }.contains("differ in at most 0.0 of the weights"))
      #expect(
        problem { $0.stop = .earlyBird() }.contains(
          "can end a training after step 60 at the earliest, and this one has 30 steps"))
      #expect(problem { $0.stop = .earlyBird(every: .iterations(0)) }.contains("draws no masks"))
      #expect(problem { $0.stop = .never }.contains("set stop=early-bird"))
      #expect(problem { $0.schedule = .iterative(rounds: 2) }.contains("none are left here"))
      for text in ["early-bird(memory: 0)", "early-bird(epsilon: 0)", "early-bird(epsilon: 1)"] {
        #expect(message { _ = try StopRule(parsing: text) }.contains("but must be"), "\(text)")
      }
      #expect("\(StopRule.earlyBird())" == "early-bird(every: 1ep, memory: 5, epsilon: 0.1)")
    }
  }
}
