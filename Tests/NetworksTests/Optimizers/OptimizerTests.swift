import CoppiceAutodiff
import CoppiceNetworks
import CoppiceTensors
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
