import Coppice
import CoppiceStore

/// Evaluates the stored weights of a trial again and compares what comes out with what is stored, bit for bit.
struct TrialEvaluation {
  /// One round: every measure that is stored, as it is stored and as it comes out now.
  struct Round {
    let index: Int
    let measures: [(name: String, stored: Double, found: Double)]

    /// Whether all are equal to the bit; not-a-number equals itself.
    var isEqual: Bool {
      measures.allSatisfy {
        $0.stored.bitPattern == $0.found.bitPattern || ($0.stored.isNaN && $0.found.isNaN)
      }
    }
  }

  /// The rounds that have weights.
  let rounds: [Round]

  /// Whether every round came out as it is stored.
  var isEqual: Bool { rounds.allSatisfy(\.isEqual) }

  /// Evaluates all rounds that have weights.
  /// - Throws: a failure where the trial's configuration leads to no network, or the weights do not fit it; `DatasetError`.
  init(_ record: TrialRecord, library: DataLibrary) throws {
    let setting = try Self.setting(of: record, library)
    let meter = try Meter(setting)
    rounds = try record.rounds.compactMap { round in
      guard let weights = round.weights, let stored = round.evaluations.last else { return nil }
      let (parameters, buffers) = try Self.split(weights, setting.model, round.index)
      let found = try meter.evaluation(
        parameters, buffers, step: stored.step, isLast: !stored.testClassAccuracy.isEmpty)
      return Round(index: round.index, measures: Self.measures(stored, found))
    }
  }

  /// What was trained, from the configuration; where that names a component of one's own, from the catalogue's experiments.
  private static func setting(of record: TrialRecord, _ library: DataLibrary) throws -> Regimen {
    let read = Result { () throws(ConfigurationError) in try Trial(configuration: record.configuration) }
    if case .success(let trial) = read { return try TrialPlan(trial, library).regimen }
    for experiment in Catalogue.experiments {
      for trial in (try? experiment.trials()) ?? [] where trial.configuration == record.configuration {
        return try TrialPlan(trial, library).regimen
      }
    }
    let problem = if case .failure(let error) = read { "\(error)" } else { "" }
    throw CommandFailure(
      "trial \(record.trial) cannot be evaluated: \(problem). No experiment here has it either.",
      CommandFailure.badData)
  }

  /// Parameters and buffers, which a file keeps together.
  private static func split(
    _ weights: ParameterSet, _ model: Network, _ round: Int
  ) throws -> (ParameterSet, ParameterSet) {
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

  private static func measures(
    _ stored: Evaluation, _ found: Evaluation
  ) -> [(name: String, stored: Double, found: Double)] {
    let paths: [(String, KeyPath<Evaluation, Double>)] = [
      ("validation_accuracy", \.validationAccuracy), ("validation_loss", \.validationLoss),
      ("test_accuracy", \.testAccuracy), ("test_loss", \.testLoss), ("train_accuracy", \.trainAccuracy),
      ("train_loss", \.trainLoss),
    ]
    let classes = zip(stored.testClassAccuracy, found.testClassAccuracy).enumerated().map {
      ("test_accuracy_of_class_\($0)", $1.0, $1.1)
    }
    return paths.map { ($0, stored[keyPath: $1], found[keyPath: $1]) } + classes
  }
}
