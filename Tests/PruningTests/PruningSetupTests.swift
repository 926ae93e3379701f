import CoppiceAutodiff
import CoppicePruning
import CoppiceTensors
import Testing

/// What a criterion may refuse before anything is trained.
@Suite struct PruningSetupTests {
  private func check(
    _ granularity: Granularity = .weight, _ allocation: Allocation = .global,
    _ structure: NetworkStructure = .none, _ requirement: @escaping Criterion.Requirement
  ) throws {
    let scores: Criterion.Scores = { $0.weights }
    let criterion = Criterion("picky", requires: requirement, scores: scores)
    try Pruner(criterion: criterion, granularity: granularity, allocation: allocation).checkCompatibility(
      with: Networks.context().masks.layers, structure: structure)
  }

  @Test func theReasonIsSaid() {
    let error = PruningError.unfit("it is Monday; prune on Tuesday", criterion: "picky")
    #expect(throws: error) {
      try check { throw $0.refuse("it is Monday; prune on Tuesday", for: "picky") }
    }
    #expect(error.description == "criterion picky cannot be used here: it is Monday; prune on Tuesday")
    #expect(throws: Never.self) { try check { _ in } }
    let solver = Criterion(solver: "picky", requires: { throw $0.refuse("no", for: "picky") }) {
      ($0.mask, $0.weight)
    }
    #expect(throws: PruningError.unfit("no", criterion: "picky")) {
      try Pruner(criterion: solver, allocation: .layerWise).checkCompatibility(
        with: Networks.context().masks.layers)
    }
  }

  @Test func whatIsKnownIsGiven() throws {
    try check(.neuron, .global(ignoring: ["fc2"]), Networks.structure) { setup in
      #expect(setup.layers.map(\.name) == ["conv.weight", "fc1.weight"])
      #expect(setup.structure.companions == ["conv.weight": ["conv.bias"]])
      #expect(setup.granularity == .neuron)
      #expect(setup.allocation == .global(ignoring: ["fc2"]))
    }
  }

  @Test func unitsAreWeightsOrRowsOrNeither() throws {
    let rows = Granularity("row") { $0.count / $0[0] }
    let halves = Granularity("half-row") { $0.count / $0[0] / 2 }
    let column = Granularity("column") { context in
      context.layers.map { Granularity.Unit([AxisSlice($0.name, axis: 1, [0])]) }
    }
    let units: [(Granularity, weights: Bool, rows: Bool)] = [
      (.weight, true, false), (.neuron, false, true), (rows, false, true), (halves, false, false),
      (.head, false, false), (column, false, false),
    ]
    for (granularity, weights, rows) in units {
      try check(granularity, .global, Networks.structure) { setup in
        #expect(setup.prunesWeights == weights, "\(granularity)")
        #expect(setup.prunesRows == rows, "\(granularity)")
      }
    }
  }

  @Test func structureIsReadWhereItIsDeclared() throws {
    let whole = Networks.context()
    let context = ScoringContext(
      weights: whole.weights, masks: whole.masks, structure: Networks.structure)
    let reader: Criterion.Scores = { context in
      let structure = try context.structure()
      #expect(structure.flops == Networks.structure.flops)
      return context.weights
    }
    #expect(throws: Never.self) {
      try Criterion("fair", needs: .structure, scores: reader).scores(in: context)
    }
    #expect(throws: PruningError.undeclaredNeed(.structure, criterion: "sly")) {
      try Criterion("sly", scores: reader).scores(in: context)
    }
    #expect(throws: PruningError.unavailable(.structure, criterion: "fair")) {
      try Criterion("fair", needs: .structure, scores: reader).scores(
        in: ScoringContext(weights: whole.weights, masks: whole.masks))
    }
  }
}
