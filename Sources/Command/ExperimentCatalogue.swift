import Coppice
import Synchronization

/// The experiments of this executable. Set once, before anything is parsed.
enum ExperimentCatalogue {
  private static let storage = Mutex<[Experiment]>([])

  static var experiments: [Experiment] {
    get { storage.withLock { $0 } }
    set { storage.withLock { $0 = newValue } }
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
