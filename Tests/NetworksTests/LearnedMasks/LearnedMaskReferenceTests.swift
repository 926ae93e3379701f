import CoppiceNetworks
import CoppiceTensors
import CoppiceTestSupport
import Foundation
import Testing

/// One step of each learned mask against Tests/Reference/learned_masks.py.
@Suite struct LearnedMaskReferenceTests {
  /// Every seventh element of the parameters after the step and of the weights that are left.
  private struct Step: Decodable {
    let loss: Double
    let parameters: [String: [Double]]
    let left: [String: [Double]]
  }

  private struct Case: CustomTestStringConvertible, Sendable {
    let name: String
    let mask: LearnedMask
    /// How many weights survive in each pool of competitors.
    var kept: [Int] = []
    /// What the mask's arrays are, where they are not the reference numbers.
    var start: Float?
    var scale: Float = 1
    var testDescription: String { name }
  }

  private static let cases = [
    Case(name: "edge-popup", mask: .edgePopup(), kept: [400]),
    Case(name: "edge-popup by layers", mask: .edgePopup(), kept: [288, 96, 30]),
    Case(name: "bernoulli", mask: .bernoulli()),
    Case(name: "bernoulli rescaled", mask: .bernoulli(rescale: true)),
    Case(name: "movement", mask: .movement(), kept: [400]),
    Case(name: "soft-movement", mask: .softMovement(threshold: 0.5, penalty: 0.5)),
    Case(name: "hard-concrete", mask: .hardConcrete(penalty: 0.5), scale: 16),
    Case(name: "hard-concrete of outputs", mask: .hardConcrete(penalty: 0.5, per: .output), scale: 16),
    Case(name: "hard-concrete of inputs", mask: .hardConcrete(penalty: 0.5, per: .input), scale: 16),
    Case(name: "soft-threshold", mask: .softThreshold(decay: 0.5, rate: 1), start: -3),
    Case(name: "continuous-sparsification", mask: .continuousSparsification(penalty: 0.5, temperature: 10)),
    Case(name: "proximal", mask: .proximal(l1: 0.05, group: 0.02)),
  ]

  private let family = Family.all[0]

