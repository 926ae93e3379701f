import CKernels
import CoppiceTensors

/// A primitive that makes each element of its output from the elements of its inputs at the same place. All inputs have one
/// shape, which is the output's, and any of them may be overwritten.
package protocol PointwisePrimitive: ExamplewisePrimitive {
  /// The number of inputs.
  static var arity: Int { get }

  /// Computes `count` elements from `offset` on.
  func run(_ count: Int, from offset: Int, _ arguments: KernelArguments)
}

/// A pointwise primitive that is finite wherever its inputs are: an activation, or the gradient of one.
package protocol FinitePrimitive: PointwisePrimitive {}

/// A pointwise primitive whose reference is a function of numbers.
package protocol ElementwisePrimitive: PointwisePrimitive, AxisTied, PathPrimitive {
  /// One element in Double precision.
  func value(_ x: [Double]) -> Double
}

extension ElementwisePrimitive {
  package func reference(_ inputs: [ReferenceArray], _ signature: Signature) -> [ReferenceArray] {
    let scalars = inputs[0].scalars.indices.map { index in value(inputs.map { $0.scalars[index] }) }
    return [ReferenceArray(inputs[0].shape, scalars)]
  }
}

extension PointwisePrimitive {
  package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
    guard inputs.count == Self.arity, inputs.allSatisfy({ $0 == inputs[0] && $0.element == .float32 }) else {
      throw ShapeError(
        "takes \(Self.arity) arrays of one shape, not \(inputs.map(\.description).joined(separator: ", "))")
    }
    return [inputs[0]]
  }

  package func kernel(for signature: Signature) -> Kernel {
    Kernel(units: signature.output().count) { arguments, range in
      run(range.count, from: range.lowerBound, arguments)
    }
  }

  package func examplewiseInputs(for signature: Signature) -> [Int]? { Array(0..<Self.arity) }

  package var donations: [(input: Int, output: Int)] { (0..<Self.arity).map { ($0, 0) } }
}

extension ElementwisePrimitive {
  /// All arrays are one along every axis.
  package func ties(for signature: Signature) -> [AxisTie] {
    (0..<Self.arity).flatMap { AxisTie.same(signature.output().axes.indices, input: $0) }
  }

  package var keepsZeros: Bool { value([Double](repeating: 0, count: Self.arity)) == 0 }
}
