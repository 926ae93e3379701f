import CKernels
import Testing

@Suite("Gathering kernels") struct GatherTests {
  static let widths = [1, 15, 16, 17, 100]

  @Test("rows by index, and their gradient in ascending order", arguments: widths) func rows(_ width: Int) {
    let rows = 9
    let indices: [Int32] = [3, 0, -1, 8, 3, 3, 9, 0, 5, 8, 3, .max, .min]
    let count = indices.count
    let table = samples(rows * width)
    let y = onEveryVariant {
      output(count * width) { ck_gather_rows(count, width, rows, indices, table, $0) }
    }
    let g = samples(count * width, seed: 2)
    var expected = [Float](repeating: 0, count: rows * width)
    for (p, index) in indices.enumerated() {
      let inside = index >= 0 && index < rows
      for j in 0..<width {
        #expect(y[p * width + j] == (inside ? table[Int(index) * width + j] : 0))
        if inside { expected[Int(index) * width + j] += g[p * width + j] }
      }
    }
    let z = onEveryVariant {
      output(rows * width) { ck_scatter_add_rows(count, width, 0, rows, indices, g, $0) }
    }
    #expect(z == expected)
    let parts = output(rows * width) { z in
      for begin in stride(from: 0, to: rows, by: 4) {
        ck_scatter_add_rows(count, width, begin, min(begin + 4, rows), indices, g, z)
      }
    }
    #expect(parts == expected)
  }
}
