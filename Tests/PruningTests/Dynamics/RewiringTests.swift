import CoppicePruning
import CoppiceTensors
import CoppiceTestSupport
import Testing

/// What SET and RigL do in one update, against the formulas of their papers.
@Suite struct RewiringTests {
  private static let shapes: [(name: String, shape: Shape)] = [("a", [8, 10]), ("b", [5, 8])]

  private func started(_ dynamics: Dynamics) throws -> MovingNetwork {
    var network = MovingNetwork(Self.shapes)
    try network.move(dynamics, at: 0, criterion: .random)
    return network
  }

  @Test func updatesComeAtTheirTimes() throws {
    let rigl = Dynamics.rigl(every: .iterations(20), to: .share(0.6))
    let due = try (0...100).filter { try rigl.isDue(DynamicsMoment(step: $0, total: 100, perEpoch: 10)) }
    #expect(due == [0, 20, 40])
    let set = Dynamics.set(every: .epochs(3), to: .share(1))
    #expect(
      try (0...100).filter { try set.isDue(DynamicsMoment(step: $0, total: 100, perEpoch: 10)) }
        == [0, 30, 60, 90])
    #expect(rigl.regrows && set.regrows && !Dynamics.gradual().regrows)
  }

  @Test func aCourseThatHasNoRoomIsRefused() {
    let moment = DynamicsMoment(step: 0, total: 100, perEpoch: 10)
    #expect(
      message { _ = try Dynamics.rigl(every: .iterations(90)).isDue(moment) }.contains(
        "dynamics rigl: from step 0 to step 75 there is no room for a move after 90 steps"))
    #expect(
      message { _ = try Dynamics.set(to: .iterations(101)).isDue(moment) }.contains(
        "dynamics set: it ends at step 101 of a training of 100 steps"))
  }

  /// The smallest ⌊f·n⌋ of each layer go; as many come from all that are not kept, at the largest gradients.
  @Test func rigLGrowsWhereGradientsAreLargest() throws {
    let rigl = Dynamics.rigl(drop: .cosine(0.4), every: .iterations(10), to: .iterations(40))
    var network = try started(rigl)
    for step in [10, 20, 30] {
      let fraction = 0.2 * [10: 1 + 0.5.squareRoot(), 20: 1, 30: 1 - 0.5.squareRoot()][step]!
      let before = network
      try network.move(rigl, at: step)
      for (name, shape) in Self.shapes {
        let old = before.places(name)
        let kept = network.largest(
          old.count - Int(fraction * Double(old.count)), of: name, in: network.weights, among: old)
        let free = Set(0..<shape.count).subtracting(kept)
        let grown = network.largest(old.count - kept.count, of: name, in: network.gradients, among: free)
        #expect(network.places(name) == kept.union(grown), "\(name) at \(step)")
        #expect(old.count == shape.count / 2)
      }
    }
  }

  @Test func setKeepsTheLargestAndDrawsTheRest() throws {
    let set = Dynamics.set(drop: .constant(0.3), every: .iterations(10))
    var grown: [Set<Int>] = []
    for step in [10, 20] {
      var network = try started(set)
      let old = network.places("a")
      try network.move(set, at: step)
      let kept = network.largest(28, of: "a", in: network.weights, among: old)
      #expect(old.count == 40 && network.places("a").count == 40)
      #expect(network.places("a").isSuperset(of: kept))
      grown.append(network.places("a").subtracting(kept))
    }
    // Other places at another moment, the same at the same.
    #expect(grown[0] != grown[1])
    var again = try started(set)
    let kept = again.largest(28, of: "a", in: again.weights, among: again.places("a"))
    try again.move(set, at: 10)
    #expect(again.places("a").subtracting(kept) == grown[0])
  }

  /// Every free place is as likely as any other.
  @Test func drawsAreUniform() throws {
    var counts = [Int](repeating: 0, count: 20)
    for step in 1...400 {
      var network = MovingNetwork([("a", [20])])
      network.weights["a"] = Tensor([20], (0..<20).map { $0 < 10 ? 1 + Float($0) : 0 })
      network.masks.active["a"] = Mask([20], (0..<20).map { $0 < 10 ? 1 : 0 })
      network.allocation = .global
      try network.move(.set(drop: .constant(0.2), every: .iterations(1)), at: step, total: 1_000)
      for place in network.places("a") { counts[place] += 1 }
    }
    // Places 2 … 9 stay. Two of the other twelve come: 66.7 times of 400, with a standard deviation of 7.5.
    #expect(counts[2..<10].allSatisfy { $0 == 400 })
    #expect((counts[..<2] + counts[10...]).allSatisfy { (37...97).contains($0) }, "\(counts)")
  }

  @Test func aDenseLayerStays() throws {
    var network = MovingNetwork(Self.shapes)
    network.allocation = .global
    network.masks.active["a"] = Mask([8, 10], (0..<80).map { $0 < 20 ? 1 : 0 })
    network.ratio = 0.5
    try network.move(.rigl(every: .iterations(10)), at: 10)
    #expect(network.places("b").count == 40 && network.places("a").count == 20)
  }

  @Test func whatIsNotFiniteIsSaid() throws {
    let rigl = Dynamics.rigl(every: .iterations(10))
    var network = try started(rigl)
    network.gradients["b"]?.scalars[3] = .nan
    #expect(throws: DynamicsError.notFinite("rigl", "gradient", of: "b", index: 3)) {
      try network.move(rigl, at: 10)
    }
    network.weights["a"]?.scalars[5] = -.infinity
    #expect(throws: DynamicsError.notFinite("set", "value", of: "a", index: 5)) {
      try network.move(.set(every: .iterations(10)), at: 10)
    }
  }

  @Test(arguments: [Dynamics.set(), .rigl(), .granet()])
  func whatItWouldBreakIsRefused(dynamics: Dynamics) throws {
    let layers = Self.shapes.map { PrunableLayer(name: $0.name, shape: $0.shape) }
    func problem(_ granularity: Granularity, _ allocation: Allocation) -> String {
      message {
        try dynamics.check(
          Pruner(criterion: .magnitude, granularity: granularity, allocation: allocation), layers, .none)
      }
    }
    #expect(problem(.block(rows: 1, columns: 2), .global).contains("set granularity=weight"))
    #expect(problem(.weight, .rowWise).contains("keeps as many of every row"))
    try dynamics.check(Pruner(criterion: .magnitude), layers, .none)
  }
}
