import CoppiceTensors
import Testing

@Suite struct CountingTests {
  @Test(arguments: [
    (3, 4, 12), (Int.max, 2, Int.max), (Int.max, -2, Int.min), (Int.min, -1, Int.max), (0, Int.max, 0),
    (1 << 32, 1 << 31, Int.max),
  ])
  func productsStopWhereTheyCannotBeCounted(a: Int, b: Int, product: Int) {
    #expect(a.times(b) == product && b.times(a) == product && [a, b].product == product)
  }

  @Test(arguments: [(3, 4, 7), (Int.max, 1, Int.max), (Int.min, -1, Int.min), (Int.max, Int.min, -1)])
  func sumsStopWhereTheyCannotBeCounted(a: Int, b: Int, sum: Int) {
    #expect(a.plus(b) == sum && b.plus(a) == sum && [a, b].total == sum)
  }

  @Test func shapesOfAnyExtentsAreCounted() {
    let shape: Shape = [.max, .max, 3]
    #expect(shape.count == .max && shape.strides == [.max, 3, 1] && Shape([.max, 0, .max]).count == 0)
  }
}
