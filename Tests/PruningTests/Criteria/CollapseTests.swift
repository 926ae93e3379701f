import CoppiceAutodiff
import CoppicePruning
import CoppiceTensors
import Testing

/// Networks that are cut until every layer has one weight left: maximal critical compression, all weights over the number of layers (H.
/// Tanaka et al., "Pruning neural networks without any data by iteratively conserving synaptic flow", NeurIPS 2020).
@Suite struct CollapseTests {
  /// Linear layers with rectifiers between them.
  struct Chain {
    let widths: [Int]
    let weights: ParameterSet

    /// Weights of the size that initialisers give them: within √(3 / inputs).
    init(_ widths: [Int], seed: UInt64 = 5) {
      self.widths = widths
      var generator = Generator(state: seed)
      weights = ParameterSet(
        zip(widths, widths.dropFirst()).enumerated().map { layer, width in
          let bound = (3 / Float(width.0)).squareRoot()
          return (
            "l\(layer).weight",
            Tensor([width.1, width.0], (0..<width.0 * width.1).map { _ in bound * generator.float() })
          )
        })
    }

    var masks: MaskSet { MaskSet(weights.map { ($0.name, Mask(keepingAll: $0.tensor.shape)) }) }
    var layers: Int { widths.count - 1 }

    /// The shares of the flow, by weight.
    func flow(_ weights: ParameterSet) throws -> ParameterSet {
      let graph = try Graph.trace { builder in
        let tracer = Tracer(builder)
        for (name, tensor) in weights { tracer.weights.append((name, builder.parameter(name, tensor.shape))) }
        var x = builder.input("inputs", [1, widths[0]])
        for layer in 0..<layers {
          x = tracer.apply(Affine(hasBias: false, rectifies: layer + 1 < layers), x, "l\(layer)")
        }
        for (name, value) in try Evidence.flow.values(of: tracer.loss(of: x, batch: 1)) {
          builder.output(name, value)
        }
      }.simplified
      let executor = Executor(Plan(graph))
      for (name, tensor) in weights { executor.write(name, tensor.scalars) }
      executor.run()
      return ParameterSet(weights.names.map { ($0, executor.output($0)) })
    }

    /// The masks at a compression; `watch` is told of the flow before every further cut.
    func pruned(
      by criterion: Criterion, to compression: Double,
      watch: @escaping (_ weights: ParameterSet, _ flow: ParameterSet) -> Void = { _, _ in }
    ) throws -> MaskSet {
      let context = ScoringContext(
        weights: weights, masks: masks, seed: 1,
        evidence: criterion.needs.isEmpty ? [] : [(.flow, try flow(weights))])
      return try Pruner(criterion: criterion).prune(context, to: .sparsity(1 - 1 / compression)) {
        _, weights, _ in
        let flow = try flow(weights)
        watch(weights, flow)
        return flow
      }.masks
    }
  }

  /// A layer of two units in the middle takes less than a tenth of the weights, and the largest of them.
  private let chain = Chain([16, 24, 2, 24, 8])

  private func hasPath(_ masks: MaskSet) -> Bool {
    var reached = Set(0..<chain.widths[0])
    for (_, mask) in masks {
      let kept = mask.bytes.indices.filter { mask.bytes[$0] != 0 }
      reached = Set(kept.filter { reached.contains($0 % mask.shape[1]) }.map { $0 / mask.shape[1] })
    }
    return !reached.isEmpty
  }

  @Test func synapticFlowReachesTheMaximalCriticalCompression() throws {
    let count = chain.masks.keptCount
    #expect(count == 672 && chain.layers == 4)
    let greatest = Double(count) / Double(chain.layers)
    for compression in [2, 10, 50, 100, greatest] {
      let masks = try chain.pruned(by: .synflow(rounds: 100), to: compression)
      #expect(masks.keptCount == Int((Double(count) / compression).rounded()))
      #expect(masks.allSatisfy { $0.mask.keptCount > 0 } && hasPath(masks), "at \(compression)")
    }
    let last = try chain.pruned(by: .synflow(rounds: 100), to: greatest)
    #expect(last.map(\.mask.keptCount) == [1, 1, 1, 1])
  }

  /// Magnitude empties a layer long before it must, and so does the same flow that is measured once.
  @Test func magnitudeAndOneRoundCollapse() throws {
    let magnitude = try chain.pruned(by: .magnitude, to: 15)
    #expect(magnitude.contains { $0.mask.keptCount == 0 } && !hasPath(magnitude))
    #expect(hasPath(try chain.pruned(by: .magnitude, to: 2)))
    let once = try chain.pruned(by: .synflow, to: 15)
    #expect(once.contains { $0.mask.keptCount == 0 })
  }

  /// In every one of the rounds each layer has the whole flow, and what comes into a unit goes out of it.
  @Test func flowIsConservedInEveryRound() throws {
    var rounds = 0
    _ = try chain.pruned(by: .synflow(rounds: 100), to: 168) { weights, flow in
      rounds += 1
      let shares = weights.map { name, weight in
        zip(weight.scalars, flow[name]?.scalars ?? []).map { Double($0.magnitude) * Double($1) }
      }
      for layer in shares { #expect(abs(layer.reduce(0, +) - 1) < 1e-5) }
      for (layer, width) in chain.widths.dropFirst().dropLast().enumerated() {
        let (inputs, outputs) = (chain.widths[layer], chain.widths[layer + 2])
        for unit in 0..<width {
          let comes = shares[layer][(inputs * unit)..<(inputs * unit + inputs)].reduce(0, +)
          let goes = (0..<outputs).reduce(0) { $0 + shares[layer + 1][width * $1 + unit] }
          #expect(abs(comes - goes) < 1e-5)
        }
      }
    }
    #expect(rounds == 99)
  }
}
