import CoppiceTensors
import Testing

@Suite struct ShapeFaultsTests {
  private struct Told: Error, Equatable { let problem: String }

  @Test func theFirstFaultIsToldAndNothingTraps() throws {
    let shape: Shape = [2, 3]
    #expect(throws: Told(problem: "axis 2 is asked for of the shape [2, 3], which has 2 axes")) {
      try ShapeFaults.throwing(as: Told.init) { shape[2] + shape[-3] }
    }
    #expect(throws: Told(problem: "axis -2 is asked for of the shape [2], which has one axis")) {
      try ShapeFaults.throwing(as: Told.init) { Shape([2])[-2] }
    }
    #expect(throws: Told(problem: "5 scalars do not fill the shape [2, 3]")) {
      try ShapeFaults.throwing(as: Told.init) { Tensor(shape, [1, 2, 3, 4, 5]) }
    }
    #expect(throws: Told(problem: "1 bytes do not fill the shape [2, 3]")) {
      try ShapeFaults.throwing(as: Told.init) { Mask(shape, [1]) }
    }
    #expect(throws: Told(problem: "a mask of shape [2, 3] does not fit a weight of shape [3]")) {
      try ShapeFaults.throwing(as: Told.init) { Mask(keepingAll: shape).applied(to: Tensor([3], [1, 2, 3])) }
    }
    #expect(throws: Told(problem: "an array of the shape [-2, 3] cannot be")) {
      try ShapeFaults.throwing(as: Told.init) { Tensor(repeating: 0, [-2, 3]) }
    }
    #expect(try ShapeFaults.throwing(as: Told.init) { shape[1] * shape[-2] } == 6)
  }

  /// What the body throws after a fault comes from going on after it.
  @Test func aFaultIsToldBeforeWhatFollowsIt() {
    struct Later: Error {}
    #expect(throws: Told.self) {
      try ShapeFaults.throwing(as: Told.init) {
        if Shape([])[0] > 1 { throw Later() }
      }
    }
    #expect(throws: Later.self) { try ShapeFaults.throwing(as: Told.init) { throw Later() } }
  }

  /// What stands for an extent can be computed with: divided, cut, multiplied.
  @Test func whatStandsForAnExtentCanBeComputedWith() {
    let faults = ShapeFaults()
    let computed = faults.noting {
      let extent = Shape([])[3]
      return (1..<(extent - 1)).count + extent / 7 + 100 / extent
    }
    #expect(computed == 2518 + 360 && faults.first != nil)
  }

  @Test func countsTooLargeToCountAreTheLargest() {
    #expect(Shape([1 << 40, 1 << 40]).count == .max)
    #expect(Shape([0, 1 << 40]).count == 0 && Shape([3, 4]).count == 12)
  }
}
