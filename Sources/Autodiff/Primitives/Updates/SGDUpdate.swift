import CKernels
import CoppiceTensors

/// One step of stochastic gradient descent as PyTorch defines it (dampening 0), masked:
/// `d = s·g + decay·w`, `v ← momentum·v + d`, `w ← w − rate·(nesterov ? d + momentum·v : v)`.
/// Inputs: w, g, v (where momentum > 0), rate and gradient scale s as scalars, and the mask (bytes) where there is one; a
/// masked weight and its velocity end exactly 0. Outputs: w and, with momentum, v. Both are updated in place.
package struct SGDUpdate: UndifferentiablePrimitive {
  package static let name = "sgd-update"
  package let momentum: Double
  package let isNesterov: Bool
  package let weightDecay: Double
  package let isMasked: Bool

  package init(momentum: Double, isNesterov: Bool, weightDecay: Double, isMasked: Bool) {
    self.momentum = momentum
    self.isNesterov = isNesterov
    self.weightDecay = weightDecay
    self.isMasked = isMasked
  }

  private var moments: Int { momentum == 0 ? 0 : 1 }

  package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
    try checkUpdate(inputs, moments: moments, scalars: 2, isMasked: isMasked)
  }

  package func kernel(for signature: Signature) -> Kernel {
    let (momentum, nesterov, decay) = (momentum, Int32(isNesterov ? 1 : 0), weightDecay)
    let (moments, isMasked) = (moments, isMasked)
    return Kernel(units: signature.input(0).count) { a, range in
      let start = range.lowerBound
      a.copyUnlessInPlace(0, to: 0, range)
      if moments == 1 { a.copyUnlessInPlace(2, to: 1, range) }
      ck_sgd(
        range.count, a.output(0) + start, a.input(1) + start, moments == 1 ? a.output(1) + start : nil,
        isMasked ? a.bytes(moments + 4) + start : nil, Double(a.input(moments + 2)[0]), momentum, nesterov,
        decay, Double(a.input(moments + 3)[0]))
    }
  }

  package func flops(for signature: Signature) -> Int { 6 * signature.input(0).count }

  package var donations: [(input: Int, output: Int)] { moments == 1 ? [(0, 0), (2, 1)] : [(0, 0)] }

  package func reference(_ inputs: [ReferenceArray], _ signature: Signature) -> [ReferenceArray] {
    var w = inputs[0]
    var v = moments == 1 ? inputs[2] : inputs[0].map { _ in 0 }
    let (rate, scale) = (inputs[moments + 2].scalars[0], inputs[moments + 3].scalars[0])
    let decay = weightDecay
    for i in w.scalars.indices {
      if isMasked, inputs[moments + 4].scalars[i] == 0 {
        (w.scalars[i], v.scalars[i]) = (0, 0)
        continue
      }
      let d = scale * inputs[1].scalars[i] + decay * w.scalars[i]
      v.scalars[i] = momentum * v.scalars[i] + d
      w.scalars[i] -= rate * (isNesterov ? d + momentum * v.scalars[i] : v.scalars[i])
    }
    return moments == 1 ? [w, v] : [w]
  }

  package static let samples = [
    Sample(
      SGDUpdate(momentum: 0, isNesterov: false, weightDecay: 0, isMasked: false), .uniform([3, 21]),
      .uniform([3, 21]), .values([], [0.1]), .values([], [1])),
    Sample(
      SGDUpdate(momentum: 0.9, isNesterov: true, weightDecay: 1e-2, isMasked: true), .uniform([3, 21]),
      .uniform([3, 21]), .uniform([3, 21]), .values([], [0.1]), .values([], [0.5]), .mask([3, 21])),
  ]
}
