/// ½ (w − w*)ᵀ H (w − w*): what criteria of second order take a loss for.
struct Quadratic {
  let hessian: [[Double]]
  let optimum: [Double]

  /// Its value at w.
  func value(_ w: [Double]) -> Double {
    let d = zip(w, optimum).map(-)
    return 0.5
      * d.indices.reduce(0) { sum, i in sum + d.indices.reduce(0) { $0 + d[i] * hessian[i][$1] * d[$1] } }
  }

  /// The least w in which `free` places may have any value and the others have those of `fixed`: the normal equations, by Gauss's
  /// elimination.
  /// - Parameter slope: a linear function that is added to it.
  func least(free: [Int], fixed: [Double], adding slope: [Double]? = nil) -> [Double] {
    let others = fixed.indices.filter { !free.contains($0) }
    var rows = free.map { i in
      free.map { hessian[i][$0] } + [
        optimum.indices.reduce(0) { $0 + hessian[i][$1] * optimum[$1] }
          - others.reduce(0) { $0 + hessian[i][$1] * fixed[$1] } - (slope?[i] ?? 0)
      ]
    }
    for pivot in rows.indices {
      for row in rows.indices where row != pivot {
        let factor = rows[row][pivot] / rows[pivot][pivot]
        rows[row] = zip(rows[row], rows[pivot]).map { $0 - factor * $1 }
      }
    }
    var w = fixed
    for (row, i) in free.enumerated() { w[i] = rows[row][free.count] / rows[row][row] }
    return w
  }

  /// One of `size` weights, of as many examples: XᵀX for rows X of random numbers.
  static func random(_ size: Int, rows: Int, seed: UInt64) -> Quadratic {
    var generator = Generator(state: seed)
    let x = (0..<rows).map { _ in (0..<size).map { _ in Double(generator.float()) } }
    return Quadratic(
      hessian: (0..<size).map { i in
        (0..<size).map { j in Double(Float(x.reduce(0) { $0 + $1[i] * $1[j] } / Double(rows))) }
      }, optimum: (0..<size).map { _ in Double(generator.float()) })
  }

  /// H as lower triangle, row by row.
  var triangle: [Float] { hessian.indices.flatMap { i in (0...i).map { Float(hessian[i][$0]) } } }
}
