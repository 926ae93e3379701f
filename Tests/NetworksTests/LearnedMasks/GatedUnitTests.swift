import CoppiceAutodiff
import CoppiceNetworks
import CoppiceTensors
import CoppiceTestSupport
import Testing

/// L0 of whole neurons, filters, inputs and heads: what one gate is multiplied into, against the paper's formulas in Double.
@Suite struct GatedUnitTests {
  private struct Case: CustomTestStringConvertible, Sendable {
    let family: Int
    let extent: MaskLeaf.Extent
    /// The weights that have gates; all prunable ones where there are none.
    var weights: [String] = []
    /// The gate of an element of a weight of this shape, row-major.
    let gate: @Sendable (_ weight: String, _ axes: [Int], _ element: Int) -> Int
    /// How many gates a weight has an array for.
    let count: @Sendable (_ weight: String, _ axes: [Int]) -> Int
    /// The weight whose array it is.
    var owner: @Sendable (_ weight: String) -> String = { $0 }
    var testDescription: String { "\(Family.all[family].name) by \(extent.rawValue)" }
  }

  private static func row(_: String, _ axes: [Int], _ element: Int) -> Int {
    element / (axes.reduce(1, *) / axes[0])
  }

  private static func column(_: String, _ axes: [Int], _ element: Int) -> Int {
    element / axes.dropFirst(2).reduce(1, *) % axes[1]
  }

  /// Width 8 with 2 heads: four rows of each third of the packed projection, four columns of the one that reads them.
  private static func head(_ weight: String, _ axes: [Int], _ element: Int) -> Int {
    let place = weight.hasSuffix("c_attn.weight") ? element / axes[1] % 8 : element % axes[1]
    return place / 4
  }

  private static let cases = [
    Case(family: 1, extent: .output, gate: row) { $1[0] },
    Case(family: 2, extent: .output, gate: row) { $1[0] },
    Case(family: 1, extent: .input, gate: column) { $1[1] },
    Case(
      family: 4, extent: .head, weights: ["c_attn.weight", "c_proj.weight"], gate: head, count: { _, _ in 2 },
      owner: { $0.replacing("c_proj", with: "c_attn") }),
  ]

  private static let (beta, gamma, zeta) = (2.0 / 3, -0.1, 1.1)

  private static func sigmoid(_ x: Double) -> Double { 1 / (1 + Elementary.exp(-x)) }

  private static func clipped(_ s: Double) -> Double { min(1, max(0, s * (zeta - gamma) + gamma)) }

