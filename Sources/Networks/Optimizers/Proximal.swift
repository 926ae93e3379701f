import CoppiceAutodiff
import CoppiceTensors
import CoppiceTerms

extension Optimizer {
  /// This optimizer with a proximal step behind each of its own: what it would move below a threshold becomes exactly 0.
  ///
  ///     w ← sign(w) · max(0, |w| − η λ₁)                       (L1)
  ///     w_r ← w_r · max(0, 1 − η λ₂ √n / ‖w_r‖₂)               (group lasso: rows w_r of n weights, one an output)
  ///
  /// with the learning rate η of the step. Where both are asked for, the first comes first, which is the proximal step of their sum.
  /// Behind an optimizer that scales its steps weight by weight, such as Adam, the threshold stays that of plain descent.
  ///
  /// N. Parikh, S. Boyd, "Proximal algorithms", 2014; M. Yuan, Y. Lin, "Model selection and estimation in regression with grouped
  /// variables", 2006, for the groups.
  ///
  /// - Parameters:
  ///   - l1: λ₁.
  ///   - group: λ₂.
  public func proximal(l1: Double = 0, group: Double = 0) -> Optimizer {
    let base = self
    return Optimizer(
      fused: "proximal", version: 1,
      [("optimizer", .component(specification)), ("l1", .number(l1)), ("group", .number(group))],
      moments: moments, corrections: corrections
    ) { step in
      var new = base.update(step)
      guard let moved = new.first else { return new }
      let (builder, rate) = (step.builder, step.learningRate)
      var weight = moved
      if l1 > 0 {
        let threshold = rate.scaled(by: Float(l1))
        weight = (weight - threshold).relu - (-weight - threshold).relu
      }
      if group > 0 {
        guard weight.shape.rank >= 2 else {
          builder.fail("proximal", "has groups of rows, and an array of shape \(weight.shape) has none")
          return new
        }
        let axes = weight.shape.axes
        let norms = (weight * weight).summed(over: Array(1..<axes.count)).squareRoot
        let size = Float(axes.dropFirst().reduce(1, *)).squareRoot()
        // A row of zeros is divided by next to nothing and stays.
        let factors =
          builder.constant(1) - rate.scaled(by: Float(group) * size) / norms.maximum(builder.constant(1e-30))
        let kept = factors.maximum(builder.constant(0))
        weight = weight * (1..<axes.count).reduce(kept) { $0.expanded(at: $1, count: axes[$1]) }
      }
      new[0] = weight
      return new
    }
  }
}
