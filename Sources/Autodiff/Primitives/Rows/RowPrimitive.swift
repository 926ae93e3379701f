import CoppiceTensors

/// A primitive that makes each row of its output, along the last axis, from the same row of its inputs. All inputs have one shape,
/// which is the output's, and the first may be overwritten.
package protocol RowPrimitive: Primitive {
  /// The number of inputs.
  static var arity: Int { get }

  /// Computes `rows` rows of `width` elements, from element `offset` on.
  func run(_ rows: Int, width: Int, from offset: Int, _ arguments: KernelArguments)
}

extension RowPrimitive {
  package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
    guard inputs.count == Self.arity, inputs.allSatisfy({ $0 == inputs[0] && $0.element == .float32 }),
      inputs[0].shape.rank >= 1
    else {
      throw ShapeError(
        "takes \(Self.arity == 1 ? "one array" : "\(Self.arity) arrays of one shape"), rows of numbers, not \(inputs.listed)"
      )
    }
    return [inputs[0]]
  }

  package func kernel(for signature: Signature) -> Kernel {
    let width = max(1, signature.input(0)[-1])
    return Kernel(units: signature.input(0).count / width) { arguments, range in
      run(range.count, width: width, from: range.lowerBound * width, arguments)
    }
  }

  package func flops(for signature: Signature) -> Int { 4 * signature.input(0).count }

  package var donations: [(input: Int, output: Int)] { [(0, 0)] }
}

extension Reach {
  /// What each element of a row comes to where all depend on all of it.
  var spreadOverRows: Reach {
    let (last, width) = (alive.shape.rank - 1, alive.shape[-1])
    return mapped { $0.summed(over: last).expanded(at: last, count: width) }.filled(of: alive.shape)
  }
}
