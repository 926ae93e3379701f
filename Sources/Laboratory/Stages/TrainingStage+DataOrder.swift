import CoppiceTerms

extension TrainingStage {
  /// The same training in another order of the data.
  func inOrder(_ order: Int) -> TrainingStage {
    var own = way
    own.order = order
    var copy = TrainingStage(
      regimen, source: source, masks: masks, freezesPruned: freezesPruned, moves: moves, learning: learning,
      drawing: drawing, firstStep: firstStep, steps: steps, learningRateStep: learningRateStep,
      predecessor: predecessor, rate: rate, isCompacted: isCompacted, keepsMoments: keepsMoments,
      moments: moments, way: own, isMeasured: isMeasured, density: density, quantisation: quantisation)
    copy.rewindStep = rewindStep
    return copy
  }

  /// Its first steps, with the moments they leave, and not measured. Where the whole is made as well, it leaves them on its way.
  func beginning(_ count: Int) -> TrainingStage {
    var beginning = TrainingStage(
      regimen, source: source, masks: masks, freezesPruned: freezesPruned, firstStep: firstStep, steps: count,
      learningRateStep: learningRateStep, isCompacted: isCompacted, keepsMoments: true, moments: moments,
      way: way, isMeasured: false, density: density, within: key)
    beginning.rewindStep = rewindStep
    return beginning
  }

  /// Its steps behind such a beginning, in another order of the data.
  func goingOn(from beginning: TrainingStage, inOrder order: Int) -> TrainingStage {
    var own = way
    own.order = order
    return TrainingStage(
      regimen, source: .weights(of: beginning.key), masks: masks, freezesPruned: freezesPruned,
      firstStep: firstStep + beginning.steps, steps: steps - beginning.steps,
      learningRateStep: learningRateStep.map { $0 + beginning.steps }, isCompacted: isCompacted,
      keepsMoments: keepsMoments, moments: beginning.key, way: own, density: density)
  }

  /// Why it cannot be made in two pieces; `nil` where it can.
  var indivisible: String? {
    if moves != nil { return "whose masks move" }
    if learning != nil { return "that learns a mask" }
    if drawing != nil || stop != .never || predecessor != nil { return "that a stop rule may end" }
    if way.adapters != nil { return "of adapters" }
    if quantisation != nil { return "of codes" }
    return rate == nil ? nil : "with a retraining rate of its own"
  }
}
