import CKernels
import CoppiceTensors

/// A linear layer of integers: of the codes x `[…, in]` the sums `Σᵢ (x[i] − zero) · w[o, i]`; then, where there is one, a residual
/// `[…, out]` of numbers is added to what they stand for; then what `QuantisedFinish` says. The result is `[…, out]`.
package struct QuantisedAffine: UndifferentiablePrimitive, ExamplewisePrimitive {
  package static let name = "quantised-affine"
  package let weight: QuantisedWeight
  package let hasResidual: Bool
  package let finish: QuantisedFinish

  package init(
    _ weight: QuantisedWeight, hasResidual: Bool = false, _ finish: QuantisedFinish = QuantisedFinish()
  ) {
    (self.weight, self.hasResidual, self.finish) = (weight, hasResidual, finish)
  }

  package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
    guard inputs.count == (hasResidual ? 2 : 1), inputs[0].element == .byte, inputs[0].shape.rank >= 2,
      weight.shape.rank == 2,
      inputs[0].shape[-1] == weight.shape[1], QuantisedWeight.fits(weight.shape)
    else { throw ShapeError("x must be bytes […, in] for \(weight), not \(inputs.listed)") }
    let output = Shape(inputs[0].shape.axes.dropLast() + [weight.outputs])
    guard !hasResidual || inputs[1] == ValueType(output) else {
      throw ShapeError("what is added must be \(output), not \(inputs[1])")
    }
    return [ValueType(output, finish.element)]
  }

  package func kernel(for signature: Signature) -> Kernel {
    let (inputs, outputs) = (weight.inputs, weight.outputs)
    let rows = signature.input(0).count / max(1, inputs)
    let packed = PackedWeight(weight, finish)
    let (hasResidual, givesCodes) = (hasResidual, finish.output != nil)
    return Kernel.product(
      rows: rows, columns: outputs, grain: Int(CK_INTEGER_PANEL),
      scratch: ck_integer_product_scratch(packed.form, inputs)
    ) { arguments, band, columns in
      let target = band.lowerBound * outputs
      packed.withKernelForms { weight, finish in
        ck_integer_product(
          weight, columns.lowerBound, columns.upperBound, band.count, outputs, inputs,
          arguments.bytes(0) + band.lowerBound * inputs, finish,
          hasResidual ? arguments.input(1) + target : nil,
          givesCodes ? nil : arguments.output() + target, givesCodes ? arguments.byteOutput() + target : nil,
          arguments.scratch)
      }
    }
  }

  package func examplewiseInputs(for signature: Signature) -> [Int]? { hasResidual ? [0, 1] : [0] }

  package func flops(for signature: Signature) -> Int {
    2.times(signature.output().count / max(1, weight.outputs)).times(weight.multiplied)
      .plus(hasResidual ? signature.output().count : 0)
  }

  package func reference(_ inputs: [ReferenceArray], _ signature: Signature) -> [ReferenceArray] {
    var y = ReferenceArray(repeating: 0, signature.output())
    for place in y.scalars.indices {
      let (example, row) = (place / weight.outputs, place % weight.outputs)
      let sum = (0..<weight.inputs).reduce(0) { sum, input in
        let x = Int(inputs[0].scalars[example * weight.inputs + input]) - Int(weight.inputZero)
        return sum + x * Int(weight.codes[row * weight.inputs + input])
      }
      y.scalars[place] = finish.value(
        sum, weight, row: row, residual: hasResidual ? Float(inputs[1].scalars[place]) : nil)
    }
    return [y]
  }

  package static let samples = [
    Sample(QuantisedAffine(.sample([40, 70])), .bytes([5, 70])),
    Sample(
      QuantisedAffine(
        .sample([10, 33], zero: 0), QuantisedFinish(.relu, output: AffineCode(below: 0, above: 0.7))),
      .bytes([2, 3, 33])),
    Sample(
      QuantisedAffine(.sample([33, 20]), hasResidual: true), .bytes([2, 3, 20]), .uniform([2, 3, 33])),
    Sample(QuantisedAffine(.sample([20, 36], zero: 255), QuantisedFinish(.gelu)), .bytes([3, 36])),
    Sample(QuantisedAffine(.sample([40, 200], one: 10), QuantisedFinish(.relu6)), .bytes([70, 200])),
    Sample(QuantisedAffine(.sample([40, 200], one: 10, length: 4)), .bytes([17, 200])),
  ]
}

extension QuantisedWeight {
  /// Made-up codes, for tests: of every `one` runs of `length` codes one survives.
  static func sample(
    _ shape: Shape, zero: UInt8 = 85, one: Int = 1, length: Int = 1
  ) -> QuantisedWeight {
    let codes = (0..<shape.count).map { place in
      (place / length * 7 + place / length / 11) % one == 0 ? Int8(place * 89 % 255 - 127) : 0
    }
    return QuantisedWeight(
      shape, codes, inputZero: zero, scales: (0..<shape[0]).map { 1e-6 * Float(1 + $0 % 5) },
      biases: (0..<shape[0]).map { Float($0 % 7) / 10 - 0.3 })
  }
}
