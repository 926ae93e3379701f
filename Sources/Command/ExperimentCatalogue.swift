import Coppice
import Synchronization

/// The experiments of this executable. Set once, before anything is parsed.
enum ExperimentCatalogue {
  private static let storage = Mutex<[Experiment]>([])

  static var experiments: [Experiment] { storage.withLock { $0 } }

  /// Sets them.
  /// - Throws: `ComponentError.taken` where two have one name: their results would be in one folder.
  static func set(_ experiments: [Experiment]) throws(ComponentError) {
    var met: Set<String> = []
    for experiment in experiments where !met.insert(experiment.name).inserted {
      throw .taken("experiment", experiment.name)
    }
    storage.withLock { $0 = experiments }
  }

  /// The experiment of that name.
  /// - Throws: `ExperimentError.unknown`, with the nearest name.
  static func experiment(_ name: String) throws -> Experiment {
    guard let experiment = experiments.first(where: { $0.name == name }) else {
      throw ExperimentError.unknown(name, known: experiments.map(\.name))
    }
    return experiment
  }
}
