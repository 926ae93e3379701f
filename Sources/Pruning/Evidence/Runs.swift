import CoppiceTensors

/// An array cut into runs of consecutive elements, the last one shorter where they do not divide it.
struct Runs: Hashable, Sendable {
  /// The elements of the array.
  let count: Int
  /// The elements of a run, the last one excepted.
  let size: Int

  /// The runs of `size` elements of an array; one run where it has fewer.
  init(_ count: Int, size: Int) {
    self.count = count
    self.size = Swift.max(1, Swift.min(size, count))
  }

  /// How many runs there are.
  var number: Int { (count + size - 1) / size }

  /// How many elements the lower triangle of a run's matrix has.
  var triangle: Int { size * (size + 1) / 2 }

  /// The shape of the lower triangles of all runs' matrices.
  var shape: Shape { [number, triangle] }

  /// The elements of a run.
  subscript(run: Int) -> Range<Int> { (run * size)..<Swift.min(count, (run + 1) * size) }

  /// The symmetric matrix of a run, from the lower triangles of all.
  func matrix(_ run: Int, of triangles: [Float]) -> SquareMatrix {
    let length = self[run].count
    var matrix = SquareMatrix(zeros: length)
    for i in 0..<length {
      for j in 0...i {
        let value = Double(triangles[run * triangle + i * (i + 1) / 2 + j])
        matrix[i, j] = value
        matrix[j, i] = value
      }
    }
    return matrix
  }

  /// Adds v vᵀ of every run v of every array to its lower triangle, array after array.
  /// - Parameters:
  ///   - arrays: arrays of `count` elements, one behind the other.
  ///   - sums: the lower triangles of all runs.
  func addProducts(of arrays: UnsafeBufferPointer<Float>, to sums: UnsafeMutableBufferPointer<Double>) {
    guard count > 0, let parts = arrays.baseAddress, let sums = sums.baseAddress else { return }
    withUnsafeTemporaryAllocation(of: Double.self, capacity: size) { values in
      guard let values = values.baseAddress else { return }
      for run in 0..<number {
        let elements = self[run]
        for part in 0..<(arrays.count / count) {
          let array = parts + part * count + elements.lowerBound
          for i in 0..<elements.count { values[i] = Double(array[i]) }
          var row = sums + run * triangle
          for i in 0..<elements.count {
            // Products of Floats are exact in Double.
            subtract(-values[i], times: values, from: row, i + 1)
            row += i + 1
          }
        }
      }
    }
  }
}
