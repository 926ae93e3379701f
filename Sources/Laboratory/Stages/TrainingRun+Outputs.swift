import CoppiceNetworks
import CoppicePruning
import CoppiceStore
import CoppiceTensors
import CoppiceTerms

extension TrainingRun {
  /// Leaves the network as it stands, where a stage is to find it.
  mutating func leave() throws {
    for waypoint in context.waypoints where waypoint.step == trainer.step {
      try harden(isCut: false)
      try context.leave(
        outputs(of: waypoint.key, isMeasured: false, keepsMoments: waypoint.keepsMoments))
    }
  }

  /// The checkpoint of a training; `nil` where there is none, or none to go on from. It then begins anew.
  static func checkpoint(of stage: TrainingStage, _ context: StageContext) -> StageRecord? {
    do throws(StoreError) {
      guard let record = try context.folder.readCheckpoint(stage.key.hexadecimal) else { return nil }
      guard let fault = stage.fault(inCheckpoint: record) else { return record }
      throw .badContents(file: context.folder.checkpoint(stage.key.hexadecimal), reason: fault)
    } catch {
      context.passedOver(error)
      return nil
    }
  }

  /// Writes a checkpoint where one is due. One that cannot be written is tried again when the next is due.
  ///
  /// - Throws: `Interrupted` where an end was asked for.
  mutating func checkpoint() throws {
    let isInterrupted = context.interruption.isRequested
    guard isInterrupted || sinceCheckpoint.elapsed >= context.checkpointInterval else { return }
    writeCheckpoint()
    if isInterrupted { throw Interrupted(checkpointError: checkpointError) }
    sinceCheckpoint = Stopwatch()
  }

  /// Writes a checkpoint, or says that it cannot be written: it only saves time. Of failures in a row the first is told of.
  mutating func writeCheckpoint() {
    log.wallTime += watch.lap()
    let state = smaller?.expanded(trainer.state) ?? trainer.state
    var checkpoint = log.checkpoint(stage.key, state, masks: stage.moves == nil ? nil : masks)
    checkpoint.masks += drawn.sets
    checkpoint.numbers += drawn.numbers
    do throws(StoreError) {
      try context.folder.writeCheckpoint(checkpoint)
      checkpointError = nil
    } catch {
      if checkpointError == nil { context.checkpointFailed(error) }
      checkpointError = error
    }
  }

  /// The outputs.
  func record() throws -> StageRecord {
    var record = try outputs(
      of: stage.key, isMeasured: stage.isMeasured, keepsMoments: stage.keepsMoments)
    record.numbers += drawn.numbers
    if let smaller { record.numbers.append(smaller.record(agreements).numbers) }
    if let reason = stopped { record.metadata = JSON.object([("stop", .text(reason))]) }
    // Masks that are those it was given stand in another stage.
    if stage.moves != nil || stage.freezesPruned || stage.learning?.mask.makesMasks == true, let masks {
      record.masks = masks.sets
      if stage.moves != nil || stage.learning != nil {
        record.numbers += [("settled_step", [Double(settled)]), ("ties", [Double(log.ties)])]
      }
      if let exploration = log.exploration { record.numbers.append(("exploration", [exploration])) }
      if let learning = stage.learning {
        // What nobody asked for is empty.
        record.numbers.append(("requested_sparsity", [learning.ratio ?? .nan]))
      }
      try record.follow(masks.active, of: regimen, context.costs)
    }
    if stage.isMeasured {
      record.layers = costs.layers(of: regimen, masks?.active, trained: masks?.trained)
      record.numbers.append(("flops", [Double(costs.flops)]))
    }
    return record
  }

  /// The network as it stands, and what it took. One that is not measured is there to be gone back to, and has no curves.
  func outputs(of key: StageKey, isMeasured: Bool, keepsMoments: Bool) throws -> StageRecord {
    var record = log.record(
      key, step: trainer.step, parameters: activeParameters, try activeBuffers())
    if keepsMoments {
      let state = smaller?.expanded(trainer.state) ?? trainer.state
      record.parameters.append(("moments", state.moments))
      record.numbers.append(("moment_steps", [Double(momentSteps + trainer.step)]))
    }
    quantised?.add(to: &record, survivingParameters, ranges: ranges, masks: masks?.active)
    if !isMeasured { (record.series, record.evaluations, record.invariants) = (Series(), [], []) }
    record.numbers.append(
      ("training_flops_dense", [(costs.flopsPerStep + stage.guideFlops) * Double(trainer.step)]))
    return record
  }
}

extension DynamicMasks {
  /// The masks as a record holds them: `masks`, and `trained` where these are others.
  var sets: [(name: String, values: MaskSet)] {
    [("masks", active)] + (trained.map { [("trained", $0)] } ?? [])
  }
}

extension TrainingState {
  /// The state a checkpoint holds.
  init(_ record: StageRecord) throws {
    guard let parameters = record[parameters: "parameters"],
      let step = record[numbers: "step"]?.first.flatMap({ Int(exactly: $0) })
    else {
      throw StageError.missingOutput("state", stage: record.key)
    }
    self.init(
      parameters: parameters, buffers: record[parameters: "buffers"] ?? ParameterSet(),
      moments: record[parameters: "moments"] ?? ParameterSet(), step: step)
  }
}
