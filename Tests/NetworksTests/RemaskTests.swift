import CoppiceNetworks
import CoppiceTensors
import CoppiceTestSupport
import Testing

/// New masks in the middle of a training.
@Suite(.serialized) struct RemaskTests {
  /// Masks that drop some of the reference masks' weights and take up others.
  private func changed(_ traced: Network) -> MaskSet {
    MaskSet(
      ReferenceNumbers.masks(traced).map { name, mask in
        let words = ReferenceNumbers.words(Digest.seed(name) ^ 5, mask.count)
        return (name, Mask(mask.shape, zip(mask.bytes, words).map { $1 % 4 == 0 ? 1 - $0 : $0 }))
      })
  }

  private func trainer(
    _ family: Family, _ state: TrainingState? = nil, active: MaskSet?, trained: MaskSet? = nil,
    optimizer: Optimizer
  ) throws -> Trainer {
    let traced = try family.traced()
    return try Trainer(
      traced, state ?? family.start(traced), masks: active, trained: trained, execution: family.execution,
      optimizer: optimizer, batch: family.batch, clipping: family.clipping, seed: 1)
  }

  /// Whether a training that takes new masks after four steps goes on as a fresh one does from its state.
  private func compare(
    _ family: Family, _ optimizer: Optimizer, from: (MaskSet?, MaskSet?), to: (MaskSet?, MaskSet?), plans: Int
  ) throws {
    let trainer = try trainer(family, active: from.0, trained: from.1, optimizer: optimizer)
    try family.run(trainer, steps: 4)
    let fresh = try self.trainer(family, trainer.state, active: to.0, trained: to.1, optimizer: optimizer)
    try trainer.remask(to.0, trained: to.1)
    #expect(trainer.planCount == plans && trainer.masks == to.0 && trainer.trained == to.1)
    #expect(trainer.state.hasSameBits(as: fresh.state))
    #expect(try family.run(trainer, steps: 4) == family.run(fresh, steps: 4))
    #expect(trainer.state.hasSameBits(as: fresh.state) && trainer.step == 8)
  }

  @Test("equals a fresh trainer, to the bit", arguments: Family.bothForms, TrainingMasksTests.optimizers)
  func oneMask(_ family: Family, _ optimizer: Optimizer) throws {
    let traced = try family.traced()
    let isSparse = family.execution == .always
    try compare(
      family, optimizer, from: (ReferenceNumbers.masks(traced), nil), to: (changed(traced), nil),
      plans: isSparse ? 2 : 1)
  }

  @Test("also with two masks", arguments: TrainingMasksTests.optimizers) func twoMasks(_ optimizer: Optimizer)
    throws
  {
    for family in Family.all {
      let traced = try family.traced()
      let (one, two, all) = (ReferenceNumbers.masks(traced), changed(traced), traced.fullMasks)
      try compare(family, optimizer, from: (one, all), to: (two, all), plans: 1)
      try compare(family, optimizer, from: (nil, one), to: (nil, two), plans: 1)
      try compare(family, optimizer, from: (one, nil), to: (one, two), plans: 2)
      try compare(family, optimizer, from: (one, two), to: (two, nil), plans: 2)
      try compare(family, optimizer, from: (nil, nil), to: (two, nil), plans: 2)
      try compare(family, optimizer, from: (two, nil), to: (nil, nil), plans: 2)
    }
  }

  @Test("the same survivors need no new plan", arguments: Family.bothForms)
  func unchanged(_ family: Family) throws {
    let masks = ReferenceNumbers.masks(try family.traced())
    try compare(family, family.optimizer, from: (masks, nil), to: (masks, nil), plans: 1)
  }

  /// The masks with their survivors one place on: as many, elsewhere.
  private func moved(_ masks: MaskSet) -> MaskSet {
    MaskSet(masks.map { ($0, Mask($1.shape, $1.bytes.suffix(1) + $1.bytes.dropLast())) })
  }

  @Test(
    "as many survivors elsewhere need no new plan", arguments: Family.bothForms, TrainingMasksTests.optimizers
  )
  func asMany(_ family: Family, _ optimizer: Optimizer) throws {
    let masks = ReferenceNumbers.masks(try family.traced())
    try compare(family, optimizer, from: (masks, nil), to: (moved(masks), nil), plans: 1)
    try compare(family, optimizer, from: (moved(masks), nil), to: (masks, nil), plans: 1)
  }

  @Test("what comes and what goes is 0, with its moments", arguments: Family.bothForms)
  func zeros(_ family: Family) throws {
    let traced = try family.traced()
    let (before, after) = (ReferenceNumbers.masks(traced), changed(traced))
    let trainer = try trainer(family, active: before, optimizer: .adam())
    try family.run(trainer, steps: 3)
    let old = trainer.state
    try trainer.remask(after)
    let new = trainer.state
    for (name, mask) in after {
      for leaf in [name, "moment1:\(name)", "moment2:\(name)"] {
        let was = try #require(old.parameters[leaf] ?? old.moments[leaf]).scalars
        let kept = try #require(before[name])
        for (place, scalar) in try #require(new.parameters[leaf] ?? new.moments[leaf]).scalars.enumerated() {
          let stays = mask.bytes[place] == 1 && kept.bytes[place] == 1
          #expect(scalar.bitPattern == (stays ? was[place].bitPattern : 0), "\(leaf)[\(place)]")
        }
      }
    }
  }

  @Test func aThirdOfTheWeightsGoesSparseByItself() throws {
    let family = Family(
      name: "wide", model: .mlp([40]), interface: .images([1, 6, 6], classes: 5), batch: 8,
      optimizer: .adam(),
      learningRate: .constant(0.004))
    let traced = try family.traced()
    func masks(keeping every: Int) -> MaskSet {
      MaskSet(traced.fullMasks.map { ($0, Mask($1.shape, (0..<$1.count).map { $0 % every == 0 ? 1 : 0 })) })
    }
    try compare(family, .adam(), from: (masks(keeping: 1), nil), to: (masks(keeping: 2), nil), plans: 1)
    try compare(family, .adam(), from: (masks(keeping: 2), nil), to: (masks(keeping: 4), nil), plans: 2)
    try compare(family, .adam(), from: (masks(keeping: 4), nil), to: (masks(keeping: 2), nil), plans: 2)
  }
}
