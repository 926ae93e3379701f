import CoppiceNetworks
import CoppicePruning
import CoppiceStore
import CoppiceTensors

extension TrainingRun {
  /// Measures the network, unless it was measured at this step. A stop rule may end the training then.
  mutating func measure() throws {
    guard stage.isMeasured, log.evaluations.last?.step != trainer.step else { return }
    let isLast = trainer.step == stage.steps || log.divergence != nil || stopped != nil
    log.evaluations.append(try evaluation(isLast: isLast))
    tell(evaluations: 1)
    try inspect()
    // A network that is still pruned is not stopped, nor judged by what it was before.
    let judged = log.evaluations.filter { $0.step >= settled }
    guard !isLast, trainer.step >= settled, let reason = stage.stop.reason(after: judged) else { return }
    stopped = "\(stage.stop.name) after step \(trainer.step): \(reason)"
    log.evaluations[log.evaluations.count - 1] = try evaluation(isLast: true)
  }

  /// Tests what must hold of a training under masks, as long as its loss is finite.
  private mutating func inspect() throws {
    guard let masks = smaller == nil ? trainer.masks : self.masks?.active,
      log.evaluations.last?[.testLoss].isFinite ?? false
    else { return }
    let isAtBeginning = trainer.step == 0 && stage.rewindStep != nil
    let forward = trainer.forwardParameters(
      of: masks.names.filter { smaller?.compacted.isGone($0) != true })
    let sight = TrainingSight(
      step: trainer.step, parameters: isAtBeginning || frozen != nil ? parameters : nil,
      forward: smaller?.expanded(forward) ?? forward,
      masks: DynamicMasks(active: masks, trained: trainer.trained),
      origin: isAtBeginning ? try stage.origin(context) : nil, frozen: frozen, declared: declared)
    log.invariants.merge(sight.findings)
  }

  /// Notes where the network as it stands has no finite loss, and says whether it is so: a step may have spoilt what its own
  /// loss, taken before it, does not show yet.
  mutating func noteDivergence(_ evaluation: Evaluation) -> Bool {
    let loss = evaluation[.testLoss]
    guard !loss.isFinite else { return false }
    log.divergence = "the test loss after step \(trainer.step) is \(loss)"
    return true
  }

  mutating func evaluation(isLast: Bool) throws -> Evaluation {
    try harden(isCut: isLast && trainer.step == stage.steps)
    let measuring =
      try meter
      ?? Meter(
        regimen, masks: masks?.active, compacted: smaller?.compacted, bits: stage.quantisation?.bits,
        threads: context.threads)
    meter = measuring
    return try measuring.evaluation(
      activeParameters, try activeBuffers(), ranges: ranges, step: trainer.step, isLast: isLast)
  }

  /// The parameters as the forward pass has them: an inactive weight counts as 0, whatever the optimizer makes of it, and one that is a
  /// code as what that stands for.
  var activeParameters: ParameterSet {
    quantised?.converted(survivingParameters) ?? survivingParameters
  }

  /// The same before they are codes.
  var survivingParameters: ParameterSet { left ?? masks?.active.applied(to: parameters) ?? parameters }

  /// The ranges of inputs that are codes, by the names of the weights; none where they are not.
  var ranges: ParameterSet { quantised?.ranges(in: trainer.buffers) ?? ParameterSet() }

  /// The running statistics; those of channels that are pruned with scale and shift are 0.
  func activeBuffers() throws -> ParameterSet {
    let found = smaller?.expanded(buffers: trainer.buffers) ?? trainer.buffers
    // Ranges of inputs are kept apart.
    let buffers =
      quantised == nil
      ? found
      : ParameterSet(regimen.model.buffers.compactMap { one in found[one.name].map { (one.name, $0) } })
    guard let masks = masks?.active, masks.names.contains(where: masks.isCompanion) else { return buffers }
    return try context.costs.paths(of: regimen).statistics(under: masks).applied(to: buffers)
  }
}
