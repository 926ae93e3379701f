import CoppiceTensors
import CoppiceTerms

/// How a control makes initial weights from the trial's own. H. Zhou et al., "Deconstructing lottery tickets: zeros, signs, and the
/// supermask", NeurIPS 2019.
package enum Reinitialisation: String, Hashable, Sendable, CaseIterable {
  /// Drawn afresh, with the signs of the trial's own: |w'| · sgn(w).
  case signed = "signed-reinit"
  /// σ · sgn(w), where σ is the standard deviation of the layer's own weights.
  case signedConstant = "signed-constant"
  /// A layer's own weights in another order.
  case permuted = "permuted-reinit"
  /// The survivors of a layer in another order, among themselves.
  case reshuffled = "reshuffled-reinit"

  /// What a key holds of it.
  func value(draw: Int) -> Specification.Value {
    .component(Specification(rawValue, version: 1, [("draw", .integer(draw))]))
  }
}

extension Regimen {
  /// Initial weights made from the trial's own in another way. Of parameters that are no prunable weights, biases and scales, those
  /// drawn afresh are drawn too, and all others keep their initial values.
  ///
  /// - Parameters:
  ///   - draw: tells the draws of rounds apart, as in `initialParameters(draw:)`.
  ///   - masks: which weights survive; `nil` for all.
  package func initialParameters(
    _ way: Reinitialisation, draw: Int, masks: MaskSet?
  ) throws -> ParameterSet {
    var parameters = try initialParameters(draw: 0)
    if way == .signed {
      for (name, fresh) in try initialParameters(draw: draw) {
        guard let own = parameters[name] else { continue }
        parameters[name] = Tensor(
          own.shape, zip(own.scalars, fresh.scalars).map { Float(signOf: $0, magnitudeOf: $1) })
      }
      return parameters
    }
    for (place, declaration) in model.declarations.enumerated() where declaration.isPrunable {
      guard let own = parameters[declaration.name] else { continue }
      // A substream of its own: those below belong to the draws of initial weights.
      var random = RandomStream(
        seed: seedBits &+ UInt64(draw) << 32, stream: .initialisation,
        substream: UInt32(truncatingIfNeeded: place) | 0x8000_0000)
      switch way {
      case .signed: break
      case .signedConstant:
        let size = own.standardDeviation
        parameters[declaration.name] = Tensor(
          own.shape, own.scalars.map { Float(signOf: $0, magnitudeOf: size) })
      case .permuted:
        let order = random.permutation(own.scalars.count)
        parameters[declaration.name] = Tensor(own.shape, order.map { own.scalars[Int($0)] })
      case .reshuffled:
        let mask = masks?[declaration.name]
        let survivors = own.scalars.indices.filter { mask == nil || mask?.bytes[$0] != 0 }
        var shuffled = own.scalars
        for (to, from) in zip(survivors, random.permutation(survivors.count)) {
          shuffled[to] = own.scalars[survivors[Int(from)]]
        }
        parameters[declaration.name] = Tensor(own.shape, shuffled)
      }
    }
    return parameters
  }
}

extension Tensor {
  /// The standard deviation of all elements, √(Σ (w − mean)² / n), in Double precision in their order.
  fileprivate var standardDeviation: Float {
    guard !scalars.isEmpty else { return 0 }
    let count = Double(scalars.count)
    let mean = scalars.reduce(0.0) { $0 + Double($1) } / count
    let squares = scalars.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
    return Float((squares / count).squareRoot())
  }
}
