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
