import CoppicePruning
import CoppiceTensors
import Testing

/// Criteria that look at weights alone, before and after a training.
@Suite struct WeightCriteriaTests {
  private func scores(
    _ criterion: Criterion, _ weight: [Float], initial: [Float]? = nil, mask: [UInt8]? = nil,
    shape: Shape? = nil
  ) throws -> [Float] {
    let shape = shape ?? [1, weight.count]
    let context = ScoringContext(
      weights: ParameterSet([("w", Tensor(shape, weight))]),
      masks: MaskSet([("w", mask.map { Mask(shape, $0) } ?? Mask(keepingAll: shape))]),
      initialWeights: initial.map { ParameterSet([("w", Tensor(shape, $0))]) })
    return try #require(try criterion.scores(in: context)["w"]).scalars
  }

  @Test func magnitudeHasTwoNormsAndIsNormalisedByLayer() throws {
    #expect(try scores(.magnitude(norm: .l2), [3, -4, 0.5]) == [9, 16, 0.25])
    #expect(try scores(.magnitude(normalised: true), [3, -4, 0]) == [0.6, 0.8, 0])
    #expect(try scores(.magnitude(norm: .l2, normalised: true), [3, -4, 0]) == [0.36, 0.64, 0])
    #expect(try scores(.magnitude(normalised: true), [0, 0]) == [0, 0])
    // Of survivors alone.
    #expect(try scores(.magnitude(normalised: true), [3, -4, 12], mask: [1, 1, 0]).prefix(2) == [0.6, 0.8])
    #expect(Criterion.magnitude() == .magnitude)
    #expect("\(Criterion.magnitude(norm: .l2, normalised: true))" == "magnitude(norm: l2, normalised: true)")
    #expect(
      try Criterion(parsing: "magnitude(norm: l2, normalised: true)")
        == .magnitude(norm: .l2, normalised: true)
    )
    #expect(try Criterion(parsing: "large-final") == .magnitude)
    #expect(throws: (any Error).self) { try Criterion(parsing: "magnitude(norm: l3)") }
  }

  /// u² / Σ v² over |v| ≥ |u|: of 1, 2 and 3 these are 1 / 14, 4 / 13 and 1.
  @Test func lampIsItsWorkedExample() throws {
    #expect(try scores(.lamp, [-2, 3, 1]) == [Float(4.0 / 13), 1, Float(1.0 / 14)])
    // Equal weights are equal, pruned ones are in no sum, and 0 is the least.
    #expect(try scores(.lamp, [2, -2, 1]) == [0.5, 0.5, Float(1.0 / 9)])
    #expect(try scores(.lamp, [-2, 3, 1], mask: [1, 0, 1]) == [1, 0, 0.2])
    #expect(try scores(.lamp, [0, 0]) == [0, 0])
  }

  @Test func lampEmptiesNoLayerThatHasOneWeightToKeep() throws {
    // A layer a million times smaller than the other.
    let weights = ParameterSet([
      ("a", Tensor([2, 3], [1, 2, 3, 4, 5, 6])), ("b", Tensor([1, 3], [1e-6, 3e-6, 2e-6])),
    ])
    let masks = MaskSet(weights.map { ($0.name, Mask(keepingAll: $0.tensor.shape)) })
    let context = ScoringContext(weights: weights, masks: masks)
    let lamp = try Pruner(criterion: .lamp).prune(context, to: .sparsity(7.0 / 9)).masks
    #expect(lamp["a"]?.bytes == [0, 0, 0, 0, 0, 1])
    #expect(lamp["b"]?.bytes == [0, 1, 0])
    let magnitude = try Pruner(criterion: .magnitude).prune(context, to: .sparsity(7.0 / 9)).masks
    #expect(magnitude["b"]?.keptCount == 0)
  }

  @Test func theFilterAmongTheOthersGoesFirst() throws {
    // Points in a plane: the third lies among the others and is the largest but one.
    let weight: [Float] = [0, 0, 6, 8, 3, 4, 0, 10]
    let distances: [Double] = [
      10 + 5 + 10, 10 + 5 + 40.squareRoot(), 5 + 5 + 45.squareRoot(), 10 + 40.squareRoot() + 45.squareRoot(),
    ]
    let found = try scores(.geometricMedian, weight, shape: [4, 2])
    #expect(found == distances.flatMap { [Float($0), Float($0)] })
    #expect(found.min() == found[4])
    // A pruned filter is no neighbour.
    let rest = try scores(.geometricMedian, weight, mask: [1, 1, 1, 1, 1, 1, 0, 0], shape: [4, 2])
    #expect(rest.prefix(6) == [15, 15, 15, 15, 10, 10])
  }

  private func problem(
    _ criterion: Criterion, _ granularity: Granularity, _ allocation: Allocation = .global,
    _ structure: NetworkStructure = Networks.structure
  ) -> String {
    do {
      try Pruner(criterion: criterion, granularity: granularity, allocation: allocation).checkCompatibility(
        with: Networks.context().masks.layers, structure: structure)
      return ""
    } catch { return "\(error)" }
  }

  @Test(arguments: [Criterion.geometricMedian, .networkSlimming, .taylorActivation])
  func scoresOfRowsTakeRows(criterion: Criterion) {
    #expect(problem(criterion, .neuron) == "")
    for granularity in [Granularity.weight, .head] {
      #expect(
        problem(criterion, granularity)
          == "criterion \(criterion.name) cannot be used here: it gives one score to a whole neuron or filter, and granularity "
          + "\(granularity.name) has other units; use neuron")
    }
  }

  @Test func slimmingTakesTheScales() throws {
    let context = Networks.context()
    let scales = try #require(context.weights["conv.scale"]).scalars
    let scores = try #require(try Criterion.networkSlimming.scores(in: context)["conv.weight"]).scalars
    for element in scores.indices { #expect(scores[element] == scales[element / 18].magnitude) }
    let pruning = try Pruner(
      criterion: .networkSlimming, granularity: .neuron, allocation: .global(ignoring: ["fc1", "fc2"])
    ).prune(context, structure: Networks.structure, to: .sparsity(0.25))
    let least = try #require(scales.indices.min { scales[$0].magnitude < scales[$1].magnitude })
    #expect((0..<4).filter { pruning.masks["conv.weight"]?.bytes[$0 * 18] == 0 } == [least])
  }

  @Test func slimmingNeedsABatchNormalisation() {
    #expect(
      problem(.networkSlimming, .neuron, .global, .none)
        == "criterion network-slimming cannot be used here: the model has no batch normalisation behind a prunable layer, whose "
        + "scales are the scores; use a model that has, such as resnet-20, or another criterion of filters, such as magnitude or "
        + "geometric-median")
    let some = NetworkStructure(scales: ["conv.weight": "conv.scale"])
    #expect(
      problem(.networkSlimming, .neuron, .layerWise, some)
        == "criterion network-slimming cannot be used here: no batch normalisation stands behind fc1.weight, fc2.weight; let the "
        + "allocation ignore what has none, as layer-wise(ignoring: [fc1.weight, fc2.weight])")
    #expect(problem(.networkSlimming, .neuron, .global(ignoring: ["fc1", "fc2"]), some) == "")
  }

  /// The mask criteria of Zhou et al. on one layer: larger, smaller, unmoved, of another sign, from and to 0.
  static let (initial, final): ([Float], [Float]) = ([1, -3, 2, 0.5, 0, -4], [2, -1, 2, -6, 5, 0])
  static let masks: [(Criterion, [Float])] = [
    (.magnitude, [2, 1, 2, 6, 5, 0]), (.smallFinal, [-2, -1, -2, -6, -5, -0.0]),
    (.largeInit, [1, 3, 2, 0.5, 0, 4]), (.smallInit, [-1, -3, -2, -0.5, -0.0, -4]),
    (.magnitudeIncrease, [1, -2, 0, 5.5, 5, -4]), (.movement, [1, 2, 0, 6.5, 5, 4]),
    (.largeFinalSameSign, [2, 1, 2, 0, 0, 0]), (.largeFinalDiffSign, [0, 0, 0, 6, 0, 0]),
    (.magnitudeIncreaseSameSign, [1, 0, 0, 0, 0, 0]),
    // Ranks of |w₀| are 2, 4, 3, 1, 0, 5 sixths, of |w| 2, 1, 2, 5, 4, 0.
    (.largeInitLargeFinal, [2, 1, 2, 1, 0, 0].map { Float($0 / 6.0) }),
    (.smallInitSmallFinal, [-2, -4, -3, -5, -4, -5].map { Float($0 / 6.0) }),
  ]

  @Test(arguments: masks) func maskCriteriaAreTheirDefinitions(criterion: Criterion, expected: [Float]) throws
  {
    #expect(try scores(criterion, Self.final, initial: Self.initial) == expected)
  }

  /// A weight that is not 0 and was not is in one of the two with its magnitude, and in the other with 0.
  @Test func theTwoSignsShareTheMagnitudes() throws {
    var generator = Generator(state: 6)
    let (initial, final) = (
      (0..<40).map { _ in generator.float() }, (0..<40).map { _ in generator.float() }
    )
    let same = try scores(.largeFinalSameSign, final, initial: initial)
    let other = try scores(.largeFinalDiffSign, final, initial: initial)
    #expect(same.contains { $0 > 0 } && other.contains { $0 > 0 })
    for index in final.indices {
      #expect(min(same[index], other[index]) == 0)
      #expect(max(same[index], other[index]) == final[index].magnitude)
    }
  }

  /// What the lower rank keeps is what lies above one percentile of both.
  @Test func ranksKeepWhatIsLargeInBoth() throws {
    var generator = Generator(state: 5)
    let (initial, final) = (
      (0..<40).map { _ in generator.float() }, (0..<40).map { _ in generator.float() }
    )
    let found = try scores(.largeInitLargeFinal, final, initial: initial)
    for kept in 1..<40 {
      let best = found.indices.sorted { found[$0] > found[$1] }.prefix(kept)
      guard let least = best.map({ found[$0] }).min(), found.count(where: { $0 >= least }) == kept else {
        continue
      }
      func percentile(_ values: [Float], _ index: Int) -> Double {
        Double(values.count { $0.magnitude < values[index].magnitude }) / 40
      }
      let above = found.indices.filter {
        percentile(initial, $0) >= Double(least) - 1e-6 && percentile(final, $0) >= Double(least) - 1e-6
      }
      #expect(Set(above) == Set(best))
    }
  }
}
