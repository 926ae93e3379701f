import CoppicePruning
import CoppiceTensors
import Testing

@Suite struct PrunerTests {
  /// Criteria that meet every allocation: what scores are made of makes no difference to one, and it takes a while.
  static let everywhere: [Criterion] = [.magnitude, .random, .taylor, .snip, .fisher, .wanda]

  static let everyPruner: [Pruner] = Criteria.all.flatMap { criterion in
    (Granularities.all + [.neuron(aggregate: .l2, normalised: true)]).flatMap { granularity in
      (Allocations.all + [.layerWise(output: 0.5), .global(ignoring: ["fc2"])]).compactMap { allocation in
        // Rows compete weight by weight, and heads reach into fc2.
        if granularity != .weight, allocation == .rowWise { return nil }
        // A pattern has one sparsity: NOfMTests.
        if granularity == .nOfM { return nil }
        // What blocks, coupled units and measured shares do, no criterion changes.
        let isBlock = granularity == .block || granularity == .oneByN || granularity.coupling != nil
        if isBlock || allocation.isMeasured, criterion != .magnitude, criterion != .random { return nil }
        let isInLast = granularity == .head || granularity == .hiddenUnit
        if isInLast, allocation == .global(ignoring: ["fc2"]) { return nil }
        if granularity.coupling != nil, allocation.hasFloor { return nil }
        // Families have sensitivities of their own: FamilyBudgetTests.
        if granularity.coupling != nil, allocation.sharesCosts { return nil }
        if !everywhere.contains(criterion), allocation != .global, allocation != .layerWise { return nil }
        // Solvers take weights of one layer at a time.
        if criterion.solves, granularity != .weight || allocation.name == "global" { return nil }
        return Pruner(
          criterion: quick(criterion), granularity: withoutFloor(granularity), allocation: allocation)
      }
    }
  }

  /// Coupled units of which all may go: a floor would keep them from what is asked for.
  private static func withoutFloor(_ granularity: Granularity) -> Granularity {
    let coupling = Coupling(floor: 0)
    return switch granularity {
    case .channel: .channel(coupling: coupling)
    case .hiddenUnit: .hiddenUnit(coupling: coupling)
    case .embeddingWidth: .embeddingWidth(coupling: coupling)
    case .coupledUnit: .coupledUnit(coupling: coupling)
    case .residualBranch: .residualBranch(coupling: coupling)
    case .residualBlock: .residualBlock(coupling: coupling)
    default: granularity
    }
  }

  /// What is slow in a debug build, with smaller blocks and fewer steps.
  private static func quick(_ criterion: Criterion) -> Criterion {
    switch criterion.name {
    case "chita": .chita(iterations: 2)
    case "wood-fisher": .woodFisher(block: 10)
    default: criterion
    }
  }

  @Test(arguments: everyPruner)
  func masksShrinkRoundByRoundToWhatWasAskedFor(pruner: Pruner) throws {
    let geometric = (1...5).map { PruningTarget.sparsity(1 - Elementary.pow(0.2, Double($0) / 5)) }
    let ladder = [PruningTarget](repeating: .rate(0.2, times: 1), count: 12)
    for targets in [[.sparsity(0.8)], geometric, ladder] {
      var masks = Networks.context().masks
      for target in targets {
        let structure = Networks.structure
        let pruning = try pruner.prune(Networks.context(masks), structure: structure, to: target)
        #expect(pruning.masks.isSubset(of: masks))
        #expect(try pruner.prune(Networks.context(masks), structure: structure, to: target) == pruning)
        let report = pruning.report
        #expect(
          report.keptCount == (try pruner.prunable(among: pruning.masks, structure: structure)).keptCount)
        #expect((pruning.weights == nil) == !pruner.criterion.movesSurvivors)
        if pruner.granularity == .weight {
          #expect(report.keptCount == report.requestedCount)
          #expect(report.sparsity == report.requestedSparsity)
          for layer in report.layers { #expect(layer.requested ?? layer.kept == layer.kept) }
        } else {
          // A row of the convolution, of fc1 or of fc2; a head owns 3 · 20 + 5 · 3 weights, 1×4 takes 4 kernels of 9, and a channel has
          // a filter of 18 and 5 columns of 12. A branch is all of fc1.
          let sizes = [
            "head": 75, "block": 16, "one-by-n": 36, "channel": 78, "embedding-width": 36, "coupled-unit": 78,
            "residual-branch": 240, "residual-block": 240,
          ]
          let largest = sizes[pruner.granularity.name] ?? 20
          let slack = pruner.allocation.name == "global" ? largest : largest * report.layers.count
          #expect(2 * abs(report.keptCount - report.requestedCount) <= slack)
        }
        masks = pruning.masks
      }
    }
  }

