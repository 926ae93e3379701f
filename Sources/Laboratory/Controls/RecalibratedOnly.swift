import CoppiceTerms

extension Control {
  /// The pruned network as its pruning has left it, not trained, with the running statistics of its batch normalisations measured anew
  /// on ten batches: how much of what a retraining brings back was only off by its statistics? B. Li et al., "EagleEye", ECCV
  /// 2020. Refused where the model has no batch normalisation.
  public static let recalibratedOnly = Control(
    "recalibrated-only", version: 1, isTrained: false
  ) { course, ticket in
    let repair = Repair.recalibrate()
    do { try course.check(repair) } catch {
      throw PlanError.controlWithoutStatistics(course.regimen.model.model)
    }
    let recalibrated = course.add(
      RepairStage(
        course.regimen, of: ticket.network, masks: ticket.masks, comparedWith: ticket.network, by: repair,
        batch: course.trial.scoringBatch))
    let control = course.add(
      TrainingStage(
        course.regimen, source: .weights(of: recalibrated), masks: ticket.masks, steps: 0,
        density: ticket.density))
    return [(.masks, ticket.masks), (.training, control)]
  }
}

extension Shipped<Control> {
  static let recalibratedOnly = Shipped(
    .recalibratedOnly, "the pruned network, not trained, with its running statistics measured anew",
    paper: "Li et al. 2020")
}
