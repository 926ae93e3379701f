import CoppiceStore
import CoppiceTensors
import CoppiceTerms

/// An experiment taken apart into stages, each once, however many trials share it.
package struct SweepPlan: Sendable {
  package let experiment: Experiment
  /// The results folder's name: the experiment's, or one of its own where settings were changed on the command line.
  package let name: String
  package private(set) var trials: [TrialPlan]
  /// The table of settings the sweep is spelled with.
  package let settings: [Setting]
  /// Every stage once, parents before children, in the order of the trials that need them.
  package let stages: [any Stage]
  /// That cells are equal; `nil` where none are.
  let copies: String?

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
    for name in [experiment.name] + (name.map { [$0] } ?? []) where !FileName.isFolder(name) {
      throw ExperimentError.name(name)
    }
    for analysis in experiment.analyses { try Analysis.catalogue.check(analysis) }
    self.experiment = experiment
    var trials: [(cell: Trial, identity: Specification)]
    let (copies, count): (Int, Int)
    (trials, copies, count) = try Self.cells(
      experiment, seeds: seeds, overrides: overrides, settings: settings)
    let networks = KnownNetworks()
    try Self.start(&trials, networks, settings)
    let isChanged = seeds != nil || !overrides.isEmpty
    self.name =
      name
      ?? (isChanged ? "\(experiment.name)@\(Self.key(of: trials.map(\.identity)).short)" : experiment.name)
    var plans: [TrialPlan] = []
    plans.reserveCapacity(trials.count)
    // The specifications of all cells take as much as their plans: each goes when its plan is there.
    let none = Specification("planned", version: nil)
    for index in trials.indices {
      let (trial, identity) = trials[index]
      trials[index].identity = none
      plans.append(try TrialPlan(trial, identity: identity, library, networks, settings))
    }
    trials = []
    self.settings = settings
    let spoken = Self.distinctions(plans.lazy.filter { !$0.isDense }, settings).filter {
      !TrialPlan.settingsOfLabel.contains($0.setting)
    }
    for index in plans.indices { plans[index].name(spoken) }
    self.trials = plans
    var known: Set<StageKey> = []
    stages = plans.flatMap(\.stages).filter { known.insert($0.key).inserted }
    self.copies =
      copies == 0
      ? nil
      : Self.copies(
        copies, of: count, overrides.map(\.name),
        sweptBefore: try experiment.cells(seeds: nil, overrides: [], settings: settings), settings)
  }

  /// A plan of trials that are planned already, whatever sweeps they come from, and of nothing besides: no baseline is added, and
  /// nothing is asked when they are there.
  package init(of trials: [TrialPlan], name: String) {
    experiment = Experiment(name, question: "Do these trials come out as before?") { Axis(\.seed, [0]) }
    (self.name, self.trials, settings, copies) = (name, trials, Settings.all, nil)
    var known: Set<StageKey> = []
    stages = trials.flatMap(\.stages).filter { known.insert($0.key).inserted }
  }

  /// Looks at the files that trials begin with: what these hold, and not where they lie, tells trials apart.
  private static func start(
    _ trials: inout [(cell: Trial, identity: Specification)], _ networks: KnownNetworks, _ settings: [Setting]
  ) throws {
    guard trials.contains(where: { $0.cell.start != .fresh }) else { return }
    var known: Set<Specification> = []
    trials = try trials.compactMap { cell, _ in
      let started = try cell.started(by: networks.digests)
      let identity = started.specification(settings)
      return known.insert(identity).inserted ? (started, identity) : nil
    }
  }

  /// The different cells of a sweep with their baselines, how many are copies of others, and how many there are with these.
  private static func cells(
    _ experiment: Experiment, seeds: Int?, overrides: [(name: String, text: String)], settings: [Setting]
  ) throws -> (trials: [(cell: Trial, identity: Specification)], copies: Int, count: Int) {
    let cells = try experiment.cells(seeds: seeds, overrides: overrides, settings: settings)
    let distinct = Experiment.distinct(cells, settings)
    return (Experiment.withBaselines(distinct, settings), cells.count - distinct.count, cells.count)
  }

  /// What tells a sweep from others.
  private static func key(of identities: [Specification]) -> StageKey {
    StageKey(
      Specification("cells", version: 1, [("trials", .list(identities.map(Specification.Value.component)))]))
  }

  /// What the sweep costs, counted before it is run.
  package struct Cost: Hashable, Sendable {
    /// Trainings, as often as trials need them and as often as they are made.
    package var trainingsUnshared = 0
    package var trainings = 0
    /// Optimizer steps of both.
    package var stepsUnshared = 0
    package var steps = 0
    /// Measurements of evidence and scorings of networks, as often as trials need them and as often as they are made.
    package var measurementsUnshared = 0
    package var measurements = 0
    package var scoringsUnshared = 0
    package var scorings = 0
    /// Measurements of time, during which nothing else runs, likewise.
    package var timingsUnshared = 0
    package var timings = 0
    /// Floating-point operations of the trainings that are made, evaluations not counted.
    package var flops = 0.0
    /// Bytes of weights and masks in the trial files, before compression.
    package var bytes = 0
  }

  /// The cost of the whole sweep. FLOPs are those of the survivors, as many as are planned.
  package func cost() throws -> Cost {
    var cost = Cost()
    let costs = NetworkCostTable()
    for stage in stages.made where stage.steps > 0 {
      cost.trainings += 1
      cost.steps = cost.steps.plus(stage.steps)
      cost.flops += try stage.flops(costs)
    }
    cost.measurements = stages.count { $0 is EvidenceStage }
    cost.scorings = stages.count { $0 is ScoreStage }
    cost.timings = stages.count { $0.work.runsAlone }
    for trial in trials {
      cost.measurementsUnshared += trial.stages.count { $0 is EvidenceStage }
      cost.scoringsUnshared += trial.stages.count { $0 is ScoreStage }
      cost.timingsUnshared += trial.stages.count { $0.work.runsAlone }
      let trainings = trial.stages.made.filter { $0.steps > 0 }
      cost.trainingsUnshared += trainings.count
      cost.stepsUnshared = cost.stepsUnshared.plus(trainings.map(\.steps).total)
      let weights = trial.regimen.model.declarations.map(\.shape.count).total
      cost.bytes = cost.bytes.plus((trial.rounds.count * 5 + 4).times(weights))
    }
    return cost
  }

  /// In what the trials differ: the one list by which the index, tables and legends tell them apart.
  package var distinctions: [Distinction] { Self.distinctions(trials, settings) }

  private static func distinctions(_ trials: some Sequence<TrialPlan>, _ settings: [Setting]) -> [Distinction]
  {
    distinctions(of: trials.lazy.map(\.trial), settings)
  }

  /// The same of trials, planned or not.
  static func distinctions(of trials: some Sequence<Trial>, _ settings: [Setting]) -> [Distinction] {
    // The ratio has columns of its own, of what was asked for and what was reached.
    let told = settings.filter { $0.name != "sparsity" }
    var values = told.map { (name: $0.name, values: [Specification.Value]()) }
    for trial in trials {
      for place in told.indices { values[place].values.append(told[place].value(trial)) }
    }
    let columns = IndexRow.columnNames.map { $0.replacing("_", with: "-") }
    return Distinction.all(among: values, taken: Set(columns + settings.map(\.name)))
  }

  /// The plan in which trials that have a file already keep its name: a sweep to which an axis is added names its trials by more
  /// than before, and what was run is found all the same.
  package func keepingNames(of files: [String]) -> SweepPlan {
    var plan = self
    let stored = Dictionary(grouping: files) { $0.split(separator: "-").last.map(String.init) ?? "" }
    for index in trials.indices {
      guard let names = stored[trials[index].key.short], names.count == 1,
        let name = names.first(where: { $0 != trials[index].name })
      else { continue }
      plan.trials[index].name = name
    }
    return plan
  }
}