  @Test func theReportNamesWhatWasAskedForAndAchieved() throws {
    let pruner = Pruner(criterion: .magnitude, allocation: .layerWise(output: 0.5))
    let report = try pruner.prune(Networks.context(), to: .rate(0.2, times: 1)).report
    #expect(report.layers.map(\.name) == ["conv.weight", "fc1.weight", "fc2.weight"])
    #expect(report.layers.map(\.count) == [72, 240, 60])
    #expect(report.layers.map(\.before) == [72, 240, 60])
    #expect(report.layers.map(\.requested) == [58, 192, 54])
    #expect(report.layers.map(\.kept) == [58, 192, 54])
    #expect(report.count == 372)
    #expect(report.keptCount == 304)
    #expect(report.sparsity == Double(68) / 372)
    #expect(report.emptiedLayers.isEmpty)
    #expect(report.target == .rate(0.2, times: 1))
  }

  @Test func theSmallestMagnitudesGo() throws {
    let context = Networks.context()
    let masks = try Pruner(criterion: .magnitude).prune(context, to: .sparsity(0.75)).masks
    var kept: [Float] = []
    var removed: [Float] = []
    for (name, mask) in masks {
      for (byte, weight) in zip(mask.bytes, try #require(context.weights[name]).scalars) {
        if byte == 1 { kept.append(abs(weight)) } else { removed.append(abs(weight)) }
      }
    }
    #expect(removed.count == 279)
    #expect(try #require(removed.max()) <= (try #require(kept.min())))
  }

  @Test func neuronsGoWhole() throws {
    let pruner = Pruner(
      criterion: .magnitude, granularity: .filter, allocation: .layerWise(ignoring: ["fc2"]))
    let context = Networks.context()
    let masks = try pruner.prune(context, to: .sparsity(0.5)).masks
    for (name, rows, kept) in [("conv.weight", 4, 2), ("fc1.weight", 12, 6), ("fc2.weight", 5, 5)] {
      let bytes = try #require(masks[name]).bytes
      let size = bytes.count / rows
      let sums = (0..<rows).map { row in bytes[(row * size)..<((row + 1) * size)].reduce(0) { $0 + Int($1) } }
      #expect(sums.allSatisfy { $0 == 0 || $0 == size })
      #expect(sums.count { $0 == size } == kept)
      // The rows removed are those of the least L1 norm.
      let weights = try #require(context.weights[name]).scalars
      let norms = (0..<rows).map { row in
        weights[(row * size)..<((row + 1) * size)].reduce(0.0) { $0 + Double(abs($1)) }
      }
      let threshold = norms.sorted()[rows - kept]
      #expect(sums.indices.allSatisfy { (sums[$0] == size) == (norms[$0] >= threshold) })
    }
  }

