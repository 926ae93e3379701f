import CoppiceTerms

extension SweepPlan {
  /// The first trial that needs each stage, by the stage's place.
  ///
  /// - Parameter finished: trials whose results are there, by their places.
  func firstTrials(without finished: Set<Int>) -> [Int: String] {
    let place = Dictionary(uniqueKeysWithValues: stages.enumerated().map { ($1.key, $0) })
    var names: [Int: String] = [:]
    for (index, trial) in trials.enumerated() where !finished.contains(index) {
      for stage in trial.stages {
        if let place = place[stage.key], names[place] == nil { names[place] = trial.name }
      }
    }
    return names
  }

  /// What differs between trials: each setting with its values, in the order they are met.
  package var axes: [(setting: String, values: [String])] {
    var met = settings.map { _ in (last: Specification.Value?.none, known: Set<String>(), values: [String]())
    }
    for trial in trials {
      for place in settings.indices {
        let value = settings[place].value(trial.trial)
        // Most trials have the value of the one before.
        if value == met[place].last { continue }
        met[place].last = value
        let text = value.description
        if met[place].known.insert(text).inserted { met[place].values.append(text) }
      }
    }
    return zip(settings, met).compactMap { setting, met in
      met.values.count > 1 ? (setting.name, met.values) : nil
    }
  }

  /// Components without a version, with the setting they are the value of and how many trials are made with them. A result of theirs
  /// is one of this build of the program alone: built anew, it runs those trials again, lest an edited component meets results it
  /// had before.
  package var unversioned: [(setting: String, component: String, trials: Int)] {
    var counts = settings.map { _ in [(component: String, trials: Int)]() }
    for trial in trials {
      for place in settings.indices {
        let value = settings[place].value(trial.trial)
        if value.isVersioned { continue }
        for name in value.unversioned {
          if let known = counts[place].firstIndex(where: { $0.component == name }) {
            counts[place][known].trials += 1
          } else {
            counts[place].append((name, 1))
          }
        }
      }
    }
    return zip(settings, counts).flatMap { setting, counts in
      counts.map { (setting.name, $0.component, $0.trials) }
    }
  }

  /// How many trials are made with a component without a version.
  package var unversionedTrials: Int {
    trials.count { !$0.trial.specification(settings).isVersioned }
  }
}

extension Specification.Value {
  /// The names of the components in this value that have no version, each once.
  fileprivate var unversioned: [String] {
    var names: [String] = []
    switch self {
    case .component(let component):
      names =
        (component.version == nil ? [component.name] : []) + component.fields.flatMap(\.value.unversioned)
    case .list(let values): names = values.flatMap(\.unversioned)
    default: break
    }
    var met: Set<String> = []
    return names.filter { met.insert($0).inserted }
  }
}
