import CKernels
import CoppiceTensors

/// A weight as codes of one byte, with what makes numbers of its sums: output o has the number
/// `Float(Σ (x − inputZero) · w[o]) · scales[o] + biases[o]`, by one fused multiply-add.
///
/// It is a constant of the primitives that multiply by it, which pack it when a plan is made.
package struct QuantisedWeight: Hashable, Sendable, CustomStringConvertible {
  /// `[out, in]` or `[out, in, height, width]`.
  package let shape: Shape
  /// −127 … 127, row-major.
  package let codes: [Int8]
  /// The input's code of 0.
  package let inputZero: UInt8
  /// What a sum of 1 stands for, `[out]`: the scales of input and weight multiplied.
  package let scales: [Float]
  /// `[out]`.
  package let biases: [Float]

  /// A weight of known codes.
  package init(_ shape: Shape, _ codes: [Int8], inputZero: UInt8, scales: [Float], biases: [Float]) {
    precondition(
      shape.rank >= 1 && codes.count == shape.count && scales.count == shape[0] && biases.count == shape[0],
      "\(codes.count) codes, \(scales.count) scales and \(biases.count) biases do not make a weight \(shape)")
    (self.shape, self.codes, self.inputZero) = (shape, codes, inputZero)
    (self.scales, self.biases) = (scales, biases)
  }

  /// Whether sums of so many products fit into 32 bits, whatever the codes.
  package static func fits(_ shape: Shape) -> Bool {
    shape.axes.dropFirst().product <= Int(CK_INTEGER_DEPTH)
  }

  /// Outputs.
  package var outputs: Int { shape[0] }
  /// Inputs of each output.
  package var inputs: Int { shape.axes.dropFirst().product }

  /// The codes `[out, height · width, in]`: the inputs of one place side by side, as they are where channels come last.
  var channelsLast: [Int8] {
    guard shape.rank == 4, shape[2] * shape[3] > 1, shape[1] > 1 else { return codes }
    let (channels, places) = (shape[1], shape[2] * shape[3])
    var result = codes
    for row in 0..<shape[0] {
      let base = row * channels * places
      for channel in 0..<channels {
        for place in 0..<places {
          result[base + place * channels + channel] = codes[base + channel * places + place]
        }
      }
    }
    return result
  }

  /// The weight of a linear layer whose inputs come in another order: channels of `places` places each are taken place by place.
  package func takingPlacesFirst(_ places: Int) -> QuantisedWeight {
    guard shape.rank == 2, places > 1, shape[1] % places == 0 else { return self }
    let split = QuantisedWeight(
      [shape[0], shape[1] / places, places, 1], codes, inputZero: inputZero, scales: scales, biases: biases)
    return QuantisedWeight(shape, split.channelsLast, inputZero: inputZero, scales: scales, biases: biases)
  }

  /// For each output, minus the input's code of 0 times the sum of its codes: what is added to its sum.
  var offsets: [Int32] {
    (0..<outputs).map { row in
      -Int32(inputZero) * codes[row * inputs..<(row + 1) * inputs].reduce(0) { $0 + Int32($1) }
    }
  }

  package var description: String { "bytes\(shape)" }
}

/// What follows the sums of a layer of integers.
package enum QuantisedActivation: Hashable, Sendable {
  case none, relu, relu6, gelu

  var kernel: Int32 {
    switch self {
    case .none: Int32(CK_IDENTITY)
    case .relu: Int32(CK_RELU)
    case .relu6: Int32(CK_RELU6)
    case .gelu: Int32(CK_GELU)
    }
  }

  /// Of one number, for the oracle.
  func value(_ x: Float) -> Float {
    switch self {
    case .none: x
    case .relu: x > 0 || x.isNaN ? x : 0
    case .relu6: x >= 6 ? 6 : x > 0 || x.isNaN ? x : 0
    case .gelu: Float(GELU().value([Double(x)]))
    }
  }
}

/// What is made of the sums of a layer of integers, and in which form it is given.
package struct QuantisedFinish: Hashable, Sendable {
  package var activation: QuantisedActivation
  /// The codes of the results; `nil` where they are numbers.
  package var output: AffineCode?

  package init(_ activation: QuantisedActivation = .none, output: AffineCode? = nil) {
    (self.activation, self.output) = (activation, output)
  }

  /// The elements of the results.
  var element: ElementType { output == nil ? .float32 : .byte }

  /// One result, for the oracle: `sum` is that of the codes without their zeros.
  func value(_ sum: Int, _ weight: QuantisedWeight, row: Int, residual: Float? = nil) -> Double {
    var y = weight.biases[row].addingProduct(Float(sum), weight.scales[row])
    if let residual { y += residual }
    y = activation.value(y)
    return output.map { Double($0.code(y)) } ?? Double(y)
  }
}
