import CoppiceTensors

/// Everything a training goes on from: what a checkpoint holds.
package struct TrainingState: Hashable, Sendable {
  /// The trained parameters.
  package var parameters: ParameterSet
  /// Running statistics and the like.
  package var buffers: ParameterSet
  /// The optimizer's moments, `velocity:fc1.weight`.
  package var moments: ParameterSet
  /// Steps made so far.
  package var step: Int

  /// A state at step 0 of an optimizer that has not moved yet.
  package init(
    parameters: ParameterSet, buffers: ParameterSet, moments: ParameterSet = ParameterSet(), step: Int = 0
  ) {
    self.parameters = parameters
    self.buffers = buffers
    self.moments = moments
    self.step = step
  }

  /// Equal bits throughout.
  package func hasSameBits(as other: TrainingState) -> Bool {
    step == other.step && parameters.hasSameBits(as: other.parameters)
      && buffers.hasSameBits(as: other.buffers) && moments.hasSameBits(as: other.moments)
  }
}

extension Network {
  /// The moments of an optimizer that has not moved yet, all 0.
  package func zeroMoments(of optimizer: Optimizer) -> ParameterSet {
    let shapes = Dictionary(declarations.map { ($0.name, $0.shape) }, uniquingKeysWith: { first, _ in first })
    return ParameterSet(
      TrainingOptimizers(optimizer, declarations).moments(of: declarations).map {
        ($0.leaf, Tensor(repeating: 0, shapes[$0.parameter] ?? .scalar))
      })
  }
}
