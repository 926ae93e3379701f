import CKernels
import CoppiceTensors

/// One step of Adam (Kingma and Ba 2015) or, decoupled, AdamW (Loshchilov and Hutter 2019), as PyTorch defines them, masked:
/// `m ← β₁m + (1 − β₁)d`, `v ← β₂v + (1 − β₂)d²`, `w ← w − (rate / c₁) · m / (√v / √c₂ + ε)`, with d = s·g (+ decay·w unless
/// decoupled; decoupled: w ← w − rate·decay·w first) and cₖ = 1 − βₖᵗ.
/// Inputs: w, g, m, v, then the scalars rate, s, c₁, c₂, and the mask (bytes) where there is one; a masked weight and its
/// moments end exactly 0. Outputs: w, m, v, updated in place.
package struct AdamUpdate: UndifferentiablePrimitive {
  package static let name = "adam-update"
  package let beta1: Double
  package let beta2: Double
  package let epsilon: Double
  package let weightDecay: Double
  package let isDecoupled: Bool
  package let isMasked: Bool

  package init(
    beta1: Double, beta2: Double, epsilon: Double, weightDecay: Double, isDecoupled: Bool, isMasked: Bool
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.isDecoupled = isDecoupled
    self.isMasked = isMasked
  }

  package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
    try checkUpdate(inputs, moments: 2, scalars: 4, isMasked: isMasked)
  }

  package func kernel(for signature: Signature) -> Kernel {
    let update = self
    return Kernel(units: signature.input(0).count) { a, range in
      let start = range.lowerBound
      for (input, output) in update.donations { a.copyUnlessInPlace(input, to: output, range) }
      ck_adam(
        range.count, a.output(0) + start, a.input(1) + start, a.output(1) + start, a.output(2) + start,
        update.isMasked ? a.bytes(8) + start : nil, Double(a.input(4)[0]), update.beta1, update.beta2,
        update.epsilon, Double(a.input(6)[0]), Double(a.input(7)[0]), update.weightDecay,
        update.isDecoupled ? 1 : 0, Double(a.input(5)[0]))
    }
  }

  package func flops(for signature: Signature) -> Int { 13 * signature.input(0).count }

  package var donations: [(input: Int, output: Int)] { [(0, 0), (2, 1), (3, 2)] }

  package func reference(_ inputs: [ReferenceArray], _ signature: Signature) -> [ReferenceArray] {
    var (w, m, v) = (inputs[0], inputs[2], inputs[3])
    let (rate, scale) = (inputs[4].scalars[0], inputs[5].scalars[0])
    let (c1, c2) = (inputs[6].scalars[0], inputs[7].scalars[0])
    let decay = weightDecay
    for i in w.scalars.indices {
      if isMasked, inputs[8].scalars[i] == 0 {
        (w.scalars[i], m.scalars[i], v.scalars[i]) = (0, 0, 0)
        continue
      }
      let d = scale * inputs[1].scalars[i] + (isDecoupled ? 0 : decay * w.scalars[i])
      if isDecoupled { w.scalars[i] *= 1 - rate * decay }
      m.scalars[i] = beta1 * m.scalars[i] + (1 - beta1) * d
      v.scalars[i] = beta2 * v.scalars[i] + (1 - beta2) * d * d
      w.scalars[i] -= rate / c1 * m.scalars[i] / ((v.scalars[i] / c2).squareRoot() + epsilon)
    }
    return [w, m, v]
  }

  package static let samples = [
    Sample(
      AdamUpdate(
        beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 1e-2, isDecoupled: false, isMasked: false),
      .uniform([3, 21]), .uniform([3, 21]), .uniform([3, 21]), .within([3, 21], 0.01...1),
      .values([], [0.01]),
      .values([], [1]), .values([], [0.1]), .values([], [0.001])),
    Sample(
      AdamUpdate(
        beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 1e-2, isDecoupled: true, isMasked: true),
      .uniform([3, 21]), .uniform([3, 21]), .uniform([3, 21]), .within([3, 21], 0.01...1),
      .values([], [0.01]),
      .values([], [0.5]), .values([], [0.271]), .values([], [0.003]), .mask([3, 21])),
  ]
}
