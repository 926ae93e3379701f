import CoppiceNetworks
import CoppicePruning
import CoppiceTensors

/// The rows of a layer while they are solved anew, each on its survivors, in double precision.
///
/// What is solved for is the change δ of a row, since r = y − w₀·x − b is known: (C + λI) δ = c on the survivors, with
/// C = Σ x xᵀ − N x̄ x̄ᵀ and c = Σ r x − N r̄ x̄ over the N rows x of the row's group. The bias then moves by r̄ − δ·x̄. Without a bias,
/// x̄ is taken for 0. A weight whose input is constant stays as it is: the bias does all that it could do.
struct RowSolver {
  /// The most columns a layer may have: their matrix takes 128 MB.
  static let mostColumns = 4096

  /// The weight, `[out, in]` or `[out, in / groups, height, width]`.
  private(set) var weight: Tensor
  private(set) var bias: Tensor?
  private let mask: Mask?
  private let found: LayerDifference
  private let ridge: Double
  private let rows: Int
  private let columns: Int

  init(_ weight: Tensor, _ mask: Mask?, bias: Tensor?, _ found: LayerDifference, ridge: Double) {
    (self.weight, self.mask, self.bias, self.found, self.ridge) = (weight, mask, bias, found, ridge)
    rows = max(1, weight.shape[0])
    columns = weight.shape.count / rows
  }

  /// Solves every row; false where a number is not finite, so that there is no solution.
  ///
  /// - Parameter check: asked before every row; what it throws ends the solution.
  mutating func solve(_ check: () throws -> Void) throws -> Bool {
    let groups = max(1, found.products.count / max(1, columns * columns))
    let height = rows / groups
    for group in 0..<groups {
      let first = group * height
      let means = mean(ofRow: first)
      guard let (matrix, living) = covariance(group, means) else {
        for row in first..<(first + height) { move(row, [], means, SquareMatrix(zeros: 0)) }
        continue
      }
      var (known, factor): ([Int], SquareMatrix?) = ([], nil)
      for row in first..<(first + height) {
        try check()
        let survivors = survivors(of: row, among: living)
        // Rows of whole units and of dense layers have one support.
        if factor == nil || survivors != known {
          guard let new = matrix.limited(to: survivors).factor else { return false }
          (known, factor) = (survivors, new)
        }
        guard let factor else { return false }
        move(row, survivors, means, factor)
      }
    }
    return true
  }

  /// x̄ of the group that a row belongs to; zeros where the layer has no bias.
  private func mean(ofRow row: Int) -> [Double] {
    guard bias != nil else { return [Double](repeating: 0, count: columns) }
    return found.inputs[(row * columns)..<((row + 1) * columns)].map { $0 / Double(found.rows) }
  }

  /// C + λI of a group and the columns whose inputs are not constant; `nil` where all are, so that no weight of it can help.
  private func covariance(_ group: Int, _ means: [Double]) -> (SquareMatrix, living: [Int])? {
    let start = group * columns * columns
    var matrix = SquareMatrix(columns, Array(found.products[start..<(start + columns * columns)]))
    var (sum, living) = (0.0, [Int]())
    for i in 0..<columns {
      for j in i..<columns {
        // Kernels may round the two halves differently.
        let value = (matrix[i, j] + matrix[j, i]) / 2 - Double(found.rows) * means[i] * means[j]
        matrix[i, j] = value
        matrix[j, i] = value
      }
      // What rounding leaves of a constant input is none.
      if matrix[i, i] > 1e-6 * found.products[start + i * columns + i] {
        sum += matrix[i, i]
        living.append(i)
      }
    }
    guard !living.isEmpty else { return nil }
    for i in living { matrix[i, i] += ridge * sum / Double(living.count) }
    return (matrix, living)
  }

  private func survivors(of row: Int, among living: [Int]) -> [Int] {
    guard let mask else { return living }
    return living.filter { mask.bytes[row * columns + $0] != 0 }
  }

  private mutating func move(
    _ row: Int, _ survivors: [Int], _ means: [Double], _ factor: SquareMatrix
  ) {
    let total = bias == nil ? 0 : found.difference[row]
    let change = factor.solving(survivors.map { found.cross[row * columns + $0] - total * means[$0] })
    var shift = total / Double(max(1, found.rows))
    for (column, delta) in zip(survivors, change) {
      let place = row * columns + column
      weight.scalars[place] = Float(Double(weight.scalars[place]) + delta)
      shift -= delta * means[column]
    }
    if let old = bias?.scalars[row] { bias?.scalars[row] = Float(Double(old) + shift) }
  }
}

extension SquareMatrix {
  /// The rows and columns of some places, in their order.
  fileprivate func limited(to places: [Int]) -> SquareMatrix {
    if places.count == size { return self }
    return SquareMatrix(places.count, places.flatMap { row in places.map { self[row, $0] } })
  }
}
