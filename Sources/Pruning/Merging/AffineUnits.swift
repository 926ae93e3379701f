import CoppiceAutodiff
import CoppiceTensors

/// The units of a weight as the affine functions in front of their activation: unit u is aᵤ · x + bᵤ, with the normalisation by known
/// statistics folded in, a = γ / √(σ² + ε) · w and b = β + γ / √(σ² + ε) · (bias − μ).
struct AffineUnits {
  let count: Int
  /// The inputs of a unit, and 1 for b.
  let width: Int
  /// aᵤ and behind it bᵤ, one unit after the other.
  private let numbers: [Double]

  /// The units of a passage as weights and statistics have them.
  init(_ passage: UnitPassage, _ weights: ParameterSet, _ statistics: ParameterSet) throws(PruningError) {
    func vector(_ name: String, _ set: ParameterSet, _ place: String) throws(PruningError) -> [Float] {
      guard let vector = set[name], vector.shape.count == passage.count else {
        throw .missingParameter(name, in: place)
      }
      return vector.scalars
    }
    guard let weight = weights[passage.weight] else {
      throw .missingParameter(passage.weight, in: "weights")
    }
    count = passage.count
    let inputs = weight.shape.count / max(1, count)
    width = inputs + 1
    var (factors, shifts) = (
      [Double](repeating: 1, count: count), [Double](repeating: 0, count: count)
    )
    if let bias = passage.bias { shifts = try vector(bias, weights, "weights").map { Double($0) } }
    for normalization in passage.normalizations {
      let (scale, shift) = (
        try vector(normalization.scale, weights, "weights"),
        try vector(normalization.shift, weights, "weights")
      )
      let (mean, variance) = (
        try vector(normalization.mean, statistics, "running statistics"),
        try vector(normalization.variance, statistics, "running statistics")
      )
      for unit in 0..<count {
        let deviation = (Double(variance[unit]) + Double(normalization.epsilon)).squareRoot()
        let factor = Double(scale[unit]) / deviation
        factors[unit] *= factor
        shifts[unit] = Double(shift[unit]) + factor * (shifts[unit] - Double(mean[unit]))
      }
    }
    var numbers: [Double] = []
    numbers.reserveCapacity(count * width)
    for unit in 0..<count {
      for place in unit * inputs..<(unit + 1) * inputs {
        numbers.append(factors[unit] * Double(weight.scalars[place]))
      }
      numbers.append(shifts[unit])
    }
    self.numbers = numbers
  }

  /// bᵤ.
  func shift(of unit: Int) -> Double { numbers[(unit + 1) * width - 1] }

  /// ‖aᵤ‖².
  func squaresOfInputs(of unit: Int) -> Double {
    numbers[unit * width..<(unit + 1) * width - 1].reduce(0) { $0.addingProduct($1, $1) }
  }

  /// ⟨u, v⟩ of two units, b among their numbers.
  func product(_ u: Int, _ v: Int) -> Double {
    numbers.withUnsafeBufferPointer { numbers in
      let (first, second) = (u * width, v * width)
      var sum = 0.0
      for place in 0..<width { sum = sum.addingProduct(numbers[first + place], numbers[second + place]) }
      return sum
    }
  }

  /// ‖u − s · v‖².
  func distance(_ u: Int, _ v: Int, scale: Double) -> Double {
    numbers.withUnsafeBufferPointer { numbers in
      let (first, second) = (u * width, v * width)
      var sum = 0.0
      for place in 0..<width {
        let difference = numbers[first + place].addingProduct(-scale, numbers[second + place])
        sum = sum.addingProduct(difference, difference)
      }
      return sum
    }
  }
}
