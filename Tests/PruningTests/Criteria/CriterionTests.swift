import CoppicePruning
import CoppiceTensors
import Testing

/// The contract of every shipped criterion, and each one's formula.
@Suite struct CriterionTests {
  @Test(arguments: Criteria.all.filter { !$0.solves })
  func scoresEveryPrunableWeight(criterion: Criterion) throws {
    let context = Networks.context()
    let scores = try criterion.scores(in: context)
    #expect(scores.names == context.masks.names)
    for (name, score) in scores {
      #expect(score.shape == context.weights[name]?.shape)
      #expect(score.isFinite)
      // Where no head has a part in a weight, and where no unit can be merged, nothing tells its elements apart.
      let isScored =
        (criterion != .headImportance || name != "conv.weight")
        && (criterion != .merge() || name != "fc2.weight")
      #expect(score.scalars.contains { $0 != score.scalars[0] } == isScored)
    }
    #expect(scores.hasSameBits(as: try criterion.scores(in: Networks.context())))
    #expect(criterion.specification.isVersioned)
  }

  /// What holds of every pruning whatever its criterion: the count is exact, masks nest, pruned weights are 0, survivors finite, and
  /// the same again has the same bits.
  @Test(arguments: Criteria.all)
  func prunesExactlyAndTheSameAgain(criterion: Criterion) throws {
    #expect(try Criteria.named(criterion.name) == criterion)
    let pruner = Pruner(criterion: criterion, allocation: .layerWise)
    let first = try pruner.prune(Networks.context(), to: .sparsity(0.37))
    for layer in first.report.layers {
      #expect(layer.kept == layer.count - Int((0.37 * Double(layer.count)).rounded()))
    }
    let again = try pruner.prune(Networks.context(), to: .sparsity(0.37))
    #expect(again.masks == first.masks)
    #expect((first.weights == nil) == !criterion.movesSurvivors)
    if let weights = first.weights {
      #expect(weights.hasSameBits(as: try #require(again.weights)))
      #expect(weights.allSatisfy { $0.tensor.isFinite })
      #expect(weights.hasSameBits(as: first.masks.applied(to: weights)))
      #expect(weights["conv.bias"] == Networks.context().weights["conv.bias"])
    }
    let second = try pruner.prune(Networks.context(first.masks), to: .sparsity(0.8))
    #expect(second.masks.isSubset(of: first.masks))
    #expect(second.report.layers.allSatisfy { $0.kept == $0.count - Int((0.8 * Double($0.count)).rounded()) })
  }

