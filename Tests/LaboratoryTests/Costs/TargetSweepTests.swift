import CoppiceAutodiff
import CoppiceLaboratory
import CoppiceNetworks
import CoppicePruning
import CoppiceStore
import CoppiceTensors
import CoppiceTerms
import CoppiceTestSupport
import Testing

extension Running {
  /// Sweeps whose pruning ratio is a fraction of something other than weights.
  @Suite struct TargetSweepTests {
    struct Case: Sendable, CustomTestStringConvertible {
      let family: Int
      let granularity: Granularity
      let target: CostTarget
      var testDescription: String { "\(Trial.families[family].model.name), \(granularity), \(target)" }
    }

    static let cases: [Case] = {
      var cases: [Case] = []
      let units: [(Int, Granularity)] = [
        (0, .hiddenUnit), (1, .coupledUnit), (2, .channel), (3, .head), (4, .coupledUnit),
      ]
      let targets: [CostTarget] = [.units, .parameters, .flops, .bytes, .memory]
      for target in targets {
        for (family, granularity) in units {
          cases.append(Case(family: family, granularity: granularity, target: target))
        }
      }
      cases.append(Case(family: 0, granularity: .weight, target: .units))
      cases.append(Case(family: 0, granularity: .weight, target: .parameters))
      cases.append(Case(family: 1, granularity: .weight, target: .flops))
      cases.append(Case(family: 0, granularity: .neuron, target: .units))
      return cases
    }()

    private func trial(_ one: Case, _ sparsity: Double?) -> Trial {
      Trial.families[one.family].with {
        ($0.granularity, $0.target, $0.control) = (one.granularity, one.target, .none)
        ($0.schedule, $0.sparsity, $0.retraining) = (
          .iterative(rounds: 2), sparsity, .fineTune(.iterations(2))
        )
        if one.granularity == .neuron { $0.allocation = .global(ignoring: ["fc2"]) }
      }
    }

    /// What is left, counted on the network that is left.
    private func cost(_ plan: TrialPlan, _ masks: MaskSet?) throws -> Double {
      let whole = plan.regimen.model
      let masks = masks ?? whole.fullMasks
      let trial = plan.trial
      guard trial.granularity.isOfUnits else {
        let perWeight = try whole.evaluationGraph(batch: 1).flopsByParameter
        let gone = masks.counted.map { name, mask in
          let weights = mask.count - mask.keptCount
          return trial.target.name == "flops"
            ? Double(perWeight[name] ?? 0) * Double(weights) / Double(mask.count) : Double(weights)
        }.reduce(0, +)
        switch trial.target.name {
        case "units": return Double(masks.count) - gone
        case "parameters": return Double(whole.declarations.reduce(0) { $0 + $1.shape.count }) - gone
        default: return Double(try whole.evaluationGraph(batch: 1).flops) - gone
        }
      }
      let left = try Compacted(whole, masks: masks).apply(to: whole)
      let parameters = left.declarations.reduce(0) { $0 + $1.shape.count }
      switch trial.target.name {
      case "parameters": return Double(parameters)
      case "flops": return Double(try left.evaluationGraph(batch: 1).flops)
      case "bytes": return Double(4 * (parameters + left.buffers.reduce(0) { $0 + $1.shape.count }))
      case "memory": return Double(Plan.bytes(of: try left.forward(batch: 1, isTraining: false).simplified))
      default:
        let structure = try NetworkStructure(whole)
        let units =
          switch trial.granularity.name {
          case "head": structure.heads.map(\.slices)
          case "channel": structure.channels.map(\.slices)
          case "hidden-unit": structure.hiddenUnits.map(\.slices)
          case "neuron": (0..<12).map { [AxisSlice("fc1.weight", axis: 0, [$0])] }
          default: structure.removable.map(\.slices)
          }
        // A unit is there as long as one of its weights is.
        return Double(
          units.count { slices in
            slices.contains { slice in
              guard let mask = masks[slice.parameter], !masks.isCompanion(slice.parameter) else {
                return false
              }
              let inner = mask.shape.axes[(slice.axis + 1)...].reduce(1, *)
              return mask.bytes.enumerated().contains { element, byte in
                byte == 1 && slice.indices.contains(element / inner % mask.shape[slice.axis])
              }
            }
          })
      }
    }

