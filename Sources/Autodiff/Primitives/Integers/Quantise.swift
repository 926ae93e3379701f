import CKernels
import CoppiceTensors

/// The codes of numbers, `clamp(x / scale, −zero … 255 − zero)`, rounded half to even, plus zero (`AffineCode`). Images `[batch,
/// channels, height, width]` become `[batch, height, width, channels]` where asked: layers of integers have channels last.
package struct Quantise: UndifferentiablePrimitive, ExamplewisePrimitive {
  package static let name = "quantise"
  package let code: AffineCode
  package let movesChannels: Bool

  package init(_ code: AffineCode, movingChannels movesChannels: Bool = false) {
    (self.code, self.movesChannels) = (code, movesChannels)
  }

  package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
    guard inputs.count == 1, inputs[0].element == .float32, !movesChannels || inputs[0].shape.rank == 4 else {
      throw ShapeError("takes numbers, images where channels are moved, not \(inputs.listed)")
    }
    let shape = inputs[0].shape
    return [ValueType(movesChannels ? [shape[0], shape[2], shape[3], shape[1]] : shape, .byte)]
  }

  package func kernel(for signature: Signature) -> Kernel {
    let (scale, zero, shape) = (code.scale, Int32(code.zero), signature.input(0))
    guard movesChannels else {
      return Kernel(units: (shape.count + 63) / 64) { arguments, range in
        let places = range.lowerBound * 64..<min(range.upperBound * 64, shape.count)
        ck_quantise(
          places.count, arguments.input(0) + places.lowerBound, scale, zero,
          arguments.byteOutput() + places.lowerBound)
      }
    }
    let (channels, plane) = (shape[1], shape[2] * shape[3])
    return Kernel(units: shape[0]) { arguments, images in
      for image in images {
        ck_quantise_planes(
          channels, plane, arguments.input(0) + image * channels * plane, scale, zero,
          arguments.byteOutput() + image * channels * plane)
      }
    }
  }

  package func flops(for signature: Signature) -> Int { 2.times(signature.output().count) }

  package func reference(_ inputs: [ReferenceArray], _ signature: Signature) -> [ReferenceArray] {
    let x =
      movesChannels
      ? Transpose([0, 2, 3, 1]).reference(
        inputs, Signature(inputs: signature.inputs, outputs: [ValueType(signature.output())]))[0] : inputs[0]
    return [x.map { Double(code.code(Float($0))) }]
  }

  package static let samples = [
    Sample(Quantise(AffineCode(below: 0.5, above: 1)), .uniform([3, 45])),
    Sample(Quantise(AffineCode(below: 0, above: 0.9), movingChannels: true), .uniform([2, 3, 5, 9])),
    Sample(Quantise(AffineCode(below: 0.9, above: 0), movingChannels: true), .uniform([1, 20, 4, 5])),
  ]
}
