import CoppiceAutodiff
import CoppicePruning
import CoppiceTensors
import Testing

/// Synaptic flow: conserved, in rounds, in range; and Hessian products against brute force.
@Suite struct FlowTests {
  let fixture: CriteriaFixture
  init() throws { fixture = try #require(CriteriaFixture.shared) }

  /// The flow through every layer is the whole flow, and what comes into a hidden unit goes out of it.
  @Test func flowIsConserved() throws {
    let network = fixture.network
    for masks in [network.masks, halved(network.masks)] {
      let found = try scores(network, masks)
      for (_, score) in found {
        #expect(abs(score.scalars.reduce(0) { $0 + Double($1) } - 1) < 1e-5)
        #expect(score.scalars.allSatisfy { $0 >= 0 })
      }
      let (into, outOf) = (try #require(found["fc1.weight"]), try #require(found["fc2.weight"]))
      for unit in 0..<4 {
        let comes = (0..<54).reduce(0) { $0 + Double(into.scalars[54 * unit + $1]) }
        let goes = (0..<3).reduce(0) { $0 + Double(outOf.scalars[4 * $1 + unit]) }
        #expect(abs(comes - goes) < 1e-6)
      }
    }
  }

  /// Every second element goes.
  private func halved(_ masks: MaskSet) -> MaskSet {
    MaskSet(masks.map { ($0.name, Mask($0.mask.shape, (0..<$0.mask.count).map { UInt8($0 % 2) })) })
  }

  private func scores(_ network: TracedNetwork, _ masks: MaskSet) throws -> ParameterSet {
    let masked = masks.applied(to: network.weights)
    let flow = try TracedNetwork(weights: masked, inputs: network.inputs, labels: network.labels).measure(
      .flow)
    return try Criterion.synflow.scores(
      in: ScoringContext(weights: masked, masks: masks, evidence: [(.flow, flow)]))
  }

  @Test func roundsMeasureAgainAfterEachCut() throws {
    let network = fixture.network
    let context = ScoringContext(
      weights: network.weights, masks: network.masks, seed: 1, evidence: [(.flow, try network.measure(.flow))]
    )
    let pruner = Pruner(criterion: .synflow(rounds: 4))
    var measured = 0
    let pruning = try pruner.prune(context, to: .sparsity(0.9)) { evidence, weights, masks in
      measured += 1
      #expect(evidence == .flow)
      for (name, mask) in masks {
        #expect(zip(mask.bytes, weights[name]?.scalars ?? []).allSatisfy { $0 == 1 || $1 == 0 })
      }
      return try TracedNetwork(weights: weights, inputs: network.inputs, labels: network.labels)
        .measure(evidence)
    }
    #expect(measured == 3)
    #expect(pruning.report.keptCount == pruning.report.requestedCount)
    // The same by hand: densities 0.1^(k / 4).
    var masks = network.masks
    let count = masks.keptCount
    for density in [0.5623413251903491, 0.31622776601683794, 0.1778279410038923, 0.1] {
      let kept = Int((density * Double(count)).rounded())
      let found = try scores(network, masks)
      let all = masks.flatMap { name, mask in
        mask.bytes.indices.filter { mask.bytes[$0] == 1 }.map { (name, $0, found[name]?.scalars[$0] ?? 0) }
      }
      let gone = all.sorted { $0.2 < $1.2 }.prefix(masks.keptCount - kept)
      for (name, element, _) in gone { masks[name]?.bytes[element] = 0 }
    }
    #expect(pruning.masks == masks)
    // In one round it is another mask.
    #expect(try Pruner(criterion: .synflow).prune(context, to: .sparsity(0.9)).masks != masks)
  }

  /// R of 40 layers whose weights are about 100 is far beyond Float, and of as many about 0.01 far below it.
  @Test(arguments: [100, 0.01] as [Float]) func deepNetworksStayInRange(size: Float) throws {
    let (layers, width) = (24, 4)
    var generator = Generator(state: 3)
    let weights = ParameterSet(
      (0..<layers).map { layer in
        (
          "l\(layer).weight",
          Tensor([width, width], (0..<16).map { _ in size * (1 + 0.5 * generator.float()) })
        )
      })
    let graph = try Graph.trace { builder in
      let tracer = Tracer(builder)
      for (name, tensor) in weights { tracer.weights.append((name, builder.parameter(name, tensor.shape))) }
      var x = builder.input("inputs", [1, width])
      for layer in 0..<layers { x = tracer.apply(Affine(hasBias: false, rectifies: true), x, "l\(layer)") }
      for (name, value) in try Evidence.flow.values(of: tracer.loss(of: x, batch: 1)) {
        builder.output(name, value)
      }
    }.simplified
    let executor = Executor(Plan(graph))
    for (name, tensor) in weights { executor.write(name, tensor.scalars) }
    executor.run()
    // In Double, by hand: what comes to each unit from the front, and what goes from it to the end.
    func matrix(_ layer: Int) -> [Double] { (weights["l\(layer).weight"]?.scalars ?? []).map { Double($0) } }
    var front = [[Double](repeating: 1, count: width)]
    for layer in 0..<layers {
      let (w, x) = (matrix(layer), front[layer])
      front.append((0..<width).map { o in (0..<width).reduce(0) { $0 + w[o * width + $1] * x[$1] } })
    }
    var back = [[Double](repeating: 1, count: width)]
    for layer in (0..<layers).reversed() {
      let (w, g) = (matrix(layer), back[0])
      back.insert((0..<width).map { i in (0..<width).reduce(0) { $0 + w[$1 * width + i] * g[$1] } }, at: 0)
    }
    let total = front[layers].reduce(0, +)
    #expect(size > 1 ? total > 1e50 : total < 1e-30)
    for layer in 0..<layers {
      let found = executor.output("l\(layer).weight").scalars
      // Where the flow is nearly nothing, shares are of another whole; their order is what counts.
      let scale = Double(found[0]) / (front[layer][0] * back[layer + 1][0] / total)
      if size > 1 { #expect(abs(scale - 1) < 1e-4) }
      for (element, value) in found.enumerated() {
        let exact = front[layer][element % width] * back[layer + 1][element / width] / total
        #expect(abs(Double(value) / (exact * scale) - 1) < 1e-4)
      }
    }
  }

  @Test func whatMagnitudesDoNotFlowThroughIsRefused() {
    #expect(
      throws: PruningError.unfit(
        "the model has a tanh, through which no synaptic flow goes; use a model of linear layers, convolutions, rectifiers, pools "
          + "and batch normalisations, or a criterion such as snip", criterion: "synflow")
    ) {
      _ = try Graph.trace { builder in
        let tracer = Tracer(builder)
        tracer.weights = [("fc.weight", builder.parameter("fc.weight", [2, 3]))]
        let logits = tracer.apply(Affine(hasBias: false), builder.input("inputs", [1, 3]), "fc").tanh
        _ = try Evidence.flow.values(of: tracer.loss(of: logits, batch: 1))
      }
    }
  }

  /// The Hessian's products against differences of gradients in Double, at the temperature 1 where they are largest.
  /// Under masks only survivors move: the flow of gradients is theirs.
  @Test(arguments: [false, true]) func hessianProductsAreDifferencesOfGradients(isMasked: Bool) throws {
    let whole = fixture.network
    let masks = isMasked ? halved(whole.masks) : whole.masks
    let network = TracedNetwork(
      weights: masks.applied(to: whole.weights), inputs: whole.inputs, labels: whole.labels,
      survivors: isMasked ? masks : nil)
    let products = try network.measure(.hessianGradients(temperature: 1))
    #expect(products.names == network.masks.names)
    let graph = try network.graph(of: .temperedGradients(temperature: 1), batch: network.labels.count)
    func gradients(_ along: [String: ReferenceArray] = [:], by step: Double = 0) throws -> [String:
      ReferenceArray]
    {
      var leaves = [
        "inputs": ReferenceArray(network.inputs.shape, network.inputs.scalars.map { Double($0) }),
        "labels": ReferenceArray([network.labels.count], network.labels.map { Double($0) }),
      ]
      for (name, tensor) in network.weights {
        let way = along[name]?.scalars ?? [Double](repeating: 0, count: tensor.shape.count)
        leaves[name] = ReferenceArray(tensor.shape, zip(tensor.scalars, way).map { Double($0) + step * $1 })
      }
      return try Interpreter.outputs(of: graph, leaves)
    }
    var slope = try gradients()
    if isMasked {
      for (name, mask) in masks {
        let found = try #require(slope[name])
        #expect(zip(found.scalars, mask.bytes).contains { $0 != 0 && $1 == 0 })
        slope[name] = ReferenceArray(found.shape, zip(found.scalars, mask.bytes).map { $0 * Double($1) })
      }
    }
    let step = 1e-7
    let (after, before) = (try gradients(slope, by: step), try gradients(slope, by: -step))
    for (name, product) in products {
      let scale = Double(product.scalars.map(\.magnitude).max() ?? 0)
      #expect(scale > 0)
      let (ahead, behind) = (try #require(after[name]).scalars, try #require(before[name]).scalars)
      for (element, value) in product.scalars.enumerated() {
        let difference = (ahead[element] - behind[element]) / (2 * step)
        #expect(abs(difference - Double(value)) < 1e-4 * scale, "\(name)")
      }
    }
  }
}
