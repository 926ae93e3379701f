import Coppice

/// A model that is named on the command line, traced without a trial around it.
enum TracedModel {
  /// The model traced for the data set that is set, or, where none is, for a task that it takes.
  static func network(_ model: String, _ overrides: [String], _ data: DataOptions) throws -> Network {
    var trial = Trial(model: try Model(parsing: model))
    for override in overrides {
      let (name, text) = try SweepOptions.override(override)
      try Settings.named(name).set(&trial, text)
    }
    if overrides.contains(where: { $0.hasPrefix("dataset=") }) {
      try data.checkFolder()
      let interface = try DataLibrary(data.folders).data(trial.dataset, seed: trial.seed).interface
      return try Network(trial.model, interface, initializer: trial.initializer)
    }
    var problem: (any Error)?
    for interface in ExplainReport.tasks(of: trial.model) {
      do { return try Network(trial.model, interface, initializer: trial.initializer) } catch {
        problem = problem ?? error
      }
    }
    throw CommandFailure(
      "\(trial.model.name) takes no task tried here; name one by --set dataset=…"
        + (problem.map { ": \($0)" } ?? ""), CommandFailure.usage)
  }
}
