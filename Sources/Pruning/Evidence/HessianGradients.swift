import CoppiceAutodiff
import CoppiceTensors

extension Evidence {
  /// ∂L/∂w of the mean loss on logits divided by a temperature, for every prunable weight; over several batches their mean.
  public static func temperedGradients(temperature: Double) -> Evidence {
    Evidence(
      "tempered-gradients", version: 1, fields: [("temperature", .number(temperature))], combine: .mean
    ) { trace in
      trace.temperedGradients(temperature)
    }
  }

  /// H g for every prunable weight: the Hessian of the mean loss on logits divided by a temperature, times its gradient over
  /// all batches. Other parameters stand still, and so do pruned weights: g is 0 there, as the flow gᵀg is that of survivors. Exact, as the gradient of ⟨∂L/∂w, g⟩; over several batches the mean.
  public static func hessianGradients(temperature: Double) -> Evidence {
    let first = temperedGradients(temperature: temperature)
    return Evidence(
      "hessian-gradients", version: 1, fields: [("temperature", .number(temperature))], combine: .mean,
      given: [first]
    ) { trace in
      let along = trace.temperedGradients(temperature).map { name, gradient in
        let slope = trace.given(first, for: name, gradient.shape)
        return (gradient * (slope * trace.survivors(of: name, gradient.shape))).sum
      }
      guard let head = along.first else { return [] }
      let weights = trace.prunable
      return zip(
        weights, trace.gradients(of: along.dropFirst().reduce(head, +), wrt: weights.map(\.value))
      ).map { ($0.name, $1) }
    }
  }
}

extension LossTrace {
  fileprivate func temperedGradients(_ temperature: Double) -> [(name: String, value: Value)] {
    let loss = loss(of: logits.scaled(by: Float(1 / temperature)))
    return zip(prunable, gradients(of: loss, wrt: prunable.map(\.value))).map { ($0.name, $1) }
  }
}
