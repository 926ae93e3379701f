import CKernels
import CoppiceTensors

/// The greatest code of each window, channels last: `[batch, height, width, channels]` to `[batch, rows, columns, channels]`. It is the
/// code of the greatest number. Padding never wins.
package struct QuantisedMaxPool: UndifferentiablePrimitive, ExamplewisePrimitive {
  package static let name = "quantised-max-pool"
  package let windows: PoolingWindows

  package init(_ windows: PoolingWindows) { self.windows = windows }

  package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
    guard inputs.count == 1, inputs[0].element == .byte, let output = output(inputs[0].shape) else {
      throw ShapeError(
        "takes bytes [batch, height, width, channels] that fit \(windows), not \(inputs.listed)")
    }
    return [ValueType(output, .byte)]
  }

  private func output(_ x: Shape) -> Shape? {
    guard x.rank == 4, let y = windows.output([x[0], x[3], x[1], x[2]]) else { return nil }
    return [y[0], y[2], y[3], y[1]]
  }

  package func kernel(for signature: Signature) -> Kernel {
    let (x, y, windows) = (signature.input(0), signature.output(), windows)
    return Kernel(units: x[0]) { arguments, images in
      for image in images {
        ck_integer_max_pool(
          x[3], x[1], x[2], y[1], y[2], windows.side, windows.stride, windows.padding,
          arguments.bytes(0) + image * x[1] * x[2] * x[3],
          arguments.byteOutput() + image * y[1] * y[2] * y[3])
      }
    }
  }

  package func flops(for signature: Signature) -> Int { 0 }

  package func reference(_ inputs: [ReferenceArray], _ signature: Signature) -> [ReferenceArray] {
    let x = inputs[0]
    var y = ReferenceArray(repeating: 0, signature.output())
    for place in ReferenceArray.coordinates(of: y.shape) {
      for tap in ReferenceArray.coordinates(of: [windows.side, windows.side]) {
        let row = place[1] * windows.stride + tap[0] - windows.padding
        let column = place[2] * windows.stride + tap[1] - windows.padding
        guard (0..<x.shape[1]).contains(row), (0..<x.shape[2]).contains(column) else { continue }
        y[place] = max(y[place], x[place[0], row, column, place[3]])
      }
    }
    return [y]
  }

  package static let samples = [
    Sample(QuantisedMaxPool(.init(2)), .bytes([2, 6, 8, 3])),
    Sample(QuantisedMaxPool(.init(3, stride: 2, padding: 1)), .bytes([1, 7, 6, 20])),
  ]
}
