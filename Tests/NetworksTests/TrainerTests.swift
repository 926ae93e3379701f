import CKernels
import CoppiceNetworks
import CoppiceTensors
import CoppiceTestSupport
import Testing

@Suite(.serialized) struct TrainerTests {
  static let optimizers: [Optimizer] = [
    .sgd(momentum: 0.9, weightDecay: 0.1), .sgd(momentum: 0.9, isNesterov: true, weightDecay: 0.1),
    .adam(weightDecay: 0.1), .adamW(weightDecay: 0.1), OptimizerTests.forgetful,
  ]

  @Test("masked weights and their moments stay exactly 0", arguments: Family.bothForms, optimizers)
  func masks(_ family: Family, _ optimizer: Optimizer) throws {
    let traced = try family.traced()
    let masks = ReferenceNumbers.masks(traced)
    var start = family.start(traced)
    // Moments that were kept from a time when the weights were alive.
    start.moments = ParameterSet(
      try family.trainer(optimizer: optimizer).state.moments.map {
        ($0.name, Tensor(repeating: 0.5, $0.tensor.shape))
      })
    let trainer = try family.trainer(start, masks: masks, optimizer: optimizer)
    for step in 0...20 {
      let state = trainer.state
      for (name, mask) in masks {
        let arrays =
          [state.parameters[name]]
          + ["velocity", "moment1", "moment2"].map { state.moments["\($0):\(name)"] }
        let found = arrays.compactMap { $0 }
        try #require(found.count == 1 + state.moments.count / state.parameters.count)
        for array in found {
          for (scalar, bit) in zip(array.scalars, mask.bytes) where bit == 0 {
            try #require(scalar.bitPattern == 0, "\(name) after \(step) steps")
          }
        }
        if step == 20 { #expect(state.parameters[name].map { $0.nonzeroCount > 0 } == true) }
      }
      if step < 20 { try family.run(trainer, steps: 1) }
    }
  }

  @Test("a full mask changes no bit", arguments: Family.all)
  func fullMasks(_ family: Family) throws {
    var dense = family
    dense.isMasked = false
    let (with, without) = (try dense.trainer(masks: try family.traced().fullMasks), try dense.trainer())
    #expect(try dense.run(with, steps: 3) == dense.run(without, steps: 3))
    #expect(with.state.hasSameBits(as: without.state))
  }

  @Test("a training that was interrupted ends with the same bits", arguments: Family.bothForms)
  func checkpoint(_ family: Family) throws {
    let whole = try family.trainer()
    try family.run(whole, steps: 12)
    var state = try family.trainer().state
    for steps in [1, 4, 7] {
      let part = try family.trainer(state)
      #expect(part.step == state.step)
      try family.run(part, steps: steps)
      state = part.state
    }
    #expect(state.hasSameBits(as: whole.state))
  }

  @Test("threads change no bit", arguments: Family.bothForms)
  func threads(_ family: Family) throws {
    let (one, two, three) = (
      try family.trainer(), try family.trainer(threads: 2), try family.trainer(threads: 3)
    )
    let losses = try family.run(one, steps: 5)
    #expect(try family.run(two, steps: 5) == losses)
    #expect(try family.run(three, steps: 5) == losses)
    #expect(one.state.hasSameBits(as: two.state) && one.state.hasSameBits(as: three.state))
  }

  @Test("instruction sets change no bit", arguments: Family.bothForms)
  func variants(_ family: Family) throws {
    let widest = ck_current_variant()
    defer { ck_use_variant(widest) }
    let expected = try family.trainer()
    try family.run(expected, steps: 3)
    for variant in [CK_AVX512, CK_AVX2, CK_NEON, CK_PORTABLE] where ck_use_variant(variant) {
      let trainer = try family.trainer()
      try family.run(trainer, steps: 3)
      #expect(trainer.state.hasSameBits(as: expected.state), "\(variant)")
    }
  }

  @Test(arguments: [1e6, 1e12]) func clippingLeavesSmallGradientsAlone(_ limit: Double) throws {
    var family = Family.all[0]
    family.clipping = nil
    let free = try family.trainer()
    try family.run(free, steps: 3)
    family.clipping = limit
    let clipped = try family.trainer()
    try family.run(clipped, steps: 3)
    #expect(clipped.state.hasSameBits(as: free.state))
  }

  @Test func namesTheLayerInWhichANumberStoppedBeingFinite() throws {
    let family = Family.all[0]
    let traced = try family.traced()
    var start = family.start(traced)
    start.parameters["fc2.bias"]?.scalars[0] = .infinity
    let trainer = try family.trainer(start)
    let losses = try family.run(trainer, steps: 1)
    #expect(losses.allSatisfy { !$0.isFinite })
    let again = try family.trainer(start)
    try again.fillBatch { ReferenceNumbers.fill(0, family.interface, batch: family.batch, $0, $1) }
    #expect(again.nonFiniteScope() == "affine in fc2")
  }

  @Test func aMomentOfAnotherOptimizerIsNotMet() throws {
    let family = Family.all[1]
    let trainer = try family.trainer(optimizer: .sgd())
    #expect(trainer.state.moments.count == 0)
    try family.run(trainer, steps: 2)
    #expect(trainer.state.step == 2)
  }
}