    /// What the largest unit costs: no step from one unit to the next is larger.
    private func largestStep(_ plan: TrialPlan) throws -> Double {
      let whole = plan.regimen.model
      let (trial, masks) = (plan.trial, whole.fullMasks)
      guard trial.granularity.isOfUnits, trial.target != .units else {
        let perWeight = try whole.evaluationGraph(batch: 1).flopsByParameter
        let costs = masks.map { Double(perWeight[$0.name] ?? 0) / Double($0.mask.count) }
        return trial.target.name == "flops" ? costs.max() ?? 1 : 1
      }
      let structure = try NetworkStructure(whole)
      let groups =
        switch trial.granularity.name {
        case "head": structure.heads
        case "channel": structure.channels
        default: structure.removable
        }
      return try groups.map { group in
        var without = masks
        for slice in group.slices {
          guard let shape = whole.declarations.first(where: { $0.name == slice.parameter })?.shape else {
            continue
          }
          let inner = shape.axes[(slice.axis + 1)...].reduce(1, *)
          var bytes = (without[slice.parameter] ?? Mask(keepingAll: shape)).bytes
          for element in bytes.indices where slice.indices.contains(element / inner % shape[slice.axis]) {
            bytes[element] = 0
          }
          let mask = Mask(shape, bytes)
          if masks[slice.parameter] == nil {
            without.setCompanion(slice.parameter, mask)
          } else {
            without[slice.parameter] = mask
          }
        }
        return try cost(plan, masks) - cost(plan, without)
      }.max() ?? 0
    }

