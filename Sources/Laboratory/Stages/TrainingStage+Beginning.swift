import CoppiceNetworks
import CoppicePruning
import CoppiceTensors

extension TrainingStage {
  /// The network that is trained: the regimen's own, or what a learned mask or codes make of it.
  func network() throws -> Network {
    if let quantisation, steps > 0 { return try quantisation.trained(regimen.model) }
    return try learning?.network(regimen) ?? regimen.model
  }

  /// The masks it begins under; `nil` for a dense training.
  func initialMasks(_ context: StageContext) throws -> DynamicMasks? {
    guard let masks = try masks.map({ try context.masks(of: $0) }) else { return moves?.start }
    guard freezesPruned else { return DynamicMasks(active: masks) }
    var active = masks
    for (name, mask) in masks {
      let whole = Mask(keepingAll: mask.shape)
      if masks.isCompanion(name) { active.setCompanion(name, whole) } else { active[name] = whole }
    }
    return DynamicMasks(active: active, trained: masks)
  }

  /// How many steps the moments have had that it begins with.
  func momentSteps(_ context: StageContext) throws -> Int {
    guard let moments else { return 0 }
    guard let steps = try context.outputs(of: moments)[numbers: "moment_steps"]?.first,
      let count = Int(exactly: steps), count >= 0
    else { throw StageError.missingOutput("moment_steps", stage: moments.short) }
    return count
  }

  /// Where it begins.
  func initialState(_ context: StageContext) throws -> TrainingState {
    var state = try sourceState(context)
    if let moments {
      guard let found = try context.outputs(of: moments)[parameters: "moments"] else {
        throw StageError.missingOutput("moments", stage: moments.short)
      }
      state.moments = found
    }
    guard freezesPruned, let masks = try masks.map({ try context.masks(of: $0) }) else { return state }
    let initial = try regimen.initialParameters(draw: 0)
    for (name, mask) in masks {
      guard var weight = state.parameters[name], let frozen = initial[name] else { continue }
      for place in mask.bytes.indices where mask.bytes[place] == 0 {
        weight.scalars[place] = frozen.scalars[place]
      }
      state.parameters[name] = weight
    }
    return state
  }

  /// The weights that it goes back to, and their step; `nil` where it does not.
  func origin(_ context: StageContext) throws -> (step: Int, parameters: ParameterSet)? {
    guard let rewindStep else { return nil }
    guard case .weights(let parent) = source else {
      return (rewindStep, try regimen.initialParameters(draw: 0))
    }
    return try context.outputs(of: parent)[parameters: "parameters"].map { (rewindStep, $0) }
  }

  private func sourceState(_ context: StageContext) throws -> TrainingState {
    switch source {
    case .fresh(let draw):
      return TrainingState(
        parameters: try regimen.initialParameters(draw: draw),
        buffers: try regimen.initialBuffers(draw: draw))
    case .remade(let way, let draw):
      return TrainingState(
        parameters: try regimen.initialParameters(
          way, draw: draw, masks: try masks.map({ try context.masks(of: $0) })),
        buffers: regimen.model.initialBuffers)
    case .small(let draw):
      return TrainingState(
        parameters: try regimen.initialParameters(
          draw: draw, ofSmaller: masks.map { try context.masks(of: $0) } ?? MaskSet()),
        buffers: regimen.model.initialBuffers)
    case .weights(let parent):
      let record = try context.outputs(of: parent)
      guard let parameters = record[parameters: "parameters"] else {
        throw StageError.missingOutput("parameters", stage: parent.short)
      }
      return TrainingState(
        parameters: parameters, buffers: record[parameters: "buffers"] ?? regimen.model.initialBuffers)
    }
  }
}
