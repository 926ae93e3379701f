import CKernels
import CoppiceTensors
import Foundation

/// The cross-entropy of a softmax, `loss[r] = −ln softmax(logits[r])[labels[r]]`: logits `[rows, classes]`, Int32 labels
/// `[rows]`, loss `[rows]`. A label outside the classes (−1 by custom) marks a row that does not count: loss 0, gradient 0.
/// A second output holds the probabilities `[rows, classes]` for the gradient.
package struct SoftmaxCrossEntropy: Primitive {
  package static let name = "softmax-cross-entropy"

  package init() {}

  package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
    guard inputs.count == 2, inputs[0].shape.rank == 2, inputs[0].element == .float32,
      inputs[1] == ValueType([inputs[0].shape[0]], .int32)
    else {
      throw ShapeError(
        "takes logits [rows, classes] and int32 labels [rows], not "
          + inputs.map(\.description).joined(separator: " and "))
    }
    return [ValueType([inputs[0].shape[0]]), inputs[0]]
  }

  package func kernel(for signature: Signature) -> Kernel {
    let (rows, classes) = (signature.input(0)[0], signature.input(0)[1])
    return Kernel(units: rows) { arguments, range in
      ck_softmax_cross_entropy(
        range.count, classes, arguments.input(0) + range.lowerBound * classes,
        arguments.integers(1) + range.lowerBound, arguments.output(0) + range.lowerBound,
        arguments.output(1) + range.lowerBound * classes)
    }
  }

  package func flops(for signature: Signature) -> Int { 5 * signature.input(0).count }

  package func pullback(_ call: PullbackCall) -> [Value?] {
    if call.gradients[1] != nil {
      call.inputs[0].builder.fail(Self.name, "has no gradient through the probabilities; take the softmax's")
    }
    guard let g = call.gradients[0] else { return [nil, nil] }
    return [g.builder.apply(Gradient(), g, call.inputs[0], call.outputs[1], call.inputs[1]), nil]
  }

  package func reference(_ inputs: [ReferenceArray], _ signature: Signature) -> [ReferenceArray] {
    let (rows, classes) = (signature.input(0)[0], signature.input(0)[1])
    var loss = ReferenceArray(repeating: 0, signature.output(0))
    let probabilities = softmaxRows(inputs[0])
    for row in 0..<rows {
      let label = Int(inputs[1][row])
      if (0..<classes).contains(label) { loss[row] = -Foundation.log(probabilities[row, label]) }
    }
    return [loss, probabilities]
  }

  package static let samples = [
    Sample(SoftmaxCrossEntropy(), .within([7, 5], -3...3), .integers([7], below: 5)),
    Sample(SoftmaxCrossEntropy(), .within([3, 40], -3...3), .indices([3], [39, -1, 0])),
  ]
}

extension SoftmaxCrossEntropy {
  /// `g[r] · (p[r, c] − (c = labels[r]))`, 0 in rows that do not count: from the gradient of each row's loss `[rows]`, the
  /// logits, their probabilities (a function of the logits, given so that it is not computed twice) and the labels.
  package struct Gradient: FusedPrimitive {
    package static let name = "softmax-cross-entropy-gradient"

    package init() {}

    package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
      guard inputs.count == 4, inputs[1].shape.rank == 2, inputs[2] == inputs[1] else {
        throw ShapeError("takes gradients, logits, probabilities and labels")
      }
      return [inputs[1]]
    }

    package func kernel(for signature: Signature) -> Kernel {
      let (rows, classes) = (signature.input(1)[0], signature.input(1)[1])
      return Kernel(units: rows) { arguments, range in
        ck_softmax_cross_entropy_gradient(
          range.count, classes, arguments.input(0) + range.lowerBound,
          arguments.input(2) + range.lowerBound * classes, arguments.integers(3) + range.lowerBound,
          arguments.output() + range.lowerBound * classes)
      }
    }

    package func flops(for signature: Signature) -> Int { 2 * signature.input(1).count }

    package var donations: [(input: Int, output: Int)] { [(2, 0)] }

    /// `(softmax(logits) − onehot) · counted · g`, in which the probabilities are the logits' own softmax, so that the
    /// second derivative flows through the logits.
    package func definition(_ inputs: [Value]) -> [Value] {
      let (g, logits, labels) = (inputs[0], inputs[1], inputs[3])
      let classes = logits.shape[1]
      let hot = labels.builder.apply(OneHot(classes: classes), labels)
      let counted = hot.summed(over: 1).expanded(at: 1, count: classes)
      return [(logits.softmax - hot) * counted * g.expanded(at: 1, count: classes)]
    }

    package static let samples: [Sample] = []
  }
}

extension Value {
  /// The cross-entropy of each row `[rows]` with Int32 labels `[rows]`.
  public func softmaxCrossEntropy(_ labels: Value) -> Value {
    builder.applyAll(SoftmaxCrossEntropy(), [self, labels])[0]
  }
}

/// The softmax of each row in Double precision.
func softmaxRows(_ x: ReferenceArray) -> ReferenceArray {
  var y = x
  let width = max(1, x.shape[-1])
  for row in 0..<(x.shape.count / width) {
    let range = (row * width)..<((row + 1) * width)
    let greatest = x.scalars[range].max() ?? 0
    var sum = 0.0
    for index in range {
      y.scalars[index] = Foundation.exp(x.scalars[index] - greatest)
      sum += y.scalars[index]
    }
    for index in range { y.scalars[index] /= sum }
  }
  return y
}

extension SoftmaxCrossEntropy: AxisTied {
  /// The rows; classes are untied.
  package func ties(for signature: Signature) -> [AxisTie] {
    AxisTie.same(0..<1) + AxisTie.same(0..<1, output: 1) + AxisTie.same(0..<1, input: 1)
  }
}