    @Test(arguments: cases) func whatIsAskedForIsGoneToHalfAUnit(one: Case) throws {
      let bench = try Bench()
      // Heads are a small part of the encoder.
      let sparsity = one.granularity == .head && one.target != .units ? 0.1 : 0.4
      let plan = try SweepPlan(trial(one, sparsity))
      try bench.run(plan)
      let record = try bench.record(plan.ticket, of: plan)
      #expect(record.status == .completed && record.rounds.count == 3)
      let whole = try cost(plan.ticket, nil)
      // In a plan arrays begin at multiples of 64 bytes, and a unit has a part in several.
      let half = try (largestStep(plan.ticket) + (one.target == .memory ? 256 : 0)) / 2
      for round in record.rounds {
        let left = try cost(plan.ticket, round.index == 0 ? nil : round.masks)
        let asked = [0, 1 - (1 - sparsity).squareRoot(), sparsity][round.index]
        #expect(abs(round.row[metric: .requestedShare] - asked) < 1e-12)
        #expect(round.row[metric: .achievedCost] == left)
        #expect(round.row[metric: .achievedShare] == 1 - left / whole)
        #expect(abs(round.row[metric: .requestedCost] - (1 - asked) * whole) < 1e-9 * whole)
        #expect(abs(left - (1 - asked) * whole) <= half, "round \(round.index): \(left) of \(whole)")
        #expect(round.row.requestedSparsity.isNaN == (round.index > 0))
        #expect(round.row.targetSparsity == sparsity)
        let isHeld = round.invariants.allSatisfy(\.isHeld)
        #expect(isHeld)
        // The columns that count the same.
        if one.granularity.isOfUnits, round.index > 0 {
          if one.target == .parameters { #expect(round.row[metric: .parametersCompacted] == left) }
          if one.target == .bytes { #expect(round.row[metric: .bytesCompacted] == left) }
          if one.target == .flops { #expect(round.row[metric: .flopsCompacted] == left) }
        }
      }
    }

    @Test func whatIsLeftAtMostIsNeverExceeded() throws {
      let bench = try Bench()
      let one = Case(family: 2, granularity: .channel, target: .flops(atMost: 200_000))
      let plan = try SweepPlan(trial(one, nil))
      try bench.run(plan)
      for round in try bench.record(plan.ticket, of: plan).rounds where round.index == 2 {
        let left = try cost(plan.ticket, round.masks)
        let step = try largestStep(plan.ticket)
        #expect(left <= 200_000 && left > 200_000 - step)
        #expect(round.row[metric: .requestedCost] == 200_000 && round.row[metric: .achievedCost] == left)
      }
      let share = try SweepPlan(trial(Case(family: 0, granularity: .hiddenUnit, target: .flops(0.5)), nil))
      #expect(abs(share.ticket.targetSparsity - 0.5) < 1e-12)
    }

    @Test func aLadderTakesAFractionOfWhatIsLeft() throws {
      let bench = try Bench()
      let plan = try SweepPlan(
        Trial.families[1].with {
          ($0.granularity, $0.target, $0.control) = (.coupledUnit, .parameters, .none)
        })
      try bench.run(plan)
      let rows = try bench.record(plan.ticket, of: plan).rounds.map(\.row)
      #expect(
        rows.map { $0[metric: .requestedShare] }.elementsEqual([0, 0.4, 0.64]) { abs($0 - $1) < 1e-12 })
      #expect(rows.allSatisfy { abs($0[metric: .achievedShare] - $0[metric: .requestedShare]) < 0.1 })
    }

    @Test func controlsAreCountedToo() throws {
      let bench = try Bench()
      let one = Case(family: 2, granularity: .channel, target: .flops)
      let plan = try SweepPlan(trial(one, 0.4).with { $0.control = .randomMask })
      try bench.run(plan)
      let row = try #require(try bench.record(plan.ticket, of: plan).rounds.last).row
      #expect(row[metric: .achievedShare] > 0 && row[metric: .requestedShare] == 0.4)
    }

    @Test(
      arguments: [
        (0, .weight, .weights), (0, .weight, .parameters), (1, .neuron, .flops), (2, .channel, .flops),
        (2, .channel, .weights), (3, .coupledUnit, .parameters),
      ] as [(Int, Granularity, CostTarget)])
    func aBudgetIsSolvedInASweep(family: Int, granularity: Granularity, target: CostTarget) throws {
      let bench = try Bench()
      let plan = try SweepPlan(
        trial(Case(family: family, granularity: granularity, target: target), 0.4).with {
          $0.allocation = granularity == .neuron ? .budget(ignoring: ["fc2"]) : .budget
        })
      #expect(plan.ticket.stages.contains { $0 is SensitivityStage })
      try bench.run(plan)
      let record = try bench.record(plan.ticket, of: plan)
      #expect(record.status == .completed)
      let row = try #require(record.rounds.last).row
      guard target != .weights else {
        #expect(abs(row.sparsity - 0.4) < 0.1)
        return
      }
      let half = try largestStep(plan.ticket) / 2 / cost(plan.ticket, nil)
      #expect(abs(row[metric: .achievedShare] - 0.4) <= max(half, 1e-2), "\(row[metric: .achievedShare])")
    }

    @Test func itChangesNoKeyWhereItIsNotAskedFor() throws {
      let trial = Trial.tiny.with { $0.granularity = .hiddenUnit }
      #expect(!trial.specification.description.contains("target"))
      let flops = try SweepPlan(trial.with { $0.target = .flops }).ticket
      let plain = try SweepPlan(trial).ticket
      #expect(Set(plain.stages.map(\.key)).intersection(flops.stages.map(\.key)).count == 1)
      // The baseline is the same.
      #expect(
        try SweepPlan(trial.with { $0.target = .flops }).trials[0].key == SweepPlan(trial).trials[0].key)
    }

    @Test func whatCannotBeIsRefusedWithWhatWouldBePossible() {
      func refusal(_ change: (inout Trial) -> Void) -> String {
        let trial = Trial.tiny.with {
          ($0.granularity, $0.target) = (.hiddenUnit, .flops)
          change(&$0)
        }
        return message { _ = try SweepPlan(trial) }
      }
      let cases: [(change: (inout Trial) -> Void, words: String)] = [
        ({ $0.sparsity = 0.99 }, "a share of 0.99 of flops cannot be removed, at most 0.8"),
        ({ ($0.granularity, $0.sparsity) = (.hiddenUnit(coupling: Coupling(floor: 6)), 0.6) }, "at most 0.4"),
        (
          { $0.granularity = .hiddenUnit(coupling: Coupling(multiple: 16)) },
          "leaves a multiple of 16 units of every family, and the largest family has 12"
        ),
        ({ ($0.target, $0.granularity) = (.memory, .weight) }, "inside arrays that stay as large"),
        ({ ($0.target, $0.sparsity) = (.flops(atMost: 1e9), nil) }, "is met before anything is pruned"),
        ({ ($0.target, $0.sparsity) = (.parameters(atMost: 2), nil) }, "cannot be reached: of 243 at least "),
        (
          { $0.target = .flops(0.5) },
          "the trial has a sparsity of 0.5 too: set sparsity=none, or target=flops"
        ),
        ({ $0.granularity = .nOfM(keep: 2, of: 4) }, "nothing is left to a target of costs"),
        ({ ($0.dynamics, $0.schedule) = (.gradual(), .none) }, "set target=weights, or dynamics=none"),
        (
          {
            ($0.target, $0.sparsity, $0.schedule) = (.flops(0.5), nil, .lotteryTicket(rounds: 2))
          }, "0.5"
        ),
        ({ $0.target = .latency(table: "0123456789abcdef") }, "measure one with `"),
        (
          {
            ($0.target, $0.sparsity) = (.flops(0.5), nil)
            $0.recipe = Recipe([.train(), .prune(sparsity: 0.5), .retrain()])
          }, "so do the prunings of a recipe"
        ),
      ]
      for (change, words) in cases {
        #expect(refusal(change).contains(words), "\(words): \(refusal(change))")
      }
    }
  }
}
