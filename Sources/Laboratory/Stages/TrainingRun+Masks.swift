import CoppiceNetworks
import CoppicePruning
import CoppiceTensors

extension TrainingRun {
  /// Moves the masks, where they move now.
  ///
  /// - Throws: `Interrupted` after a checkpoint that stands before the move, where an end was asked for on the way.
  mutating func move() throws {
    guard let moves = stage.moves, let old = masks, try moves.isDue(trainer.step, stage.steps, regimen) else {
      return
    }
    let (new, ties): (DynamicMasks, Int)
    do {
      (new, ties) = try moves.masks(
        old, trainer.parameters, trainer.buffers, trainer.step, stage.steps, regimen, context, probes: probes)
    } catch is Interrupted {
      writeCheckpoint()
      throw Interrupted(checkpointError: checkpointError)
    } catch {
      // A network that the last step has spoilt has no scores; then it is the training that has failed.
      guard Self.isOfSpoiltNetwork(error), try noteDivergence(evaluation(isLast: false)) else { throw error }
      return
    }
    log.ties += ties
    declared = try moves.declared(
      from: old.active, to: new.active, step: trainer.step, of: stage.steps, regimen)
    if new != old {
      try trainer.remask(new.active, trained: new.trained)
      (masks, meter, flopsPerStep) = (new, nil, costs.flopsPerStep(new))
      sparsity = new.active.sparsity
      frozen = new.trained == nil ? nil : trainer.parameters
      isExplored = false
    }
    let sight = TrainingSight(
      step: trainer.step, masks: new, declared: declared,
      before: moves.dynamics.regrows ? nil : old.active)
    log.invariants.merge(sight.findings)
  }

  static func isOfSpoiltNetwork(_ error: any Error) -> Bool {
    switch error {
    case PruningError.scoreNotFinite, DynamicsError.notFinite: true
    default: false
    }
  }

  /// Counts the weights that take part in the next step among those that ever have, where masks may grow.
  mutating func explore() {
    guard !isExplored, stage.moves?.dynamics.regrows == true, let active = masks?.active else { return }
    log.explore(active)
    isExplored = true
  }

  /// Finds the network that is left of a learned mask, or of weights with their adapters.
  ///
  /// - Parameter isCut: whether it is cut to the pruning ratio, where there is one.
  mutating func harden(isCut: Bool) throws {
    if let adapters = stage.way.adapters {
      let masks = masks?.active
      let rewrite = adapters.rewrite(regimen.model, under: Set(masks?.names ?? []))
      let merged = rewrite.withoutAdapters(rewrite.merged(trainer.parameters, under: masks))
      left = masks?.applied(to: merged) ?? merged
    }
    guard let learning = stage.learning else { return }
    guard learning.mask.makesMasks else {
      left = ParameterSet(
        regimen.model.declarations.compactMap { one in
          trainer.parameters[one.name].map { (one.name, $0) }
        })
      return
    }
    var found: (parameters: ParameterSet, masks: MaskSet, ties: Int)
    do {
      found = try learning.left(
        of: trainer.parameters, at: trainer.step, of: stage.steps, regimen,
        isCut: isCut && log.divergence == nil)
    } catch let error as PruningError {
      // What the last step has spoilt has no scores; then it is the training that has failed.
      guard case .scoreNotFinite = error else { throw error }
      log.divergence = "after step \(trainer.step), \(error)"
      found = try learning.left(
        of: trainer.parameters, at: trainer.step, of: stage.steps, regimen, isCut: false)
    }
    (left, log.ties) = (found.parameters, found.ties)
    (masks, meter) = (DynamicMasks(active: found.masks), nil)
  }
}
