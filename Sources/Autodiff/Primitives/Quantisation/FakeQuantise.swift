import CoppiceTensors

/// An array as what its codes of one byte stand for, see `AffineCode`. Inputs: x and, where the codes are not known beforehand, how far
/// its range reaches below and above 0, `[2]`.
/// The gradient is that of the range's ends: it passes where x lies between them, else it is 0 (straight through; Jacob et al. 2018).
package struct FakeQuantise: SurrogatePrimitive {
  package static let name = "fake-quantise"

  /// The codes, where they are known beforehand.
  let code: AffineCode?

  /// Codes of a range that is an input.
  package init() { code = nil }

  /// Codes that are known.
  package init(_ code: AffineCode) { self.code = code }

  package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
    guard inputs.first?.element == .float32,
      Array(inputs.dropFirst()) == (code == nil ? [ValueType([2])] : [])
    else { throw ShapeError("takes an array and, without known codes, a range [2], not \(inputs.listed)") }
    return [inputs[0]]
  }

  package func kernel(for signature: Signature) -> Kernel {
    Kernel(units: signature.output().count) { arguments, places in
      let (x, y) = (arguments.input(0), arguments.output())
      if let known = code {
        for place in places { y[place] = known.nearest(x[place]) }
        return
      }
      let range = arguments.input(1)
      guard range[0].isFinite, range[1].isFinite else {
        for place in places { y[place] = .nan }
        return
      }
      let found = AffineCode(below: range[0], above: range[1])
      for place in places { y[place] = found.nearest(x[place]) }
    }
  }

  package var donations: [(input: Int, output: Int)] { [(0, 0)] }

  package func flops(for signature: Signature) -> Int { 0 }

  package func surrogate(_ inputs: [Value]) -> [Value] {
    let x = inputs[0]
    if let code {
      let (below, above) = (code.value(of: 0), code.value(of: 255))
      return [x.maximum(x.builder.constant(below)).minimum(x.builder.constant(above))]
    }
    let range = inputs[1]
    let (below, above) = (range.sliced(0, 0..<1).sum, range.sliced(0, 1..<2).sum)
    return [x.maximum(-below).minimum(above)]
  }

  package func reference(_ inputs: [ReferenceArray], _ signature: Signature) -> [ReferenceArray] {
    var (scale, zero) = (1.0, 0.0)
    if let code {
      (scale, zero) = (Double(code.scale), Double(code.zero))
    } else {
      let (below, above) = (max(0, inputs[1].scalars[0]), max(0, inputs[1].scalars[1]))
      if below + above > 0 { scale = (below + above) / 255 }
      zero = (below / scale).rounded(.toNearestOrEven)
    }
    return [
      inputs[0].map { number in
        let code = min(255, max(0, (number / scale).rounded(.toNearestOrEven) + zero))
        return (code - zero) * scale
      }
    ]
  }

  package static let samples = [
    Sample(FakeQuantise(), .uniform([5, 33]), .values([2], [0.75, 0.5])),
    Sample(FakeQuantise(), .within([3, 2, 4], -0.5...4), .values([2], [0, 3])),
    Sample(FakeQuantise(), .values([4], [-0.46, 0, 0.27, 0.96]), .values([2], [0.5, 1])),
    Sample(FakeQuantise(), .within([6], 0.1...0.4), .values([2], [0, 0])),
    Sample(FakeQuantise(AffineCode(scale: 0.005, zero: 100)), .uniform([3, 20])),
  ]
}

extension FakeQuantise: ExamplewisePrimitive {}

extension FakeQuantise: AxisTied {
  package func ties(for signature: Signature) -> [AxisTie] {
    AxisTie.same(signature.output().axes.indices, input: 0)
  }

  package var keepsZeros: Bool { true }
}

extension FakeQuantise: PathKeepingPrimitive {}