  @Test func wandaComparesTheWeightsOfOneOutput() throws {
    let whole = Networks.context()
    func masks(_ criterion: Criterion, squares: (Int) -> Float) throws -> MaskSet {
      let evidence = whole.weights.mapValues { weight in
        Tensor(weight.shape, weight.scalars.indices.map(squares))
      }
      let context = ScoringContext(
        weights: whole.weights, masks: whole.masks, evidence: [(.inputSquares, evidence)])
      return try Pruner(criterion: criterion, allocation: .rowWise).prune(context, to: .sparsity(0.5)).masks
    }
    let equal = try masks(.wanda) { _ in 2.25 }
    for (name, mask) in equal {
      let length = mask.count / mask.shape[0]
      for row in 0..<mask.shape[0] {
        #expect(
          Mask([length], Array(mask.bytes[(row * length)..<((row + 1) * length)])).keptCount == length / 2,
          "\(name)")
      }
    }
    // Where all inputs are as large as each other it is magnitude, row by row; else it is not.
    #expect(try masks(.magnitude) { _ in 0 } == equal)
    #expect(try masks(.wanda) { Float($0 % 7) } != equal)
  }

  /// All scores equal, on the network of mlp([100]): removing by place would empty the first layer.
  @Test func aConstantCriterionTakesOfEveryLayerItsShare() throws {
    let constant = Criterion("constant") { context in
      try context.scoreEach { _, weight in Tensor(weight.shape, weight.scalars.map { _ in 1 }) }
    }
    let layers = [
      PrunableLayer(name: "fc1.weight", shape: [100, 784]), .init(name: "fc2.weight", shape: [10, 100]),
    ]
    for seed in UInt64(0)..<3 {
      let context = ScoringContext(
        weights: ParameterSet(
          layers.map { ($0.name, Tensor($0.shape, [Float](repeating: 0.5, count: $0.count))) }),
        masks: Networks.masks(layers), seed: seed)
      let pruning = try Pruner(criterion: constant).prune(context, to: .sparsity(0.99))
      #expect(pruning.report.keptCount == 794)
      #expect(pruning.report.ties == 78_606)
      // Of fc2's 1,000 weights 10 are expected, with a deviation of 3.1.
      #expect((1...24).contains(pruning.report.layers[1].kept))
      // Of the 100 neurons of fc1 hardly one loses all of its 784 weights: 0.04 are expected.
      let bytes = try #require(pruning.masks["fc1.weight"]).bytes
      #expect((0..<100).count { row in bytes[(784 * row)..<(784 * row + 784)].allSatisfy { $0 == 0 } } <= 2)
    }
  }

  /// Dead inputs: the scores of their weights are exactly 0, as Taylor's are at pixels that are always 0.
  @Test func zerosOfDeadInputsGoFromAllUnits() throws {
    let scores = Criterion("dead-inputs") { context in
      try context.scoreEach { _, weight in
        Tensor(weight.shape, weight.scalars.indices.map { $0 % 50 < 20 ? 0 : 1 + Float($0) })
      }
    }
    let layer = PrunableLayer(name: "fc1.weight", shape: [40, 50])
    let context = ScoringContext(
      weights: ParameterSet([(layer.name, Tensor(layer.shape, [Float](repeating: 1, count: layer.count)))]),
      masks: Networks.masks([layer]), seed: 1)
    // 200 of the 800 zeros go: five of twenty a unit, and none of another score.
    let pruning = try Pruner(criterion: scores).prune(context, to: .sparsity(0.1))
    #expect(pruning.report.ties == 200)
    let bytes = try #require(pruning.masks[layer.name]).bytes
    let removed = (0..<40).map { row in (0..<50).count { bytes[50 * row + $0] == 0 } }
    #expect(removed.allSatisfy { (0...14).contains($0) } && removed.count { $0 > 0 } >= 35)
  }

  @Test func aSolverBreaksTiesByTheSameStream() throws {
    let solver = Criterion(solver: "equal") { layer in
      let scores = Tensor(layer.weight.shape, layer.weight.scalars.map { _ in 1 })
      let mask = try layer.survivors(byScore: scores)
      return (mask, mask.applied(to: layer.weight))
    }
    let scored = Criterion("equal") { context in
      try context.scoreEach { _, weight in Tensor(weight.shape, weight.scalars.map { _ in 1 }) }
    }
    let target = PruningTarget.sparsity(0.6)
    let solved = try Pruner(criterion: solver, allocation: .layerWise).prune(Networks.context(), to: target)
    let pruned = try Pruner(criterion: scored, allocation: .layerWise).prune(Networks.context(), to: target)
    #expect(solved.masks == pruned.masks)
    #expect(solved.report.ties == nil && pruned.report.ties == pruned.report.count - pruned.report.keptCount)
  }

  @Test func ignoredLayersKeepTheirMasksAndCountInNothing() throws {
    let pruner = Pruner(criterion: .magnitude, allocation: .global(ignoring: ["fc2"]))
    let pruning = try pruner.prune(Networks.context(), to: .sparsity(0.5))
    #expect(pruning.masks["fc2.weight"]?.keptCount == 60)
    #expect(pruning.report.layers.map(\.name) == ["conv.weight", "fc1.weight"])
    #expect(pruning.report.keptCount == 156)
  }

  @Test func aCollapsedLayerIsNamed() throws {
    let tensors = ParameterSet([("a", Tensor([4], [1, 2, 3, 4])), ("b", Tensor([4], [5, 6, 7, 8]))])
    let context = ScoringContext(
      weights: tensors, masks: MaskSet([("a", Mask(keepingAll: [4])), ("b", Mask(keepingAll: [4]))]))
    let pruner = Pruner(criterion: .magnitude)
    #expect(try pruner.prune(context, to: .sparsity(0.375)).report.emptiedLayers == [])
    #expect(try pruner.prune(context, to: .sparsity(0.5)).report.emptiedLayers == ["a"])
    #expect(try pruner.prune(context, to: .sparsity(0.99)).report.emptiedLayers == ["a", "b"])
  }

  @Test func weightsAndMasksMustFit() {
    let weights = ParameterSet([("a", Tensor([4], [1, 2, 3, 4]))])
    let pruner = Pruner(criterion: .magnitude)
    #expect(throws: PruningError.maskShape([2, 2], of: "a", shape: [4])) {
      try pruner.prune(
        ScoringContext(weights: weights, masks: MaskSet([("a", Mask(keepingAll: [2, 2]))])),
        to: .sparsity(0.5))
    }
    #expect(throws: PruningError.missingParameter("b", in: "weights")) {
      try pruner.prune(
        ScoringContext(weights: weights, masks: MaskSet([("b", Mask(keepingAll: [2, 2]))])),
        to: .sparsity(0.5))
    }
    let uneven = Pruner(criterion: .magnitude, granularity: Granularity("three") { _ in 3 })
    #expect(throws: PruningError.unevenUnits(3, of: "a", shape: [4], granularity: "three")) {
      try uneven.prune(
        ScoringContext(weights: weights, masks: MaskSet([("a", Mask(keepingAll: [4]))])), to: .sparsity(0.5))
    }
  }
}
