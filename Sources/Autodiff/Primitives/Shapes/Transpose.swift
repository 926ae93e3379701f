import CKernels
import CoppiceTensors

/// The axes in another order: axis i of the output is axis `permutation[i]` of the input.
package struct Transpose: Primitive {
  package static let name = "transpose"
  package let permutation: [Int]

  package init(_ permutation: [Int]) { self.permutation = permutation }

  package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
    guard inputs.count == 1, inputs[0].element != .byte, inputs[0].shape.rank <= 6,
      permutation.sorted() == Array(inputs[0].shape.axes.indices)
    else { throw ShapeError("\(permutation) is no order of the axes of \(inputs.listed) (at most 6)") }
    return [ValueType(Shape(permutation.map { inputs[0].shape[$0] }), inputs[0].element)]
  }

  package func kernel(for signature: Signature) -> Kernel {
    let (rank, strides) = (permutation.count, signature.input(0).strides)
    var (extents, from, to) = (SIMD8<Int>(), SIMD8<Int>(), SIMD8<Int>())
    for axis in 0..<rank {
      extents[axis] = signature.output()[axis]
      from[axis] = strides[permutation[axis]]
      to[axis] = signature.output().strides[axis]
    }
    let walk = (extents: extents, from: from, to: to)
    return Kernel(units: rank == 0 ? 1 : extents[0]) { arguments, range in
      var extents = walk.extents
      extents[0] = range.count
      withUnsafeInts(extents) { extents in
        withUnsafeInts(walk.from) { from in
          withUnsafeInts(walk.to) { to in
            ck_copy_strided(
              rank, extents, from, to, arguments.input(0) + range.lowerBound * walk.from[0],
              arguments.output() + range.lowerBound * walk.to[0])
          }
        }
      }
    }
  }

  package func flops(for signature: Signature) -> Int { 0 }

  package func pullback(_ call: PullbackCall) -> [Value?] {
    let inverse = permutation.indices.sorted { permutation[$0] < permutation[$1] }
    return [call.gradient?.transposed(inverse)]
  }

  package func reference(_ inputs: [ReferenceArray], _ signature: Signature) -> [ReferenceArray] {
    var output = ReferenceArray(repeating: 0, signature.output())
    for place in ReferenceArray.coordinates(of: inputs[0].shape) {
      output[permutation.map { place[$0] }] = inputs[0][place]
    }
    return [output]
  }

  package static let samples = [
    Sample(Transpose([1, 0]), .uniform([21, 35])), Sample(Transpose([0, 2, 1, 3]), .uniform([2, 5, 3, 7])),
    Sample(Transpose([2, 0, 1]), .uniform([3, 4, 9])), Sample(Transpose([]), .uniform([])),
    Sample(Transpose([3, 2, 1, 0]), .uniform([2, 3, 1, 4])),
    Sample(Transpose([1, 0]), .integers([3, 5], below: 9)),
  ]
}

/// Gives `body` the integers of a small array kept in place.
private func withUnsafeInts(_ integers: SIMD8<Int>, _ body: (UnsafePointer<Int>) -> Void) {
  withUnsafePointer(to: integers) { $0.withMemoryRebound(to: Int.self, capacity: 8, body) }
}

extension Value {
  /// The axes in another order: axis i of the result is axis `permutation[i]` of this one.
  public func transposed(_ permutation: [Int]) -> Value {
    permutation == Array(shape.axes.indices) ? self : builder.apply(Transpose(permutation), self)
  }
}

extension Transpose: AxisTied {
  package func ties(for signature: Signature) -> [AxisTie] {
    permutation.enumerated().map { AxisTie(.input(0, axis: $1), .output(axis: $0)) }
  }

  package var keepsZeros: Bool { true }
}

extension Transpose: PathMovingPrimitive {}

extension Transpose: RelevanceMovingPrimitive {}

extension Transpose: UnitwisePrimitive {}

extension Transpose: ExportablePrimitive {
  package func operators(_ call: inout OperatorCall) -> [Operand] {
    [call.apply("Transpose", call.inputs, ["perm": .integers(permutation)])]
  }
}
