import CoppiceNetworks
import CoppicePruning
import CoppiceTensors

/// How the network of a trial is quantised from some step of its recipe on.
struct CourseQuantisation {
  let bits: Int
  let calibration: Calibration
  /// In which share of the steps of a training that follows ranges move; `nil` where trainings know nothing of codes.
  let aware: Double?
  /// The last stage with a quantised network.
  var quantised: StageKey?
  /// The stage with the ranges that hold as the network stands; `nil` where inputs are not quantised.
  var ranges: StageKey?

  init(bits: Int, calibration: Calibration, aware: Double?) {
    (self.bits, self.calibration, self.aware) = (bits, calibration, aware)
  }
}

extension Course {
  /// The step `quantise` of a recipe: the network as it stands, or as the training that follows leaves it, and all that come behind.
  mutating func quantise(_ quantisation: CourseQuantisation) throws {
    try measureRepaired()
    guard let network, position > 0 else { throw RecipeError.untrained("quantise") }
    guard quantising == nil else { throw QuantisationError.twice }
    try check(quantisation)
    quantising = quantisation
    // It is a round of its own, whose masks may be those of the round before.
    (prunings, isMeasured, isLearned, isInVain, retrainedMasks) = (prunings + 1, false, false, false, nil)
    if quantisation.aware == nil {
      self.network = convert(network)
      isMeasured = true
      reportQuantised()
    } else {
      let ranges = calibrate(network)
      quantising?.ranges = ranges
    }
  }

  private func check(_ quantisation: CourseQuantisation) throws {
    guard SymmetricCode.possibleBits.contains(quantisation.bits) else {
      throw QuantisationError.bits(quantisation.bits)
    }
    if quantisation.aware != nil, isCompacting { throw QuantisationError.compaction }
    if trial.control != .none { throw QuantisationError.control(trial.control) }
    if try regimen.model.multipliedLayers().isEmpty {
      throw QuantisationError.noLayers(regimen.model.model.name)
    }
  }

  /// What a training of the network is told of codes. One of no steps, of a network that is quantised already, keeps its scales; any
  /// other one finds them in its weights. `nil` for a training that knows nothing of them.
  func quantisation(steps: Int) -> StageQuantisation? {
    guard let quantising else { return nil }
    if steps == 0, let quantised = quantising.quantised {
      return StageQuantisation(
        bits: quantising.bits, ranges: quantising.ranges, scales: quantised, observedSteps: 0)
    }
    guard let share = quantising.aware else { return nil }
    return StageQuantisation(
      bits: quantising.bits, ranges: quantising.ranges, scales: nil,
      observedSteps: Int((share * Double(steps)).rounded(.down)))
  }

  /// The stage with the quantised network of a training: its own where it knew of codes, else one that converts it.
  mutating func quantised(_ training: TrainingStage) -> StageKey {
    guard quantising != nil else { return training.key }
    guard training.quantisation != nil else { return convert(training.key) }
    noteQuantised(training.key)
    return training.key
  }

  /// Reports the round of the network as it stands.
  private mutating func reportQuantised() {
    guard let network else { return }
    report((masks.map { [(.masks, $0)] } ?? []) + [(.training, network)])
  }

  /// Calibrates a network and makes it one of codes: a training of no steps.
  private mutating func convert(_ network: StageKey) -> StageKey {
    guard let quantising else { return network }
    let quantisation = StageQuantisation(
      bits: quantising.bits, ranges: calibrate(network), scales: nil, observedSteps: 0)
    let key = add(
      TrainingStage(
        regimen, source: .weights(of: network), masks: masks, firstStep: position, steps: 0,
        learningRateStep: nil, keepsMoments: keepsMoments, moments: moments(of: network),
        density: 1 - forecast.sparsity, quantisation: quantisation))
    noteQuantised(key)
    return key
  }

  /// Takes down that a stage has the quantised network, with ranges and scales of its own.
  private mutating func noteQuantised(_ key: StageKey) {
    quantising?.quantised = key
    if quantising?.bits == 8 { quantising?.ranges = key }
  }

  /// The stage with the ranges of a network's inputs; `nil` where they are not quantised.
  private mutating func calibrate(_ network: StageKey) -> StageKey? {
    guard let quantising, quantising.bits == 8 else { return nil }
    let data = ScoringData(batch: trial.scoringBatch, count: quantising.calibration.batches)
    let ranges = add(
      EvidenceStage(regimen, of: network, masks: masks, evidence: .inputRanges, scoring: data, given: []))
    let histograms =
      quantising.calibration.takesHistogram
      ? add(
        EvidenceStage(
          regimen, of: network, masks: masks, evidence: .inputHistograms, scoring: data, given: [ranges]))
      : nil
    return add(CalibrationStage(regimen, by: quantising.calibration, ranges: ranges, histograms: histograms))
  }
}