  @Test(arguments: Criteria.all)
  func needsWhatItDeclares(criterion: Criterion) {
    let whole = Networks.context()
    let bare = ScoringContext(weights: whole.weights, masks: whole.masks)
    let pruner = Pruner(criterion: criterion, allocation: .layerWise)
    if criterion.needs.isEmpty {
      #expect(throws: Never.self) { try pruner.prune(bare, to: .sparsity(0.5)) }
    } else {
      #expect(throws: PruningError.unavailable(criterion.needs.all[0], criterion: criterion.name)) {
        try pruner.prune(bare, to: .sparsity(0.5))
      }
    }
  }

  @Test func magnitudeIsTheAbsoluteValue() throws {
    let context = Networks.context()
    for (name, score) in try Criterion.magnitude.scores(in: context) {
      #expect(score.scalars == context.weights[name]?.scalars.map { $0.magnitude })
    }
  }

  @Test func taylorIsTheAbsoluteProduct() throws {
    let context = Networks.context()
    let gradients = try context.gradients()
    for (name, score) in try Criterion.taylor.scores(in: context) {
      let (weight, gradient) = (try #require(context.weights[name]), try #require(gradients[name]))
      for index in score.scalars.indices {
        #expect(score.scalars[index] == (weight.scalars[index] * gradient.scalars[index]).magnitude)
      }
    }
  }

  @Test func snipIsTheShareOfTheAbsoluteProduct() throws {
    let (taylor, snip) = (
      try Criterion.taylor.scores(in: Networks.context()), try Criterion.snip.scores(in: Networks.context())
    )
    let sum = taylor.reduce(0) { $0 + $1.tensor.scalars.reduce(0) { $0 + Double($1) } }
    for (name, score) in snip {
      for (share, product) in zip(score.scalars, try #require(taylor[name]).scalars) {
        #expect(abs(Double(share) * sum - Double(product)) <= 1e-6 * Double(product))
      }
    }
    #expect(abs(snip.reduce(0) { $0 + $1.tensor.scalars.reduce(0) { $0 + Double($1) } } - 1) < 1e-5)
  }

  @Test func nothingIsSensitiveWhereNoGradientIs() throws {
    let whole = Networks.context()
    let context = ScoringContext(
      weights: whole.weights, masks: whole.masks,
      evidence: [(.gradients, whole.weights.mapValues { Tensor(repeating: 0, $0.shape) })])
    let scores = try Criterion.snip.scores(in: context)
    #expect(scores.allSatisfy { $0.tensor.scalars.allSatisfy { $0 == 0 } })
  }

  @Test func randomScoresFollowTheSeedAndTheParameterAlone() throws {
    let first = try Criterion.random.scores(in: Networks.context())
    #expect(try Criterion.random.scores(in: Networks.context(seed: 8)) != first)
    #expect(first["conv.weight"]?.scalars.prefix(10) != first["fc1.weight"]?.scalars.prefix(10))
    var masks = Networks.context().masks
    masks["fc1.weight"] = Mask([12, 20], (0..<240).map { UInt8($0 % 2) })
    #expect(try Criterion.random.scores(in: Networks.context(masks)).hasSameBits(as: first))
    #expect(first.allSatisfy { $0.tensor.scalars.allSatisfy { (0..<1).contains($0) } })
  }

  @Test func readingWhatIsNotDeclaredIsRefused() {
    let context = Networks.context()
    #expect(throws: PruningError.undeclaredNeed(.gradients, criterion: "sly")) {
      try Criterion("sly") { try $0.gradients() }.scores(in: context)
    }
    #expect(throws: PruningError.undeclaredNeed(.initialWeights, criterion: "sly")) {
      try Criterion("sly", needs: .gradients) { try $0.initialWeights() }.scores(in: context)
    }
    #expect(throws: PruningError.undeclaredNeed(.randomness, criterion: "sly")) {
      try Criterion("sly") { context in
        _ = try context.random(for: "fc1.weight")
        return context.weights
      }.scores(in: context)
    }
    #expect(throws: Never.self) {
      try Criterion("fair", needs: .initialWeights) { try $0.initialWeights() }.scores(in: context)
    }
  }

  @Test func evidenceIsFoundByAllItIs() throws {
    let whole = Networks.context()
    func evidence(_ batch: Evidence.Batch, field: Int) -> Evidence {
      Evidence("mine", fields: [("field", .integer(field))], batch: batch) { _ in [] }
    }
    let context = ScoringContext(
      weights: whole.weights, masks: whole.masks, evidence: [(evidence(.whole, field: 1), whole.weights)])
    let reader = { (evidence: Evidence) in
      Criterion("reader", needs: .evidence(evidence)) { try $0.evidence(evidence) }
    }
    #expect(throws: Never.self) { try reader(evidence(.whole, field: 1)).scores(in: context) }
    let other = evidence(.whole, field: 2)
    #expect(throws: PruningError.unavailable(.evidence(other), criterion: "reader")) {
      try reader(other).scores(in: context)
    }
    #expect(throws: PruningError.undeclaredNeed(.evidence(.inputSquares), criterion: "sly")) {
      try Criterion("sly", needs: [.gradients, .randomness]) { try $0.evidence(.inputSquares) }.scores(
        in: whole)
    }
  }

  @Test func evidenceMustFitTheWeights() throws {
    let whole = Networks.context()
    func scores(_ change: (inout ParameterSet) -> Void) throws {
      var gradients = try whole.gradients()
      change(&gradients)
      _ = try Criterion.taylor.scores(
        in: ScoringContext(weights: whole.weights, masks: whole.masks, evidence: [(.gradients, gradients)]))
    }
    #expect(throws: PruningError.missingParameter("fc1.weight", in: "gradients")) {
      try scores { $0["fc1.weight"] = nil }
    }
    #expect(
      throws: PruningError.evidenceShape([3], of: "fc1.weight", shape: [12, 20], evidence: "gradients")
    ) {
      try scores { $0["fc1.weight"] = Tensor([3], [1, 2, 3]) }
    }
  }

  @Test func scoresAreChecked() throws {
    let context = Networks.context()
    func scores(_ name: String, _ change: @escaping @Sendable (inout ParameterSet) -> Void) throws
      -> ParameterSet
    {
      try Criterion(name) { context in
        var scores = context.weights
        change(&scores)
        return scores
      }.scores(in: context)
    }
    #expect(throws: PruningError.scoreShape([3], of: "fc2.weight", shape: [5, 12], criterion: "flat")) {
      try scores("flat") { $0["fc2.weight"] = Tensor([3], [1, 2, 3]) }
    }
    #expect(throws: PruningError.missingParameter("conv.weight", in: "scores of criterion empty")) {
      try scores("empty") { $0 = ParameterSet() }
    }
    #expect(
      throws: PruningError.scoreNotFinite(.infinity, of: "fc1.weight", index: 7, criterion: "huge")
    ) {
      try scores("huge") { $0["fc1.weight"]?.scalars[7] = .infinity }
    }
    #expect(throws: PruningError.self) { try scores("lost") { $0["fc1.weight"]?.scalars[7] = .nan } }
  }

  @Test func scoresOfPrunedWeightsAreIgnored() throws {
    var masks = Networks.context().masks
    masks["fc1.weight"]?.bytes[7] = 0
    let criterion = Criterion("reciprocal") { context in
      try context.scoreEach { _, weight in Tensor(weight.shape, weight.scalars.map { 1 / $0 }) }
    }
    #expect(throws: Never.self) { try criterion.scores(in: Networks.context(masks)) }
  }
}
