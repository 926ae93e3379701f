import CoppiceAutodiff
import CoppicePruning
import CoppiceTensors
import Testing

/// Evidence and criteria against PyTorch's numbers on the same weights and examples: Tests/Reference/criteria.py.
@Suite struct EvidenceReferenceTests {
  let fixture: CriteriaFixture
  init() throws { fixture = try #require(CriteriaFixture.shared) }

  /// H · g, the Hessian of the loss times its gradient: what a criterion of second order would ask for.
  static let hessianProduct = Evidence("hessian-product", given: [.gradients]) { trace in
    let gradients = trace.gradients(of: trace.loss, wrt: trace.weights.map(\.value))
    let products = zip(trace.weights, gradients).map { weight, gradient in
      (gradient * trace.given(.gradients, for: weight.name, gradient.shape)).sum
    }
    let along = products.dropFirst().reduce(products[0], +)
    return Array(zip(trace.weights.map(\.name), trace.gradients(of: along, wrt: trace.weights.map(\.value))))
  }

  private func expect(_ values: ParameterSet, are expected: [CriteriaFixture.Array], _ what: String) throws {
    #expect(values.names == expected.compactMap(\.name))
    for array in expected {
      let found = try #require(values[array.name ?? ""])
      #expect(found.shape.axes == array.shape)
      let scale = array.scalars.map(abs).max() ?? 0
      #expect(scale > 0)
      for (a, b) in zip(found.scalars, array.scalars) {
        #expect(
          abs(Double(a) - b) <= 2e-5 * scale, "\(what) of \(array.name ?? ""): \(a) where PyTorch has \(b)")
      }
    }
  }

  @Test(arguments: Evidence.shipped)
  func shippedEvidenceIsPyTorchs(evidence: Evidence) throws {
    let expected = try #require(
      fixture.evidence[evidence.name] ?? SecondOrderFixture.shared?.evidence[evidence.name]
        ?? SecondOrderFixture.shared?.evidence["\(evidence)"])
    try expect(try fixture.network.measure(evidence), are: expected, evidence.name)
  }

  @Test func relevanceByAlphaAndBetaIsPyTorchs() throws {
    let expected = try #require(SecondOrderFixture.shared?.evidence["relevance(alpha: 2)"])
    try expect(try fixture.network.measure(.relevance(alpha: 2)), are: expected, "relevance")
  }

  /// Without biases every layer has the relevance of the logits of the right classes.
  @Test(arguments: [Evidence.relevance(epsilon: 1e-7), .relevance(alpha: 1), .relevance(alpha: 2)])
  func relevanceIsKept(evidence: Evidence) throws {
    let network = fixture.network
    var weights = network.weights
    for name in weights.names where name.hasSuffix("bias") {
      weights[name] = weights[name].map { Tensor(repeating: 0, $0.shape) }
    }
    let bare = TracedNetwork(weights: weights, inputs: network.inputs, labels: network.labels)
    let logits = Evidence("right-logits") { trace in
      [("fc2.weight", (trace.logits * trace.builder.apply(OneHot(classes: 3), trace.labels)).sum)]
    }
    let total = try #require(try bare.measure(logits)["fc2.weight"]).scalars[0]
    #expect(abs(total) > 0.1)
    let found = try bare.measure(evidence)
    #expect(found.names == ["conv1.weight", "conv2.weight", "fc1.weight", "fc2.weight"])
    for (name, units) in found {
      let sum = units.scalars.reduce(0, +)
      #expect(
        abs(sum - total) < 2e-4 * (1 + units.scalars.reduce(0) { $0 + abs($1) }),
        "\(name): \(sum), not \(total)")
    }
  }

  @Test func secondOrderGoesThroughTheGraph() throws {
    let network = fixture.network
    let gradients = try network.measure(.gradients)
    let products = try network.measure(Self.hessianProduct, given: [(.gradients, gradients)])
    try expect(products, are: try #require(fixture.evidence["hessian-product"]), "H g")
  }

  @Test(arguments: [
    Criterion.snip, .fisher, .wanda, .taylor, .taylorSquared, .taylorGate, .taylorActivation,
    .gradientMagnitude, .grasp, .synflow, .geometricMedian, .lamp,
  ])
  func criteriaArePyTorchs(criterion: Criterion) throws {
    let network = fixture.network
    let found = try criterion.needs.evidence.map { ($0, try network.measure($0)) }
    let context = ScoringContext(weights: network.weights, masks: network.masks, evidence: found)
    let expected = try #require(fixture.criteria[criterion.name])
    try expect(try criterion.scores(in: context), are: expected, criterion.name)
  }

  /// A gate's score is that of a whole row, and its order the one by which rows go.
  @Test func gatesOnRowsArePyTorchs() throws {
    let network = fixture.network
    let masks = network.masks
    for expected in fixture.units {
      let name = try #require(expected.name)
      let context = ScoringContext(
        weights: network.weights, masks: masks, evidence: [(.gradients, try network.measure(.gradients))])
      let order = expected.scalars.indices.sorted { expected.scalars[$0] < expected.scalars[$1] }
      let pruner = Pruner(
        criterion: .taylorGate, granularity: .neuron,
        allocation: .global(ignoring: masks.names.filter { $0 != name }))
      for count in 1..<order.count {
        let pruned = try pruner.prune(context, to: .sparsity(Double(count) / Double(order.count)))
        let mask = try #require(pruned.masks[name])
        let length = mask.count / order.count
        let gone = order.indices.filter { mask.bytes[$0 * length] == 0 }
        #expect(gone == order.prefix(count).sorted(), "\(name)")
        #expect(mask.keptCount == (order.count - count) * length)
      }
    }
  }

  @Test(arguments: [Evidence.hessianGradients(temperature: 200), .flow, .activationGates])
  func evidenceHasEqualBitsOverThreads(evidence: Evidence) throws {
    let network = fixture.network
    #expect(try network.measure(evidence).hasSameBits(as: try network.measure(evidence, threads: 3)))
  }

  @Test func gradientsOfHalvesAverageToThoseOfTheWhole() throws {
    let network = fixture.network
    let (whole, halves) = (try network.measure(.gradients), try network.measure(.gradients, batch: 2))
    for (name, gradient) in whole {
      for (a, b) in zip(gradient.scalars, try #require(halves[name]).scalars) { #expect(abs(a - b) < 1e-6) }
    }
  }

  @Test func whatAnActivationIsCanBeAsked() throws {
    // The mean of every channel behind the rectifier, over examples and positions.
    let activations = Evidence("activations") { trace in
      trace.sites.map { site in
        (site.parameter, site.output.mean(over: [0] + Array(2..<max(2, site.output.shape.rank))))
      }
    }
    let found = try fixture.network.measure(activations)
    #expect(found.map(\.tensor.shape) == [[4], [6], [4], [3]])
    // What fc1 gives is what fc2 is given: their squares over the batch are at least the square of the mean.
    let squares = try #require(try fixture.network.measure(.inputSquares)["fc2.weight"]).scalars
    let means = try #require(found["fc1.weight"]).scalars
    for (mean, square) in zip(means, squares) {
      #expect(mean >= 0)
      #expect(square >= 4 * mean * mean * 0.9999)
    }
    #expect(means.contains { $0 > 0 })
  }
}
