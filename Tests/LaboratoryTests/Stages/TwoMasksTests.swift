import CoppiceLaboratory
import CoppiceNetworks
import CoppicePruning
import CoppiceStore
import CoppiceTensors
import CoppiceTerms
import Testing

extension Running {
  /// A training in which the optimizer moves other weights than take part in the forward pass.
  @Suite struct TwoMasksTests {
    /// What becomes of the weight at a place: of four in a row each has another fate.
    private enum Fate: Int, CaseIterable {
      case trained, frozen, waiting, removed

      init(_ place: Int) { self = Fate.allCases[(place + place / 4) % 4] }
    }

    private static func masks(_ prunable: MaskSet, _ fates: Set<Fate>) -> MaskSet {
      MaskSet(
        prunable.map { name, mask in
          (name, Mask(mask.shape, (0..<mask.count).map { fates.contains(Fate($0)) ? 1 : 0 }))
        })
    }

    private static func active(_ prunable: MaskSet) -> MaskSet { masks(prunable, [.trained, .frozen]) }
    private static func trained(_ prunable: MaskSet) -> MaskSet { masks(prunable, [.trained, .waiting]) }

    /// From the first step on, half of the weights take part and another half is trained. Behind the last step, what has waited
    /// takes part too.
    private static let crossed = Dynamics(
      "crossed", version: 1, regrows: true, isDue: { $0.step == 0 || $0.step == $0.total },
      target: { moment, _ in .sparsity(moment.step == 0 ? 0.5 : 0.25) }
    ) { context in
      let all = context.masks.active
      let active = context.moment.step == 0 ? active(all) : masks(all, [.trained, .frozen, .waiting])
      return DynamicMasks(active: active, trained: trained(all))
    }

    private func plan(
      _ alarm: InterruptionTests.Alarm? = nil, execution: SparseExecution = .automatic
    ) throws -> SweepPlan {
      try SweepPlan(
        Trial.tiny.with {
          ($0.schedule, $0.sparsity, $0.dynamics) = (.none, 0.25, Self.crossed)
          $0.execution = execution
          $0.learningRate = LearningRate("ticking", version: 1) { _, _ in
            alarm?.tick()
            return 0.005
          }
        })
    }

    /// The bits of a parameter's elements, fate by fate.
    private func bits(_ tensor: Tensor) -> [Fate: [UInt32]] {
      Dictionary(grouping: tensor.scalars.indices, by: { Fate($0) }).mapValues { places in
        places.map { tensor.scalars[$0].bitPattern }
      }
    }

    /// The results with the bits of every fate: what is trained moved, whether it took part or not, and nothing else did.
    private func expectFates(
      _ parameters: ParameterSet, _ start: ParameterSet, of names: [String], removed isKept: Bool
    ) throws {
      for name in names {
        let (now, before) = (bits(try #require(parameters[name])), bits(try #require(start[name])))
        #expect(now[.frozen] == before[.frozen], "\(name)")
        for fate in [Fate.trained, .waiting] {
          let moved = zip(now[fate] ?? [], before[fate] ?? []).count { $0 != $1 }
          #expect(2 * moved > (before[fate] ?? []).count, "\(name): \(fate) weights stand still")
        }
        #expect(now[.removed]?.allSatisfy { $0 == 0 } == !isKept, "\(name)")
        if isKept { #expect(now[.removed] == before[.removed], "\(name)") }
      }
    }

    @Test(arguments: [SparseExecution.automatic, .always])
    func whatIsTrainedMovesAndWhatIsNotKeepsItsBits(execution: SparseExecution) throws {
      let bench = try Bench()
      let plan = try plan(execution: execution)
      #expect(try bench.run(plan).count(.completed) == 2)
      let (ticket, prunable) = (plan.ticket, plan.ticket.regimen.model.fullMasks)
      let round = try bench.record(ticket, of: plan).rounds[0]
      try expectFates(
        try #require(round.weights), ticket.regimen.initialParameters(draw: 0), of: prunable.names,
        removed: false)
      // Both masks are outputs of the stage and stand in the trial's file.
      let active = Self.masks(prunable, [.trained, .frozen, .waiting])
      let key = try #require(ticket.rounds[0][.training])
      #expect(ticket.rounds[0][.masks] == key)
      let stage = try #require(try bench.results.stages.read(key.hexadecimal))
      #expect(stage[masks: "masks"] == active && stage[masks: "trained"] == Self.trained(prunable))
      #expect(round.masks == active && round.trainedMasks == Self.trained(prunable))
      #expect(round.row.sparsity == 0.25)
      // While it went on, half of the weights took part.
      #expect(round.series["sparsity"]?.allSatisfy { $0 == 0.5 } == true)
    }

    @Test(arguments: [1, 10, 29]) func bothMasksAreInTheCheckpointAndItGoesOn(step: Int) throws {
      let (reference, bench) = (try Bench(), try Bench())
      try reference.run(try plan())
      // The dense baseline comes first.
      let alarm = InterruptionTests.Alarm(after: 30 + step)
      #expect(try bench.run(try plan(alarm), interruption: alarm.interruption).isInterrupted)
      let plan = try plan()
      let (ticket, prunable) = (plan.ticket, plan.ticket.regimen.model.fullMasks)
      let key = try #require(ticket.rounds[0][.training]).hexadecimal
      let checkpoint = try #require(try bench.results.stages.readCheckpoint(key))
      #expect(checkpoint[numbers: "step"] == [Double(step)])
      #expect(checkpoint[masks: "masks"] == Self.active(prunable))
      #expect(checkpoint[masks: "trained"] == Self.trained(prunable))
      try expectFates(
        try #require(checkpoint[parameters: "parameters"]), ticket.regimen.initialParameters(draw: 0),
        of: prunable.names, removed: true)
      let moments = try #require(checkpoint[parameters: "moments"])
      for name in prunable.names.flatMap({ ["moment1:\($0)", "moment2:\($0)"] }) {
        let bits = bits(try #require(moments[name]))
        for fate in [Fate.frozen, .removed] { #expect(bits[fate]?.allSatisfy { $0 == 0 } == true) }
        #expect(bits[.waiting]?.contains { $0 != 0 } == true)
      }
      try bench.run(plan)
      #expect(try bench.digests(plan) == reference.digests(plan))
    }
  }
}
