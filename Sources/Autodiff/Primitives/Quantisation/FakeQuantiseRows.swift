import CoppiceTensors

/// A weight `[out, …]` as what its codes of few bits stand for, each row with the scale of its largest magnitude, see `SymmetricCode`. A
/// weight of 0 stays 0. The gradient is that of the identity (straight through).
package struct FakeQuantiseRows: SurrogatePrimitive {
  package static let name = "fake-quantise-rows"

  /// The bits of a code: 8 or 4.
  let bits: Int

  package init(bits: Int) { self.bits = bits }

  package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
    guard inputs.count == 1, inputs[0].element == .float32, inputs[0].shape.rank > 0 else {
      throw ShapeError("takes a weight [out, …], not \(inputs.listed)")
    }
    guard SymmetricCode.possibleBits.contains(bits) else { throw ShapeError("has no codes of \(bits) bits") }
    return inputs
  }

  package func kernel(for signature: Signature) -> Kernel {
    let rows = signature.input(0)[0]
    let length = rows > 0 ? signature.input(0).count / rows : 0
    return Kernel(units: rows) { arguments, range in
      for row in range {
        let (weights, output) = (arguments.input(0) + row * length, arguments.output() + row * length)
        var largest: Float = 0
        for place in 0..<length {
          let magnitude = weights[place].magnitude
          largest = magnitude > largest ? magnitude : largest
        }
        let code = SymmetricCode(largest: largest, bits: bits)
        for place in 0..<length { output[place] = code.nearest(weights[place]) }
      }
    }
  }

  package var donations: [(input: Int, output: Int)] { [(0, 0)] }

  package func flops(for signature: Signature) -> Int { 0 }

  package func surrogate(_ inputs: [Value]) -> [Value] { inputs }

  package func reference(_ inputs: [ReferenceArray], _ signature: Signature) -> [ReferenceArray] {
    let (rows, limit) = (signature.input(0)[0], Double(1 << (bits - 1)) - 1)
    let length = signature.input(0).count / max(1, rows)
    var output = inputs[0]
    for row in 0..<rows {
      let places = row * length..<(row + 1) * length
      let largest = places.map { output.scalars[$0].magnitude }.max() ?? 0
      let scale = largest > 0 ? largest / limit : 1
      for place in places {
        output.scalars[place] = (output.scalars[place] / scale).rounded(.toNearestOrEven) * scale
      }
    }
    return [output]
  }

  package static let samples = [
    Sample(FakeQuantiseRows(bits: 8), .uniform([5, 33])),
    Sample(FakeQuantiseRows(bits: 4), .uniform([3, 2, 3, 3])),
    Sample(FakeQuantiseRows(bits: 8), .values([2, 3], [0, 0, 0, -3, 0.01, 1])),
  ]
}

extension FakeQuantiseRows: AxisTied {
  package func ties(for signature: Signature) -> [AxisTie] {
    AxisTie.same(signature.output().axes.indices, input: 0)
  }

  package var keepsZeros: Bool { true }
}

extension FakeQuantiseRows: PathKeepingPrimitive {}
