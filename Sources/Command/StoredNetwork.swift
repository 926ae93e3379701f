import Coppice
import CoppiceStore

/// The network of a trial file, as far as it can be built again from what is stored.
struct StoredNetwork {
  /// What the file says of the trial.
  let trial: Trial
  /// What is needed to evaluate its networks.
  let regimen: Regimen

  /// The settings an evaluation depends on.
  private static let needed = ["model", "dataset", "loss", "execution"]

  /// What was trained, from the configuration; where that names a component of one's own, from the catalogue's experiments.
  /// - Throws: a failure where the configuration leads to no network; `DatasetError`.
  init(_ record: TrialRecord, library: DataLibrary) throws {
    trial = try Self.trial(of: record)
    regimen = try Regimen(evaluating: trial, library)
  }

  private static func trial(of record: TrialRecord) throws -> Trial {
    var problem = ""
    do {
      let stored = try StoredTrial(configuration: record.configuration)
      guard let missing = stored.problems.first(where: { needed.contains($0.setting) }) else {
        return stored.trial
      }
      problem = "\(missing.error)"
    } catch {
      problem = "\(error)"
    }
    for experiment in ExperimentCatalogue.experiments {
      for trial in (try? experiment.trials()) ?? [] where trial.configuration == record.configuration {
        return trial
      }
    }
    throw CommandFailure(
      "trial \(record.trial) cannot be evaluated: \(problem). No experiment here has it either.",
      CommandFailure.badData)
  }

  /// Parameters and buffers, which a file keeps together.
  /// - Throws: a failure where one is missing or has another shape.
  func split(
    _ weights: ParameterSet, of round: Int
  ) throws -> (parameters: ParameterSet, buffers: ParameterSet) {
    let model = try regimen.fitting(weights).model
    let shapes =
      model.declarations.map { ($0.name, $0.shape) } + model.buffers.map { ($0.name, $0.shape) }
    for (name, shape) in shapes where weights[name]?.shape != shape {
      let found = weights[name].map { "has the shape \($0.shape)" } ?? "is not there"
      throw CommandFailure(
        "round \(round): \(name) of \(model.model.name) should be \(shape), but \(found)",
        CommandFailure.badData)
    }
    func part(_ names: [String]) -> ParameterSet {
      ParameterSet(names.compactMap { name in weights[name].map { (name, $0) } })
    }
    return (part(model.declarations.map(\.name)), part(model.buffers.map(\.name)))
  }
}

extension TrialRecord {
  /// The round that was asked for, or the last one.
  /// - Throws: a failure where there is none.
  func round(_ wanted: Int?) throws -> RoundRecord {
    guard let found = wanted.map({ wanted in rounds.first { $0.index == wanted } }) ?? rounds.last else {
      throw CommandFailure(
        "\(trial) has no round \(wanted.map(String.init) ?? "at all")", CommandFailure.usage)
    }
    return found
  }
}
