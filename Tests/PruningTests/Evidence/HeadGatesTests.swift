import CoppiceAutodiff
import CoppicePruning
import CoppiceTensors
import Testing

/// Gates on the heads of the attention of Tests/Reference/criteria.py.
@Suite struct HeadGatesTests {
  let fixture: CriteriaFixture.Heads
  init() throws { fixture = try #require(CriteriaFixture.shared).heads }

  private var weights: ParameterSet { ParameterSet(fixture.weights.map { ($0.name ?? "", $0.tensor) }) }

  private func logits(_ tracer: Tracer, _ builder: GraphBuilder) -> Value {
    for (name, tensor) in weights { tracer.weights.append((name, builder.parameter(name, tensor.shape))) }
    let x = builder.input("inputs", [1, 5, 6])
    let attended = tracer.apply(Affine(hasBias: true), x, "attn").selfAttention(heads: 2)
    let mean = tracer.apply(Affine(hasBias: true), attended, "proj").mean(over: 1)
    return tracer.apply(Affine(hasBias: true), mean, "fc")
  }

  private func structure() throws -> NetworkStructure {
    let forward = try Graph.trace { builder in builder.output("logits", logits(Tracer(builder), builder)) }
    return NetworkStructure(groups: forward.axisGroups())
  }

  private func gates(threads: Int = 1) throws -> ParameterSet {
    let groups = try structure().groups
    let graph = try Graph.trace { builder in
      let tracer = Tracer(builder)
      let trace = tracer.loss(of: logits(tracer, builder), batch: 1, groups: groups)
      for (name, value) in try Evidence.headGates.values(of: trace) { builder.output(name, value) }
    }.simplified
    let executor = Executor(Plan(graph), threads: threads, handover: threads > 1 ? 0 : nil)
    for (name, tensor) in weights { executor.write(name, tensor.scalars) }
    var accumulator = Evidence.Accumulator(.headGates)
    for example in 0..<3 {
      executor.write("inputs", Array(fixture.inputs.tensor.scalars[(30 * example)..<(30 * example + 30)]))
      executor.write("labels", integers: [fixture.labels[example]])
      executor.run()
      try accumulator.add(ParameterSet(graph.outputs.map { ($0.name, executor.output($0.name)) }))
    }
    return try accumulator.result()
  }

  @Test func areThoseOfPyTorch() throws {
    let gates = try gates()
    #expect(gates.names == ["proj.weight"])
    let found = try #require(gates["proj.weight"]).scalars
    #expect(found.count == 2)
    for (a, b) in zip(found, fixture.importance.scalars) { #expect(abs(Double(a) - b) < 1e-5) }
  }

  @Test func threadsAndInstructionSetsChangeNoBit() throws {
    try onEveryKernel {
      try gates(threads: $0)
    } each: { way, found, first in
      #expect(found.hasSameBits(as: first), "\(way)")
    }
  }

  @Test func aHeadHasOneScore() throws {
    let structure = try structure()
    let masks = MaskSet(
      ["attn", "proj", "fc"].map { name in
        ("\(name).weight", Mask(keepingAll: weights["\(name).weight"]?.shape ?? []))
      })
    let context = ScoringContext(
      weights: weights, masks: masks, structure: structure, evidence: [(.headGates, try gates())])
    let scores = try Criterion.headImportance.scores(in: context)
    let importance = fixture.importance.scalars.map { Float($0) }
    let rows = try #require(scores["attn.weight"]).scalars
    let columns = try #require(scores["proj.weight"]).scalars
    for element in rows.indices { #expect(abs(rows[element] - importance[element / 6 % 6 / 3]) < 1e-5) }
    for element in columns.indices { #expect(abs(columns[element] - importance[element % 6 / 3]) < 1e-5) }
    // The second head is the less important one.
    let pruning = try Pruner(criterion: .headImportance, granularity: .head).prune(
      context, structure: structure, to: .sparsity(0.5))
    #expect(pruning.masks["proj.weight"]?.bytes.prefix(6) == [1, 1, 1, 0, 0, 0])
  }

  /// A gate that no evidence gives is an error, not a head without a score.
  @Test func missingGatesAreErrors() throws {
    let structure = try structure()
    func scores(_ evidence: ParameterSet) throws -> ParameterSet {
      let masks = MaskSet(
        ["attn", "proj"].map { name in
          ("\(name).weight", Mask(keepingAll: weights["\(name).weight"]?.shape ?? []))
        })
      return try Criterion.headImportance.scores(
        in: ScoringContext(
          weights: weights, masks: masks, structure: structure, evidence: [(.headGates, evidence)]))
    }
    #expect(throws: Never.self) { try scores(gates()) }
    #expect(throws: PruningError.missingParameter("proj.weight", in: "gates on attention heads")) {
      try scores(ParameterSet())
    }
    let reason = "proj.weight reads 2 attention heads, and the evidence has 1 gates for it"
    #expect(throws: PruningError.unfit(reason, criterion: "head-importance")) {
      try scores(ParameterSet([("proj.weight", Tensor([1], [1]))]))
    }
  }

  @Test func otherUnitsAndOtherModelsAreRefused() throws {
    let structure = try structure()
    let masks = MaskSet([
      ("attn.weight", Mask(keepingAll: [18, 6])), ("proj.weight", Mask(keepingAll: [6, 6])),
    ])
    func problem(_ granularity: Granularity, _ structure: NetworkStructure) -> String {
      do {
        try Pruner(criterion: .headImportance, granularity: granularity).checkCompatibility(
          with: masks.layers, structure: structure)
        return ""
      } catch { return "\(error)" }
    }
    #expect(problem(.head, structure) == "")
    #expect(
      problem(.neuron, structure)
        == "criterion head-importance cannot be used here: it scores whole attention heads, and granularity neuron has other "
        + "units; use head")
    #expect(
      problem(.weight, .none)
        == "criterion head-importance cannot be used here: the model has no attention heads to score; use a transformer, or a "
        + "criterion of weights such as taylor")
  }
}
