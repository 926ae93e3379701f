import CoppiceDatasets
import CoppiceNetworks
import CoppiceStore

extension AnalysisRound {
  /// The stage with what its network says of the test set; `nil` where its plan is not known.
  func outputs(_ corruption: Corruption = .none) -> OutputsStage? {
    plan.map { OutputsStage($0.regimen, of: training, masks: masks, corruption: corruption) }
  }
}

/// Numbers that are made of what networks say of the test set, each once.
struct OutputNumbers<Numbers> {
  private let context: AnalysisContext
  private let make: (NetworkOutputs) -> Numbers
  private var known: [StageKey: Numbers] = [:]

  init(_ context: AnalysisContext, _ make: @escaping (NetworkOutputs) -> Numbers) {
    (self.context, self.make) = (context, make)
  }

  /// The numbers of a round's network; `nil` where its outputs were not measured.
  mutating func of(_ round: AnalysisRound?, _ corruption: Corruption = .none) throws -> Numbers? {
    guard let round, let stage = round.outputs(corruption) else { return nil }
    if let found = known[stage.key] { return found }
    guard let outputs = try stage.outputs(in: context.record(of: stage.key)) else { return nil }
    let numbers = make(outputs)
    known[stage.key] = numbers
    return numbers
  }
}

extension Sequence where Element == Double {
  /// The mean of those that are finite; NaN where none is.
  var finiteMean: Double {
    let values = filter(\.isFinite)
    guard let first = values.first else { return .nan }
    return first + values.reduce(0) { $0 + ($1 - first) } / Double(values.count)
  }
}
