import CoppicePruning
import CoppiceTensors
import Testing

/// Dynamics that choose among all weights again and again.
@Suite struct PhasesTests {
  private static let shapes: [(name: String, shape: Shape)] = [("a", [8, 10]), ("b", [5, 8])]

  private func due(_ dynamics: Dynamics) throws -> [Int] {
    try (0...100).filter { try dynamics.isDue(DynamicsMoment(step: $0, total: 100, perEpoch: 10)) }
  }

  /// Moves values about, as a training would.
  private func shake(_ network: inout MovingNetwork, _ seed: UInt64) {
    network.weights = MovingNetwork(Self.shapes, seed: seed).weights
  }

  @Test func acDCEndsCompressed() throws {
    let dynamics = Dynamics.acDC(from: .iterations(10), to: .iterations(55), every: .iterations(10))
    #expect(try due(dynamics) == [10, 20, 30, 40, 50])
    #expect(
      try due(.acDC(from: .iterations(10), to: .iterations(49), every: .iterations(10))) == [10, 20, 30])
    var network = MovingNetwork(Self.shapes)
    for step in try due(dynamics) {
      shake(&network, UInt64(step))
      try network.move(dynamics, at: step)
      let isDense = step == 20 || step == 40
      #expect(network.masks.active.sparsity == (isDense ? 0 : 0.5), "step \(step)")
      guard !isDense else { continue }
      for (name, shape) in Self.shapes {
        #expect(
          network.places(name)
            == network.largest(shape.count / 2, of: name, in: network.weights, among: 0..<shape.count))
      }
    }
    #expect(network.masks.trained == nil)
  }

  @Test func topKASTHasTwoSetsUntilTheEnd() throws {
    let dynamics = Dynamics.topKAST(backward: 0.5, every: .iterations(25), to: .share(0.75))
    #expect(try due(dynamics) == [0, 25, 50, 75])
    var network = MovingNetwork(Self.shapes)
    network.ratio = 0.8
    for step in [0, 25, 50, 75] {
      shake(&network, UInt64(step))
      try network.move(dynamics, at: step)
      for (name, shape) in Self.shapes {
        let largest = { network.largest($0, of: name, in: network.weights, among: 0..<shape.count) }
        #expect(network.places(name) == largest(shape.count / 5), "forward at \(step)")
        guard let trained = network.masks.trained else { continue }
        #expect(network.places(name, of: trained) == largest(shape.count * 3 / 5), "backward at \(step)")
      }
      #expect((network.masks.trained == nil) == (step == 75))
    }
  }

  @Test func softFilterTrainsWhatIsOut() throws {
    let dynamics = Dynamics.softFilter(every: .epochs(2), to: .share(0.6))
    #expect(try due(dynamics) == [20, 40, 60])
    var network = MovingNetwork([Self.shapes[0]])
    network.granularity = .filter
    for step in [20, 40, 60] {
      shake(&network, UInt64(step))
      try network.move(dynamics, at: step)
      let scalars = try #require(network.weights["a"]).scalars
      let norms = (0..<8).map { row in scalars[row * 10..<row * 10 + 10].reduce(0) { $0 + abs($1) } }
      let largest = Set((0..<8).sorted { norms[$0] > norms[$1] }.prefix(4))
      #expect(Set(network.places("a").map { $0 / 10 }) == largest)
      #expect(network.masks.trained?.keptCount == (step == 60 ? nil : 80))
    }
  }

  @Test func graNetFollowsTheCubicAndRegrows() throws {
    let dynamics = Dynamics.granet(drop: .constant(0.5), to: .iterations(40), every: .iterations(10))
    #expect(try due(dynamics) == [0, 10, 20, 30, 40])
    var network = MovingNetwork(Self.shapes)
    network.ratio = 0.9
    for (step, sparsity) in [(0, 0), (10, 0.5203125), (20, 0.7875), (30, 0.8859375), (40, 0.9)] {
      let before = network
      try network.move(dynamics, at: step)
      for (name, shape) in Self.shapes {
        let count = shape.count - Int((sparsity * Double(shape.count)).rounded())
        let pruned = network.largest(count, of: name, in: network.weights, among: before.places(name))
        let kept = network.largest(count - count / 2, of: name, in: network.weights, among: pruned)
        let grown = network.largest(
          count / 2, of: name, in: network.gradients, among: Set(0..<shape.count).subtracting(kept))
        #expect(network.places(name) == kept.union(grown), "\(name) at \(step)")
      }
    }
  }
}
