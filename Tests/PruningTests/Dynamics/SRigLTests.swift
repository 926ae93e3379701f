import CoppicePruning
import CoppiceTensors
import Testing

@Suite struct SRigLTests {
  private static let srigl = Dynamics.srigl(drop: .constant(0.3), every: .iterations(10))

  private func started(_ dynamics: Dynamics = srigl) throws -> MovingNetwork {
    var network = MovingNetwork([("a", [6, 10]), ("b", [4, 3, 2, 2])])
    network.ratio = 0.55
    try network.move(dynamics, at: 0, criterion: .random)
    return network
  }

  private func fanIn(_ name: String, _ network: MovingNetwork) -> [Int] {
    guard let mask = network.masks.active[name] else { return [] }
    let length = mask.count / mask.shape[0]
    return (0..<mask.shape[0]).map { row in mask.bytes[row * length..<(row + 1) * length].count { $0 != 0 } }
  }

  @Test func everyRowHasAsMany() throws {
    var network = try started()
    // 27 of 60 weights are left in six rows, 22 of 48 (26.4 removed, rounded) in four.
    #expect(fanIn("a", network) == [5, 5, 5, 4, 4, 4])
    #expect(fanIn("b", network) == [6, 6, 5, 5])
    for step in [10, 20, 30] {
      let before = network
      try network.move(Self.srigl, at: step)
      #expect(fanIn("a", network) == [5, 5, 5, 4, 4, 4] && fanIn("b", network) == [6, 6, 5, 5])
      // The largest of the layer stay; a row is filled up with its own largest gradients.
      let old = before.places("a")
      let kept = network.largest(27 - 8, of: "a", in: network.weights, among: old)
      for (row, count) in [5, 5, 5, 4, 4, 4].enumerated() {
        let elements = Set(row * 10..<(row + 1) * 10)
        let stays = kept.intersection(elements)
        let grown = network.largest(
          count - stays.count, of: "a", in: network.gradients, among: elements.subtracting(stays))
        #expect(network.places("a").intersection(elements) == stays.union(grown), "row \(row)")
      }
    }
    #expect(network.masks != (try started()).masks)
  }

  @Test func aNeuronWithoutSalientWeightsGoesAndItsWeightsGoElsewhere() throws {
    let ablating = Dynamics.srigl(drop: .constant(0.3), every: .iterations(10), ablation: 0.5)
    var network = try started(ablating)
    // Row 2 has the smallest weights and the smallest gradients of all.
    for place in 20..<30 {
      network.weights["a"]?.scalars[place] *= 1e-3
      network.gradients["a"]?.scalars[place] *= 1e-3
    }
    try network.move(ablating, at: 10)
    #expect(fanIn("a", network) == [6, 6, 0, 5, 5, 5])
    // It does not come back, however large its gradients become.
    for place in 20..<30 { network.gradients["a"]?.scalars[place] = 10 }
    try network.move(ablating, at: 20)
    #expect(fanIn("a", network)[2] == 0 && fanIn("a", network).reduce(0, +) == 27)
    // Without ablation it stays.
    var whole = try started()
    for place in 20..<30 {
      whole.weights["a"]?.scalars[place] *= 1e-3
      whole.gradients["a"]?.scalars[place] *= 1e-3
    }
    try whole.move(Self.srigl, at: 10)
    #expect(fanIn("a", whole) == [5, 5, 5, 4, 4, 4])
  }

  @Test func rowsWithoutRoomForAllAreNotLeftAlone() throws {
    let ablating = Dynamics.srigl(drop: .constant(0.3), every: .iterations(10), ablation: 1)
    var network = MovingNetwork([("a", [4, 5])])
    network.ratio = 0.1
    try network.move(ablating, at: 0, criterion: .random)
    try network.move(ablating, at: 10)
    #expect(fanIn("a", network) == [5, 5, 4, 4])
  }
}