  private func reference(_ name: String) throws -> Step {
    let url = try #require(
      Bundle.module.url(forResource: "learned-masks", withExtension: "json", subdirectory: "Fixtures"))
    return try #require(JSONDecoder().decode([String: Step].self, from: Data(contentsOf: url))[name])
  }

  private func expectEqual(_ found: ParameterSet, _ wanted: [String: [Double]], _ what: String) throws {
    for (name, values) in wanted {
      let scalars = try #require(found[name]).scalars
      let every = stride(from: 0, to: scalars.count, by: 7).map { Double(scalars[$0]) }
      #expect(every.count == values.count)
      let worst = zip(every, values).map { abs($0 - $1) }.max() ?? 0
      let zeros = zip(every, values).count { ($0 == 0) != ($1 == 0) }
      #expect(worst < 2e-5 && zeros == 0, "\(what) of \(name): \(worst), \(zeros)")
    }
  }

  @Test(arguments: cases.indices) func aStepIsThatOfPyTorch(index: Int) throws {
    let one = Self.cases[index]
    let (plain, wanted) = (try family.traced(), try reference(one.name))
    // At the end of a training every schedule has its last value.
    let end = MaskMoment(step: 10, total: 10, perEpoch: 5)
    let inputs = try MaskInputs(one.mask, at: end, survivors: one.kept)
    let rewrite = LearnedMaskRewrite(
      one.mask, of: plain.prunable, pools: one.kept.count == 1 ? [[0, 1, 2]] : [[0], [1], [2]],
      optimizer: .sgd(), end: inputs)
    let network = try rewrite.apply(to: plain)
    let own = Set(plain.declarations.map(\.name))
    let start = ParameterSet(
      ReferenceNumbers.parameters(network).map { name, tensor in
        own.contains(name)
          ? (name, tensor) : (name, Tensor(tensor.shape, tensor.scalars.map { one.start ?? $0 * one.scale }))
      })
    let trainer = try Trainer(
      network, TrainingState(parameters: start, buffers: plain.initialBuffers), masks: nil,
      optimizer: .sgd(), batch: family.batch, seed: 1)
    trainer.write(inputs)
    let loss = try #require(try family.run(trainer, steps: 1, rate: 0.5).first)
    #expect(abs(Double(loss) - wanted.loss) < 1e-5 * max(1, wanted.loss))
    let after = trainer.parameters
    #expect(Set(after.names) == Set(wanted.parameters.keys))
    try expectEqual(after, wanted.parameters, "after the step")
    for name in own where !one.mask.trainsWeights {
      #expect(try #require(after[name]).hasSameBits(as: #require(start[name])))
    }
    let hardened = try rewrite.hardened(after, inputs)
    let left = hardened.parameters(of: plain, among: after, under: hardened.masks)
    #expect(left.names == plain.declarations.map(\.name))
    try expectEqual(left, wanted.left, "what is left")
    #expect(network.masks(in: after) == hardened.masks)

    // The evaluation of the rewritten network is that of what is left.
    let scores = try [(network, after, nil), (plain, left, nil), (plain, left, hardened.masks)].map {
      network, parameters, masks in
      let evaluator = try Evaluator(network, batch: family.batch, masks: masks, execution: .never)
      evaluator.load(parameters, trainer.buffers)
      evaluator.write(inputs)
      return try evaluator.evaluate(batches: 3) {
        ReferenceNumbers.fill($0, family.interface, batch: family.batch, $1, $2)
      }
    }
    #expect(scores[0] == scores[1] && scores[1] == scores[2])
  }

  /// Cuts to a ratio keep values: a survivor is worth what the gates make of it, and rescaling counts the survivors of the cut.
  @Test func aCutCountsItsOwnSurvivors() throws {
    let plain = try family.traced()
    let mask = LearnedMask.bernoulli(rescale: true)
    let end = try MaskInputs(mask, at: MaskMoment(step: 1, total: 1, perEpoch: 1))
    let rewrite = LearnedMaskRewrite(mask, of: plain.prunable, optimizer: .sgd(), end: end)
    let parameters = ReferenceNumbers.parameters(try rewrite.apply(to: plain))
    let masks = ReferenceNumbers.masks(plain)
    let left = try rewrite.hardened(parameters, end).parameters(of: plain, among: parameters, under: masks)
    for (name, mask) in masks {
      let factor = Float(mask.count) / Float(mask.keptCount)
      let old = try #require(parameters[name]).scalars
      let wanted = zip(old, mask.bytes).map { $1 == 0 ? 0 : $0 * factor }
      #expect(try #require(left[name]).scalars == wanted)
    }
  }

  /// λ Σ |γ|: the loss is greater by it, and each scale moves by λ more towards 0.
  @Test func slimmingPressesScales() throws {
    let family = Family.all[3]
    let plain = try family.traced()
    let mask = LearnedMask.slimming(penalty: 0.01)
    let end = try MaskInputs(mask, at: MaskMoment(step: 1, total: 1, perEpoch: 1))
    let network = try LearnedMaskRewrite(mask, of: plain.prunable, optimizer: .sgd(), end: end).apply(
      to: plain)
    #expect(network.declarations.map(\.name) == plain.declarations.map(\.name))
    let start = family.start(plain)
    func step(_ network: Network) throws -> (Float, ParameterSet) {
      let trainer = try Trainer(
        network, start, masks: nil, optimizer: .sgd(), batch: family.batch, seed: 1)
      return (try #require(try family.run(trainer, steps: 1, rate: 0.5).first), trainer.parameters)
    }
    let ((loss, slim), (expected, usual)) = (try step(network), try step(plain))
    let scales = plain.declarations.map(\.name).filter { name in
      plain.buffers.contains { $0.name == name.replacing("weight", with: "running_var") }
    }
    #expect(scales.count == 6)
    var norm: Float = 0
    for (name, tensor) in usual {
      let isScale = scales.contains(name)
      let (moved, old) = (try #require(slim[name]).scalars, try #require(start.parameters[name]).scalars)
      if isScale { norm += old.reduce(0) { $0 + $1.magnitude } }
      for (index, scalar) in tensor.scalars.enumerated() {
        let further: Float = isScale ? 0.5 * 0.01 * (old[index] > 0 ? 1 : -1) : 0
        #expect(abs(moved[index] - (scalar - further)) < 2e-5, "\(name)")
      }
    }
    #expect(abs(loss - expected - 0.01 * norm) < 1e-5)
  }

  @Test func errorsSayWhatIsWrong() throws {
    let plain = try family.traced()
    func problem(_ mask: LearnedMask) throws -> String {
      let end = try MaskInputs(mask, at: MaskMoment(step: 1, total: 1, perEpoch: 1))
      return message {
        _ = try LearnedMaskRewrite(mask, of: plain.prunable, optimizer: .sgd(), end: end).apply(to: plain)
      }
    }
    #expect(try problem(.slimming()).contains("the model has no batch normalisation"))
    let few = LearnedMask("few") { _ in MaskGates([]) }
    #expect(try problem(few).contains("makes 0 gates for 3 weights"))
    let narrow = LearnedMask("narrow") { trace in
      MaskGates(
        trace.weights.map { weight in
          MaskGate(read: weight.value, keep: weight.value.sum, value: weight.value, score: weight.value)
        })
    }
    #expect(try problem(narrow).contains("gives fc1.weight an array of shape [] where [16, 36] is wanted"))
    let missing = LearnedMask("missing") { trace in
      MaskGates(
        trace.weights.map {
          MaskGate(read: $0["score"], keep: $0.value, value: $0.value, score: $0.value)
        })
    }
    #expect(try problem(missing).contains("asks for score, which is none of its arrays"))
  }
}
