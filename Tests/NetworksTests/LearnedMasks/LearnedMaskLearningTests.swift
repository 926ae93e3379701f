import CoppiceNetworks
import CoppiceTensors
import Testing

/// Whether masks learn: on eight examples that a network of random weights does not tell apart.
@Suite struct LearnedMaskLearningTests {
  private struct Case: CustomTestStringConvertible, Sendable {
    let mask: LearnedMask
    var optimizer = Optimizer.adam()
    let rate: Double
    /// The sparsity at the end.
    let sparsity: ClosedRange<Double>
    /// How many of the eight examples are right then.
    var right = 7
    var survivors: Int?
    var testDescription: String { mask.description }
  }

  /// Of 828 weights.
  private static let cases = [
    Case(
      mask: .edgePopup(), optimizer: .sgd(momentum: 0.9), rate: 0.1, sparsity: 0.5...0.5, survivors: 414),
    Case(mask: .bernoulli(), optimizer: .sgd(momentum: 0.9), rate: 10, sparsity: 0.2...0.8),
    Case(mask: .bernoulli(rescale: true), optimizer: .sgd(momentum: 0.9), rate: 10, sparsity: 0.2...0.8),
    Case(mask: .movement(), rate: 0.01, sparsity: 0.75...0.75, survivors: 207),
    Case(mask: .softMovement(threshold: 0.4, penalty: 2), rate: 0.01, sparsity: 0.3...0.99),
    Case(mask: .hardConcrete(penalty: 1, start: 0.5), rate: 0.03, sparsity: 0.3...0.99),
    Case(mask: .softThreshold(start: -4, decay: 0.1, rate: 2), rate: 0.01, sparsity: 0.3...0.99),
    Case(mask: .continuousSparsification(penalty: 2, start: 0.01), rate: 0.01, sparsity: 0.3...0.99),
    Case(mask: .proximal(l1: 0.02), optimizer: .sgd(), rate: 0.1, sparsity: 0.3...0.99),
    Case(mask: .proximal(l1: 0, group: 0.02), optimizer: .sgd(), rate: 0.1, sparsity: 0.1...0.99),
  ]

  @Test(arguments: cases.indices) func aMaskIsLearned(index: Int) throws {
    let (one, family) = (Self.cases[index], Family.all[0])
    let plain = try family.traced()
    func inputs(_ step: Int) throws -> MaskInputs {
      let moment = MaskMoment(step: step, total: 200, perEpoch: 1)
      let ratio = 1 - Double(one.survivors ?? 828) / 828
      let kept = 828 - Int((try one.mask.sparsity(at: moment, ratio: ratio) * 828).rounded())
      return try MaskInputs(one.mask, at: moment, survivors: one.survivors == nil ? [] : [kept])
    }
    let rewrite = LearnedMaskRewrite(
      one.mask, of: plain.prunable, pools: [[0, 1, 2]], optimizer: one.optimizer, end: try inputs(200))
    let network = try rewrite.apply(to: plain)
    let start = network.initialParameters(seed: 2)
    let trainer = try Trainer(
      network, TrainingState(parameters: start, buffers: network.initialBuffers), masks: nil,
      optimizer: one.optimizer, batch: 8, seed: 1)
    func right(_ parameters: ParameterSet) throws -> Int {
      let evaluator = try Evaluator(plain, batch: 8)
      evaluator.load(parameters, plain.initialBuffers)
      let tally = try evaluator.evaluate(batches: 1) {
        ReferenceNumbers.fill($0, family.interface, batch: 8, $1, $2)
      }
      return Int((tally.accuracy * 8).rounded())
    }
    for step in 0..<200 {
      trainer.write(try inputs(step))
      try trainer.fillBatch { ReferenceNumbers.fill(0, family.interface, batch: 8, $0, $1) }
      _ = trainer.run(learningRate: one.rate)
    }
    let left = try rewrite.hardened(trainer.parameters, try inputs(200))
    let before = ParameterSet(
      plain.declarations.compactMap { one in start[one.name].map { (one.name, $0) } })
    let after = left.parameters(of: plain, among: trainer.parameters, under: left.masks)
    let (first, last) = (try right(before), try right(after))
    #expect(first <= 4 && last >= one.right, "\(first) and \(last) of 8 are right")
    #expect(one.sparsity.contains(left.masks.sparsity), "\(left.masks.sparsity)")
    // Rows go whole.
    if case one.mask = LearnedMask.proximal(l1: 0, group: 0.02) {
      for (_, mask) in left.masks {
        let row = mask.count / mask.shape[0]
        for start in stride(from: 0, to: mask.count, by: row) {
          #expect(Set(mask.bytes[start..<(start + row)]).count == 1)
        }
      }
    }
  }
}
