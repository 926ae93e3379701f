import Coppice
import CoppiceReporting

/// One network's way to a smaller one: the trial that goes it, and what is known to go wrong on it.
struct PruneWorkflow {
  /// Something that is known to go wrong.
  struct Mistake {
    /// The step of the way that it is at, as the checklist names it.
    let step: Step
    /// What is wrong, why, and what to do in its place.
    let sentence: String
  }

  /// The steps, in order.
  enum Step: String, CaseIterable {
    case baseline = "a trained dense network to compare with"
    case importance = "what matters is scored"
    case removal = "the rest is removed, not too much at once"
    case gain = "what is removed is a gain on the target"
    case test = "the pruned network is tested before it is trained on"
    case fineTuning = "it is trained on"
    case quantising = "its numbers are made codes of few bits"
    case final = "it is tested again, on data that nothing was chosen by"
    case export = "it is written for use elsewhere"
  }

  let trial: Trial
  /// The fraction of the prunable weights that goes, and in how many rounds.
  let sparsity: Double
  let rounds: Int
  let target: AdviceQuestion.Target
  let bottleneck: AdviceQuestion.Bottleneck

  /// What one pruning may take of the weights that are left: what more takes is known to be hard to train back.
  private var mostAtOnce: Double { isStructured ? 0.5 : 0.9 }

  /// Whether whole units go, so that what is left is smaller arrays.
  var isStructured: Bool { trial.granularity.coupling != nil || trial.compaction == .afterPruning }

  /// The name of the results: the model's, and what tells its trial from others.
  var name: String { "prune-\(trial.model.name)-\(StageKey(trial.specification).short)" }

  /// The experiment: the one trial, with the dense networks that it is compared with.
  var experiment: Experiment {
    let seed = trial.seed
    return Experiment(
      name, question: "What is left of \(trial.model.name) without \(percent) % of it?", base: trial
    ) { Fix(\.seed, seed) }
  }

  private var percent: String { NumberText.trimmed(sparsity * 100, decimals: 2) }

  /// What is known to go wrong before anything is run.
  ///
  /// - Parameter plan: the trial's network and steps.
  func mistakes(_ plan: TrialPlan) -> [Mistake] {
    [noBaseline(plan), tooMuchAtOnce, noGain(plan), noFineTuning(plan)].compactMap(\.self)
  }

  private func noBaseline(_ plan: TrialPlan) -> Mistake? {
    // The weights of a file are trained.
    guard plan.regimen.total == 0, trial.start == .fresh else { return nil }
    return Mistake(
      step: .baseline,
      sentence:
        "the dense network would not be trained, and nothing can be said of what is lost: give --training, as 10ep"
    )
  }

  /// Whether rounds that each take their share leave no more than so much to each.
  private func isGradual(_ rounds: Int) -> Bool {
    let left = (0..<rounds).reduce(1.0) { left, _ in left * (1 - mostAtOnce) }
    return left <= 1 - sparsity + 1e-9
  }

  private var tooMuchAtOnce: Mistake? {
    guard !isGradual(rounds) else { return nil }
    let enough = (1...Schedule.possibleRounds.upperBound).first(where: isGradual) ?? 1
    return Mistake(
      step: .removal,
      sentence:
        "\(percent) % in \(rounds == 1 ? "one round" : "\(rounds) rounds") is more than "
        + "\(NumberText.trimmed(mostAtOnce * 100, decimals: 0)) % of what is left at once: networks collapse that would not in "
        + "steps; give --steps \(enough)")
  }

  /// Zeros are no gain of time where nothing skips them.
  private func noGain(_ plan: TrialPlan) -> Mistake? {
    guard bottleneck != .size, !isStructured else { return nil }
    let advice = "; take whole units with --structured, or say --bottleneck size where bytes are what counts"
    if target != .cpu {
      return Mistake(
        step: .gain,
        sentence:
          "single weights that are 0 make nothing faster on a \(target.rawValue), which multiplies by them all the same"
          + advice)
    }
    if bottleneck == .memory {
      return Mistake(
        step: .gain, sentence: "single weights that are 0 are held in memory as others are" + advice)
    }
    let network = plan.regimen.model
    let masks = network.randomMasks(density: 1 - sparsity)
    guard SparseExecution.automatic.sparseNames(network, masks, isTimed: true).isEmpty else { return nil }
    return Mistake(
      step: .gain,
      sentence:
        "with \(percent) % of its weights at 0 no layer of \(trial.model.name) is faster in its sparse form"
        + advice + ", or a higher --sparsity")
  }

  private func noFineTuning(_ plan: TrialPlan) -> Mistake? {
    let steps = try? trial.retraining.plan(total: plan.regimen.total, perEpoch: max(1, plan.regimen.total))
    guard (steps?.iterations ?? 0) == 0 else { return nil }
    return Mistake(
      step: .fineTuning,
      sentence:
        "what a pruning costs is mostly trained back, and nothing would be trained: give --fine-tune, as 0.25 of the training or 500it"
    )
  }
}
