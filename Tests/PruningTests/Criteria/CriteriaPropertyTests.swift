import CoppicePruning
import CoppiceTensors
import CoppiceTestSupport
import Testing

/// What holds for every criterion of the catalogue.
@Suite struct CriteriaPropertyTests {
  static let all: [Criterion] =
    Criteria.all + [
      .magnitude(norm: .l2), .magnitude(normalised: true), .magnitude(norm: .l2, normalised: true),
    ]

  private func context(_ change: (_ name: String, Tensor) -> Tensor, evidence: Bool) throws -> ScoringContext
  {
    let whole = Networks.context()
    func changed(_ values: ParameterSet) -> ParameterSet {
      ParameterSet(values.map { ($0.name, change($0.name, $0.tensor)) })
    }
    return ScoringContext(
      weights: changed(whole.weights), masks: whole.masks,
      initialWeights: changed(try whole.initialWeights()), seed: 7, structure: Networks.structure,
      evidence: try Networks.evidence.map { found in
        let values = try whole.evidence(found)
        return (found, evidence ? changed(values) : values)
      })
  }

  /// Weights of another unit: all twice as large, before and after the training. Nothing else goes. (The objective of CHITA has a
  /// unit of its own.)
  @Test(arguments: all.filter { $0.name != "chita" }) func aScaleOfAllWeightsChangesNoMask(
    criterion: Criterion
  ) throws {
    let doubled = try context({ Tensor($1.shape, $1.scalars.map { 2 * $0 }) }, evidence: false)
    for granularity in criterion.solves ? [.weight] : Granularities.all where granularity != .nOfM {
      for sparsity in [0.3, 0.8] {
        let pruner = Pruner(
          criterion: criterion, granularity: granularity,
          allocation: criterion.solves ? .layerWise : .global)
        let masks = try pruner.prune(
          Networks.context(), structure: Networks.structure, to: .sparsity(sparsity)
        ).masks
        #expect(
          try pruner.prune(doubled, structure: Networks.structure, to: .sparsity(sparsity)).masks == masks)
      }
    }
  }

  /// Neurons in another order have the same scores in that order. A drawn number belongs to a place, and so do a
  /// head and what is known of pairs of weights.
  @Test(arguments: all.filter { $0 != .random && $0 != .headImportance && !$0.movesSurvivors })
  func neuronsInAnotherOrderHaveTheSameScores(criterion: Criterion) throws {
    func turned(_ tensor: Tensor) -> Tensor {
      let length = tensor.shape.count / tensor.shape[0]
      let rows = (0..<tensor.shape[0]).reversed().flatMap { row in
        tensor.scalars[(row * length)..<((row + 1) * length)]
      }
      return Tensor(tensor.shape, Array(rows))
    }
    let plain = try criterion.scores(in: Networks.context())
    let found = try criterion.scores(in: context({ turned($1) }, evidence: true))
    for (name, score) in found {
      let expected = turned(try #require(plain[name])).scalars
      for (a, b) in zip(score.scalars, expected) { #expect(abs(a - b) <= 1e-5 * max(1, abs(b)), "\(name)") }
    }
  }

  @Test(arguments: all.filter { !$0.solves }) func scoresAreFiniteWhereNothingIsLeft(criterion: Criterion)
    throws
  {
    var masks = Networks.context().masks
    masks["fc1.weight"] = Mask([12, 20], [UInt8](repeating: 0, count: 240))
    #expect(throws: Never.self) { try criterion.scores(in: Networks.context(masks)) }
  }

  /// The square of one weight's product has the order of its size.
  @Test(arguments: [Granularity.weight, .nOfM]) func aGateOnOneWeightIsTaylors(granularity: Granularity)
    throws
  {
    func masks(_ criterion: Criterion) throws -> MaskSet {
      try Pruner(criterion: criterion, granularity: granularity, allocation: .layerWise(ignoring: ["conv"]))
        .prune(Networks.context(), structure: Networks.structure, to: .sparsity(0.5)).masks
    }
    #expect(try masks(.taylorGate) == masks(.taylor))
  }

  /// What does not go together is refused before anything is trained.
  @Test func roundsRowsAndFloorsThatCannotBeAreRefused() {
    let layers = Networks.context().masks.layers
    func problem(_ criterion: Criterion, _ granularity: Granularity, _ allocation: Allocation) -> String {
      message {
        try Pruner(criterion: criterion, granularity: granularity, allocation: allocation)
          .checkCompatibility(with: layers, structure: Networks.structure)
      }
    }
    #expect(
      problem(.snip(rounds: 5), .nOfM, .layerWise(ignoring: ["conv"])).contains("it prunes in 5 rounds"))
    #expect(problem(.sparseGPT(), .weight, .rowWise).contains("use layer-wise"))
    #expect(
      problem(.magnitude, .neuron, .owl(floor: .count(3))).contains(
        "the floor of allocation owl holds single"))
    #expect(
      message {
        try Pruner(
          criterion: .magnitude, granularity: .nOfM,
          allocation: .global(ignoring: ["conv"], floor: .count(40))
        )
        .quota(for: layers.filter { $0.name != "conv.weight" }, target: .sparsity(0.5))
      }.contains("n-of-m"))
  }

  /// A criterion that reads nothing but weights comes to the same masks in any number of cuts. Of neurons it comes to the same
  /// number, to within half of one.
  @Test func roundsComeToTheWholeQuota() throws {
    let masks = Networks.context().masks
    for rounds in [1, 2, 7] {
      let criterion = Criterion("ramp", rounds: rounds) { context in
        try context.scoreEach { _, weight in Tensor(weight.shape, weight.scalars.map { $0.magnitude }) }
      }
      #expect(criterion.specification.fields.count == (rounds == 1 ? 0 : 1))
      for allocation in Allocations.all {
        let pruner = Pruner(criterion: criterion, allocation: allocation)
        let once = try Pruner(criterion: .magnitude, allocation: allocation)
        for target in [PruningTarget.sparsity(0.97), .rate(0.4, times: 3)] {
          let pruning = try pruner.prune(Networks.context(masks), to: target)
          let plain = try once.prune(Networks.context(masks), to: target)
          #expect(pruning.report.keptCount == plain.report.requestedCount)
          #expect(pruning.masks == plain.masks, "\(allocation) in \(rounds)")
          // Neurons do not compete in rows.
          guard allocation != .rowWise else { continue }
          let report = try Pruner(criterion: criterion, granularity: .neuron, allocation: allocation)
            .prune(Networks.context(masks), structure: Networks.structure, to: target).report
          let sizes = report.layers.map { $0.count / (masks[$0.name]?.shape[0] ?? 1) }
          #expect(sizes == [18, 20, 12])
          for (layer, size) in zip(report.layers, sizes) {
            guard let requested = layer.requested else { continue }
            #expect(2 * abs(layer.kept - requested) <= size, "\(allocation) in \(rounds): \(layer.name)")
          }
          if report.layers[0].requested == nil {
            #expect(2 * abs(report.keptCount - report.requestedCount) <= 20, "\(allocation) in \(rounds)")
          }
        }
      }
    }
  }
}