  @Test(arguments: cases.indices) func oneGateIsMultipliedIntoAllItsWeights(index: Int) throws {
    let (one, family) = (Self.cases[index], Family.all[Self.cases[index].family])
    let plain = try family.traced()
    let weights = plain.prunable.filter { name in
      one.weights.isEmpty || one.weights.contains { name.hasSuffix("attn." + $0) }
    }
    #expect(one.weights.isEmpty || weights.count == 2, "\(plain.prunable)")
    let mask = LearnedMask.hardConcrete(penalty: 0.5, per: one.extent)
    let end = try MaskInputs(mask, at: MaskMoment(step: 1, total: 1, perEpoch: 1))
    let rewrite = LearnedMaskRewrite(
      mask, of: weights, heads: try plain.forward(batch: 1, isTraining: false).axisGroups(),
      optimizer: .sgd(), end: end)
    let network = try rewrite.apply(to: plain)
    // Gates wide apart, some of them shut.
    let start = ParameterSet(
      ReferenceNumbers.parameters(network).map { name, tensor in
        guard name.hasSuffix("log_alpha") else { return (name, tensor) }
        return (name, Tensor(tensor.shape, tensor.scalars.indices.map { 3 - 6.5 * Float(($0 + 1) % 3) / 2 }))
      })
    var (read, left, masks) = (start, start, [String: [UInt8]]())
    var (penalty, elements, arrays) = (0.0, 0, Set<String>())
    for (place, name) in weights.enumerated() {
      let tensor = try #require(start[name])
      let (axes, owner) = (tensor.shape.axes, one.owner(name))
      let logAlpha = try #require(start[owner + ".log_alpha"]).scalars.map(Double.init)
      arrays.insert(owner + ".log_alpha")
      #expect(logAlpha.count == one.count(name, axes))
      var random = RandomStream(
        seed: 1, stream: .gates, substream: UInt32(weights.firstIndex(of: owner) ?? place))
      let noisy = logAlpha.map { location -> Double in
        let u = (Double(random.next() >> 9) + 0.5) * 0x1p-23
        let noise = Elementary.log(u) - Elementary.log(1 - u)
        return Self.clipped(Self.sigmoid((noise + location) / Self.beta))
      }
      let quiet = logAlpha.map { Self.clipped(Self.sigmoid($0)) }
      let gates = tensor.scalars.indices.map { one.gate(name, axes, $0) }
      #expect(Set(gates) == Set(logAlpha.indices))
      func multiplied(by z: [Double]) -> Tensor {
        Tensor(tensor.shape, zip(tensor.scalars, gates).map { Float(Double($0) * z[$1]) })
      }
      (read[name], left[name]) = (multiplied(by: noisy), multiplied(by: quiet))
      masks[name] = gates.map { quiet[$0] > 0 ? 1 : 0 }
      let open = logAlpha.map { Self.sigmoid($0 - Self.beta * Elementary.log(-Self.gamma / Self.zeta)) }
      penalty += gates.reduce(0) { $0 + open[$1] }
      elements += gates.count
    }
    #expect(Set(network.declarations.map(\.name)) == Set(plain.declarations.map(\.name)).union(arrays))

    // The loss of a step is that of a plain network with the weights that are read, and the penalty.
    func loss(_ network: Network, _ parameters: ParameterSet) throws -> Double {
      let trainer = try Trainer(
        network, TrainingState(parameters: parameters, buffers: plain.initialBuffers), masks: nil,
        optimizer: .sgd(), batch: family.batch, seed: 1)
      return Double(try #require(try family.run(trainer, steps: 1, rate: 0).first))
    }
    let own = ParameterSet(plain.declarations.compactMap { one in read[one.name].map { (one.name, $0) } })
    let wanted = try loss(plain, own) + 0.5 * penalty / Double(elements)
    let found = try loss(network, start)
    #expect(abs(found - wanted) < 2e-5 * max(1, wanted), "\(found), \(wanted)")

    // What is left: whole units, each at its worth.
    let hardened = try rewrite.hardened(start, end)
    let after = hardened.parameters(of: plain, among: start, under: hardened.masks)
    #expect(masks.values.contains { $0.contains(0) })
    for name in weights {
      #expect(hardened.masks[name]?.bytes == masks[name], "\(name)")
      let (got, want) = (try #require(after[name]).scalars, try #require(left[name]).scalars)
      #expect(zip(got, want).allSatisfy { abs($0 - $1) < 1e-6 }, "\(name)")
    }
    let scores = try [(network, start), (plain, after)].map { network, parameters in
      let evaluator = try Evaluator(network, batch: family.batch, execution: .never)
      evaluator.load(parameters, plain.initialBuffers)
      return try evaluator.evaluate(batches: 2) {
        ReferenceNumbers.fill($0, family.interface, batch: family.batch, $1, $2)
      }
    }
    #expect(scores[0] == scores[1])

    // The gradient of a shared gate is that of all its weights: against central differences of the loss.
    let name = try #require(arrays.sorted().first)
    let trainer = try Trainer(
      network, TrainingState(parameters: start, buffers: plain.initialBuffers), masks: nil, optimizer: .sgd(),
      batch: family.batch, seed: 1)
    _ = try family.run(trainer, steps: 1, rate: 1)
    for gate in try #require(start[name]).scalars.indices {
      func moved(by step: Float) throws -> Double {
        var parameters = start
        parameters[name]?.scalars[gate] += step
        return try loss(network, parameters)
      }
      let slope = try (moved(by: 0.02) - moved(by: -0.02)) / 0.04
      let gradient = Double(
        try #require(start[name]).scalars[gate] - #require(trainer.parameters[name]).scalars[gate])
      #expect(abs(slope - gradient) < 2e-3 + 0.05 * abs(slope), "gate \(gate): \(slope), \(gradient)")
    }
  }
}
