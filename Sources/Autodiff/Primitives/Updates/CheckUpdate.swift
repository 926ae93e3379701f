import CoppiceTensors

/// The common shape rule of optimizer updates: w, g and the moments alike, then scalars, then the mask.
func checkUpdate(_ inputs: [ValueType], moments: Int, scalars: Int, isMasked: Bool) throws(ShapeError)
  -> [ValueType]
{
  let arrays = 2 + moments
  guard inputs.count == arrays + scalars + (isMasked ? 1 : 0), inputs[0].element == .float32,
    inputs[..<arrays].allSatisfy({ $0 == inputs[0] }),
    inputs[arrays..<(arrays + scalars)].allSatisfy({ $0 == ValueType(.scalar) }),
    !isMasked || inputs[arrays + scalars] == ValueType(inputs[0].shape, .byte)
  else {
    throw ShapeError(
      "takes weight, gradient and \(moments) moments of one shape, \(scalars) scalars"
        + (isMasked ? " and a mask" : "") + ", not \(inputs.map(\.description).joined(separator: ", "))")
  }
  return [ValueType](repeating: inputs[0], count: 1 + moments)
}
