import CoppicePruning
import CoppiceTensors
import CoppiceTerms
import CoppiceTestSupport
import Testing

@Suite struct DynamicsTests {
  private let masks = MaskSet([("a", Mask([2, 2], [1, 1, 1, 0])), ("b", Mask(keepingAll: [3]))])

  private func context(step: Int = 4, seed: UInt64 = 1) -> DynamicsContext {
    DynamicsContext(
      moment: DynamicsMoment(step: step, total: 10, perEpoch: 5), ratio: 0.5,
      weights: ParameterSet(masks.map { ($0.name, Tensor(repeating: 1, $0.mask.shape)) }),
      masks: DynamicMasks(active: masks), seed: seed, prune: { _, _ in self.masks },
      evidence: { _ in ParameterSet() })
  }

  private func dynamics(
    promising count: Int? = nil, _ masks: @escaping @Sendable (DynamicMasks) -> DynamicMasks
  ) -> Dynamics {
    Dynamics("mine", isDue: { _ in true }, target: { _, _ in count.map { .sparsity(1 - Double($0) / 7) } }) {
      masks($0.masks)
    }
  }

  @Test func theCatalogue() { #expect(faults(of: Dynamics.catalogue) == []) }

  @Test func equalMasksAreOne() {
    #expect(DynamicMasks(active: masks, trained: masks).trained == nil)
    #expect(DynamicMasks(active: masks, trained: masks) == DynamicMasks(active: masks))
    let others = MaskSet(masks.map { ($0.name, Mask(keepingAll: $0.mask.shape)) })
    #expect(DynamicMasks(active: masks, trained: others).trained == others)
  }

  @Test func aMomentCountsItsSteps() throws {
    let moment = context().moment
    #expect(try moment.steps(.share(0.3)) == 3)
    #expect(try moment.steps(.epochs(2)) == 10)
    #expect(try moment.steps(.iterations(7)) == 7)
  }

  /// Against asking every step: of moves at one interval, and of moves that only a closure knows.
  @Test(arguments: [0, 1, 7, 10, 12, 20, 31], [1, 2, 3, 7])
  func movesAreFoundWithoutAskingEveryStep(total: Int, interval: Int) throws {
    for (first, count) in [(0, 1), (0, 5), (3, 4), (6, 0), (12, 2)] {
      let moves = DynamicsMoves(first: first, every: interval, count: count)
      let asked = Dynamics("asked", isDue: { moves.place(of: $0.step) != nil }) { $0.masks }
      let told = Dynamics("told", moves: { _ in moves }) { $0.masks }
      let steps = (0...total).filter { step in
        (0..<count).contains { first + $0 * interval == step }
      }
      for dynamics in [asked, told] {
        var found: [Int] = []
        try dynamics.forEachMove(total: total, perEpoch: 5) { found.append($0.step) }
        #expect(found == steps)
        #expect(try dynamics.lastMove(total: total, perEpoch: 5) == steps.last ?? 0)
        for step in 0...total {
          let moment = DynamicsMoment(step: step, total: total, perEpoch: 5)
          #expect(try dynamics.isDue(moment) == steps.contains(step))
        }
      }
    }
  }

  /// A million million steps are more than anybody asks one by one.
  @Test(.timeLimit(.minutes(5))) func aLongTrainingIsNotWalkedThrough() throws {
    let dynamics = Dynamics.gradual(to: .share(0.1), every: .share(0.025))
    let total = 1_000_000_000_000
    #expect(try dynamics.lastMove(total: total, perEpoch: 100) == total / 10)
    var steps: [Int] = []
    try dynamics.forEachMove(total: total, perEpoch: 100) { steps.append($0.step / (total / 40)) }
    #expect(steps == [0, 1, 2, 3, 4])
  }

  @Test func masksMustBeThoseOfTheWeights() throws {
    let fewer = masks.filter { $0.name == "a" }
    for changed in [
      dynamics { _ in DynamicMasks(active: fewer) },
      dynamics { DynamicMasks(active: $0.active, trained: fewer) },
    ] {
      #expect(throws: DynamicsError.otherLayers("mine", ["a"], ["a", "b"])) {
        try changed.masks(in: context())
      }
    }
    let turned = dynamics { old in
      var masks = old
      masks.active["b"] = Mask(keepingAll: [1, 3])
      return masks
    }
    #expect(throws: DynamicsError.otherShape("mine", "b")) { try turned.masks(in: context()) }
    // A companion goes along without being asked for.
    let companion = dynamics { old in
      var masks = old
      masks.active.setCompanion("a.bias", Mask(keepingAll: [2]))
      return masks
    }
    #expect(try companion.masks(in: context()).active.isCompanion("a.bias"))
  }

  @Test func whatIsPromisedIsChecked() throws {
    #expect(try dynamics(promising: 6) { $0 }.masks(in: context()).active == masks)
    #expect(throws: DynamicsError.count("mine", step: 4, promised: 4, found: 6)) {
      try dynamics(promising: 4) { $0 }.masks(in: context(), slack: 1)
    }
    #expect(try dynamics(promising: 4) { $0 }.masks(in: context(), slack: 2).active == masks)
  }

  @Test func randomNumbersAreOfTheSeedTheParameterAndTheMoment() throws {
    func draw(_ parameter: String, _ context: DynamicsContext) throws -> [UInt32] {
      var random = try context.random(for: parameter)
      return (0..<4).map { _ in random.integer(below: 1 << 30) }
    }
    let first = try draw("a", context())
    #expect(try draw("a", context()) == first)
    #expect(try draw("b", context()) != first)
    #expect(try draw("a", context(step: 5)) != first)
    #expect(try draw("a", context(seed: 2)) != first)
    #expect(throws: PruningError.missingParameter("c", in: "weights")) { try context().random(for: "c") }
  }

  @Test func errorsSayWhatIsWrong() {
    #expect(
      "\(DynamicsError.otherLayers("mine", ["a"], ["a", "b"]))"
        == "dynamics mine gives masks of a where the prunable weights are a, b: change the masks it is given and return all of "
        + "them")
    #expect(
      "\(DynamicsError.otherShape("mine", "b"))"
        == "dynamics mine gives a mask of b in another shape than the weight has")
    #expect(
      "\(DynamicsError.count("mine", step: 4, promised: 5, found: 6))"
        == "dynamics mine promises 5 survivors at step 4 and leaves 6: its masks or its count are wrong")
  }
}
