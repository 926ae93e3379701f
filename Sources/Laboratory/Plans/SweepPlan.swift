import CoppiceTerms

/// An experiment taken apart into stages, each once, however many trials share it.
package struct SweepPlan: Sendable {
  package let experiment: Experiment
  /// The results folder's name: the experiment's, or one of its own where settings were changed on the command line.
  package let name: String
  package let trials: [TrialPlan]
  /// The table of settings the sweep is spelled with.
  package let settings: [Setting]
  /// Every stage once, parents before children, in the order of the trials that need them.
  package let stages: [any Stage]

  /// Plans an experiment, reading its data sets.
  ///
  /// - Parameters:
  ///   - seeds: how many seeds to run in place of the sweep's own.
  ///   - overrides: settings applied to every cell.
  ///   - name: a name for the results folder of one's own choice.
  ///   - settings: the table of settings the sweep is spelled with.
  /// - Throws: `ExperimentError`, `SettingError`, `DatasetError`.
  package init(
    _ experiment: Experiment, seeds: Int? = nil, overrides: [(name: String, text: String)] = [],
    name: String? = nil, library: DataLibrary, settings: [Setting] = Settings.all
  ) throws {
    self.experiment = experiment
    var plans: [TrialPlan] = []
    let networks = KnownNetworks()
    for trial in try experiment.trials(seeds: seeds, overrides: overrides, settings: settings) {
      plans.append(try TrialPlan(trial, library, networks, settings))
    }
    trials = plans
    self.settings = settings
    var known: Set<StageKey> = []
    stages = plans.flatMap(\.stages).filter { known.insert($0.key).inserted }
    let isChanged = seeds != nil || !overrides.isEmpty
    let cells = Specification(
      "cells", version: 1, [("trials", .list(plans.map { .component($0.trial.specification(settings)) }))])
    self.name = name ?? (isChanged ? "\(experiment.name)@\(StageKey(cells).short)" : experiment.name)
  }

  /// What the sweep costs, counted before it is run.
  package struct Cost: Hashable, Sendable {
    /// Trainings, as often as trials need them and as often as they are made.
    package var trainingsUnshared = 0
    package var trainings = 0
    /// Optimizer steps of both.
    package var stepsUnshared = 0
    package var steps = 0
    /// Floating-point operations of the trainings that are made, evaluations not counted.
    package var flops = 0.0
    /// Bytes of weights and masks in the trial files, before compression.
    package var bytes = 0
  }

  /// The cost of the whole sweep. FLOPs are those of the survivors, as many as are planned.
  package func cost() throws -> Cost {
    var cost = Cost()
    let costs = NetworkCostTable()
    for stage in stages where stage.steps > 0 {
      cost.trainings += 1
      cost.steps += stage.steps
      cost.flops += try stage.flops(costs)
    }
    for trial in trials {
      let trainings = trial.stages.filter { $0.steps > 0 }
      cost.trainingsUnshared += trainings.count
      cost.stepsUnshared += trainings.reduce(0) { $0 + $1.steps }
      let weights = trial.regimen.model.declarations.reduce(0) { $0 + $1.shape.count }
      cost.bytes += (trial.rounds.count * 5 + 4) * weights
    }
    return cost
  }

  /// The names of the settings that differ between trials.
  package var sweptSettings: [String] {
    settings.filter { setting in
      Set(trials.map { setting.value($0.trial) }).count > 1
    }.map(\.name)
  }
}
