import CKernels
import Testing

@Suite("Layout kernels") struct LayoutTests {
  static let sizes = [
    (1, 1), (8, 8), (9, 17), (130, 70), (3, 300), (257, 8), (60, 300), (1, 40), (40, 1), (0, 3),
  ]

  @Test("transpose, rows further apart than they are long", arguments: sizes) func transpose(
    _ size: (Int, Int)
  ) {
    let (rows, columns) = size
    let x = samples(rows * (columns + 3))
    let sentinel: Float = 7
    let y = onEveryVariant {
      var y = [Float](repeating: sentinel, count: columns * (rows + 2))
      ck_transpose(rows, columns, x, columns + 3, &y, rows + 2)
      return y
    }
    for c in 0..<columns {
      for r in 0..<rows + 2 {
        #expect(y[c * (rows + 2) + r] == (r < rows ? x[r * (columns + 3) + c] : sentinel))
      }
    }
  }

  struct Copy: Sendable, CustomStringConvertible {
    let description: String
    let shape: [Int]
    let from: [Int]
    let to: [Int]
    var xStart = 0
  }

  static let copies = [
    Copy(description: "a number", shape: [], from: [], to: []),
    Copy(description: "a vector", shape: [33], from: [1], to: [1]),
    Copy(description: "every second", shape: [33], from: [2], to: [1]),
    Copy(description: "backwards", shape: [33], from: [-1], to: [1], xStart: 32),
    Copy(description: "expanded", shape: [4, 20, 3], from: [3, 0, 1], to: [60, 3, 1]),
    Copy(description: "expanded along rows", shape: [4, 20], from: [1, 0], to: [20, 1]),
    Copy(description: "a slice", shape: [3, 4, 5], from: [70, 10, 1], to: [20, 5, 1]),
    Copy(description: "into a slice", shape: [3, 4, 5], from: [20, 5, 1], to: [70, 10, 1]),
    Copy(description: "a transpose", shape: [20, 30], from: [1, 20], to: [30, 1]),
    Copy(
      description: "heads: [2, 7, 3, 16] to [2, 3, 7, 16]", shape: [2, 3, 7, 16], from: [336, 16, 48, 1],
      to: [336, 112, 16, 1]),
    Copy(
      description: "keys: [2, 7, 3, 16] to [2, 3, 16, 7]", shape: [2, 3, 16, 7], from: [336, 16, 1, 48],
      to: [336, 112, 7, 1]),
    Copy(
      description: "first axis last", shape: [9, 10, 11, 3], from: [11, 99, 1, 990], to: [330, 33, 3, 1]),
    Copy(
      description: "six axes reversed", shape: [2, 3, 2, 3, 2, 3], from: [1, 2, 6, 12, 36, 72],
      to: [108, 36, 18, 6, 3, 1]),
    Copy(description: "axes of one", shape: [1, 5, 1, 7, 1], from: [9, 7, 9, 1, 9], to: [2, 7, 2, 1, 2]),
    Copy(description: "nothing", shape: [3, 0, 2], from: [0, 0, 0], to: [0, 0, 0]),
  ]

  @Test("strided copies", arguments: copies) func strided(_ copy: Copy) {
    let x = samples(4000)
    let y = onEveryVariant {
      output(3000) { y in
        y.update(repeating: 7, count: 3000)
        x.withUnsafeBufferPointer {
          ck_copy_strided(
            copy.shape.count, copy.shape, copy.from, copy.to, $0.baseAddress.map { $0 + copy.xStart }, y)
        }
      }
    }
    var expected = [Float](repeating: 7, count: 3000)
    let total = copy.shape.reduce(1, *)
    for flat in 0..<total {
      var (rest, source, target) = (flat, copy.xStart, 0)
      for k in copy.shape.indices.reversed() {
        source += rest % copy.shape[k] * copy.from[k]
        target += rest % copy.shape[k] * copy.to[k]
        rest /= copy.shape[k]
      }
      expected[target] = x[source]
    }
    #expect(y == expected)
  }
}
