import CoppiceAutodiff
import CoppiceNetworks
import CoppiceTensors
import CoppiceTerms
import CoppiceTestSupport
import Testing

/// Optimizers as users write them.
@Suite(.serialized) struct OptimizerTests {
  /// One that thinks of no mask: it would move masked weights and their moments.
  static let forgetful = Optimizer("forgetful", moments: ["velocity"]) { update in
    let velocity = update.moments[0].scaled(by: 0.9) + update.gradient.offset(by: 0.1)
    return [update.weight.offset(by: 0.01) - velocity * update.learningRate, velocity]
  }

  /// Gradient descent with momentum, and what Adam is, by the formulas of their papers.
  static let written: [(own: Optimizer, shipped: Optimizer)] = [
    (
      Optimizer("momentum", moments: ["velocity"]) { update in
        let velocity = update.moments[0].scaled(by: 0.9) + update.gradient
        return [update.weight - velocity * update.learningRate, velocity]
      }, .sgd(momentum: 0.9)
    ),
    (
      Optimizer(
        "adaptive", moments: ["moment1", "moment2"], corrections: [("first", 0.9), ("second", 0.999)]
      ) {
        update in
        let first = update.moments[0].scaled(by: 0.9) + update.gradient.scaled(by: 0.1)
        let second =
          update.moments[1].scaled(by: 0.999) + (update.gradient * update.gradient).scaled(by: 0.001)
        let size = (second / update.corrections[1]).squareRoot.offset(by: 1e-8)
        return [update.weight - first / update.corrections[0] / size * update.learningRate, first, second]
      }, .adam()
    ),
  ]

  /// Attention has gradients that are 0 but for rounding, which Adam makes steps of.
  @Test(arguments: Family.bothForms.filter { !$0.interface.hasTokens })
  func anOptimizerOfOnesOwnIsWhatItsFormulaSays(_ family: Family) throws {
    for (own, shipped) in Self.written {
      let (mine, theirs) = (try family.trainer(optimizer: own), try family.trainer(optimizer: shipped))
      try family.run(mine, steps: 8)
      try family.run(theirs, steps: 8)
      var (largest, moved) = (Float(0), Float(0))
      let start = family.start(try family.traced()).parameters
      for (name, weight) in theirs.state.parameters {
        for (index, scalar) in weight.scalars.enumerated() {
          largest = max(largest, abs(scalar - (mine.state.parameters[name]?.scalars[index] ?? .nan)))
          moved = max(moved, abs(scalar - (start[name]?.scalars[index] ?? 0)))
        }
      }
      #expect(largest < 0.01 * moved, "\(own): \(largest) of \(moved)")
    }
  }

  /// By the formula, behind momentum and behind Adam: `sign(w) max(0, |w| − η λ)`, of rows by their norm; what is masked stays 0.
  @Test(arguments: [Optimizer.sgd(momentum: 0.9), .adam()])
  func aProximalStepShrinks(_ optimizer: Optimizer) throws {
    let family = Family.all[0]
    let proximal = optimizer.proximal(l1: 2, group: 0.5)
    let (usual, shrunk) = (
      try family.trainer(optimizer: optimizer), try family.trainer(optimizer: optimizer.proximal())
    )
    try family.run(usual, steps: 3, rate: 0.01)
    try family.run(shrunk, steps: 3, rate: 0.01)
    #expect(usual.state.hasSameBits(as: shrunk.state))
    #expect(optimizer.proximal().description.hasPrefix("proximal(optimizer: \(optimizer.name)"))
    let plain = try family.traced()
    let weights = plain.prunable
    let declared = Retrainable(names: weights, optimizer: proximal)
    func trainer(_ network: Network) throws -> Trainer {
      try Trainer(
        network, family.start(plain), masks: ReferenceNumbers.masks(plain), execution: .never,
        optimizer: optimizer, batch: family.batch, seed: 1)
    }
    let (one, other) = (try trainer(plain), try trainer(try declared.apply(to: plain)))
    try family.run(one, steps: 1, rate: 0.01)
    try family.run(other, steps: 1, rate: 0.01)
    var zeros = 0
    for (name, tensor) in one.parameters {
      let found = try #require(other.parameters[name]).scalars
      guard weights.contains(name) else {
        #expect(found == tensor.scalars)
        continue
      }
      let length = tensor.shape[1]
      for row in 0..<tensor.shape[0] {
        let old = tensor.scalars[(row * length)..<((row + 1) * length)].map(Double.init)
        let single = old.map { $0.magnitude > 0.02 ? $0 - ($0 > 0 ? 0.02 : -0.02) : 0 }
        let norm = single.reduce(0) { $0 + $1 * $1 }.squareRoot()
        let factor = norm == 0 ? 0 : max(0, 1 - 0.005 * Double(length).squareRoot() / norm)
        for (place, wanted) in single.enumerated() {
          let scalar = found[row * length + place]
          #expect(abs(Double(scalar) - wanted * factor) < 1e-6 && (scalar == 0) == (wanted * factor == 0))
          zeros += scalar == 0 && old[place] != 0 ? 1 : 0
        }
      }
    }
    #expect(zeros > 10)
  }

  /// Some parameters with an optimizer of their own.
  private struct Retrainable: NetworkRewrite {
    let names: [String]
    let optimizer: Optimizer
    let specification = Specification("retrainable", version: nil)

    func apply(to network: Network) throws -> Network {
      let declarations = network.declarations.map { declaration in
        guard names.contains(declaration.name) else { return declaration }
        return ParameterDeclaration(
          declaration.name, declaration.shape, declaration.initializer, isPrunable: declaration.isPrunable,
          training: LeafTraining(optimizer: optimizer))
      }
      return try network.rewritten(by: self, declarations: declarations) { graph, _ in graph }
    }
  }

  @Test func theWrongNumberOfArraysIsRefused() throws {
    let family = Family.all[0]
    let short = Optimizer("short", moments: ["velocity"]) { [$0.weight] }
    #expect(
      message { _ = try family.trainer(optimizer: short) }
        .hasSuffix("gives 1 arrays where the weight and 1 moments are wanted"))
    let other = Optimizer("other") { [$0.weight.sum] }
    #expect(
      message { _ = try family.trainer(optimizer: other) }
        == "other in fc1.weight: gives an array of shape [] where [16, 36] is wanted")
  }
}
