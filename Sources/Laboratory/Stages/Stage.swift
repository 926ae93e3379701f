import CoppiceStore
import CoppiceTensors
import CoppiceTerms

/// One content-addressed computation of an experiment: its key is the hash of exactly what its outputs depend on.
package protocol Stage: Sendable {
  /// The identity of its outputs.
  var key: StageKey { get }
  /// The stages whose outputs it reads.
  var parents: [StageKey] { get }
  /// Whether a stop rule may end it, or what follows it: its outputs are then part of what a trial tells.
  var mayEndEarly: Bool { get }
  /// The stage that leaves these outputs on its way, after as many steps, where it is made as well; `nil` for most.
  var within: StageKey? { get }
  /// What work it is: plan, clock and estimate ask it.
  var work: StageWork { get }
  /// Floating-point operations of its work as it is planned: what survivors cost. How many they were, its outputs say.
  func flops(_ costs: NetworkCostTable) throws -> Double
  /// Floating-point operations of the same work with every weight there.
  func denseFlops(_ costs: NetworkCostTable) throws -> Double
  /// How fast such work goes, measured now for about `seconds`; `nil` for work that takes no time worth telling.
  func measuredRates(threads: Int, seconds: Double) throws -> StageRates?
  /// The seconds it takes at these rates.
  func seconds(at rates: StageRates) -> Double
  /// Why a record that was read cannot be what this stage gives; `nil` where it can.
  func fault(in record: StageRecord) -> String?
  /// Computes the outputs.
  ///
  /// - Throws: `Interrupted` after a checkpoint, where an end was asked for.
  func run(_ context: StageContext) throws -> StageRecord
}

extension Stage {
  /// Optimizer steps it makes.
  package var steps: Int { work.steps }
  package var mayEndEarly: Bool { false }
  package var within: StageKey? { nil }
  package var work: StageWork { .light }
  package func flops(_ costs: NetworkCostTable) throws -> Double { 0 }
  package func denseFlops(_ costs: NetworkCostTable) throws -> Double { 0 }
  package func measuredRates(threads: Int, seconds: Double) throws -> StageRates? { nil }
  package func seconds(at rates: StageRates) -> Double { 0 }
}

extension Sequence where Element == any Stage {
  /// Those whose steps have to be made: a training leaves the others on its way.
  package var made: [any Stage] {
    let keys = Set(map(\.key))
    return filter { stage in stage.within.map { !keys.contains($0) } ?? true }
  }
}

/// What work a stage is.
package struct StageWork: Hashable, Sendable {
  /// Steps of stages of one kind take equally long at equal density; `nil` for work that takes no time worth telling.
  package var kind: Specification?
  /// Optimizer steps.
  package var steps = 0
  /// The fraction of prunable weights that is left, 0…1.
  package var density = 1.0
  /// Whether nothing else may run meanwhile, because time is measured.
  package var runsAlone = false
  /// Evaluations on the way and at the end.
  package var evaluations = 0

  package init(
    kind: Specification?, steps: Int = 0, density: Double = 1, runsAlone: Bool = false, evaluations: Int = 0
  ) {
    (self.kind, self.steps, self.density, self.runsAlone) = (kind, steps, density, runsAlone)
    self.evaluations = evaluations
  }

  /// No time worth telling.
  package static let light = StageWork(kind: nil)
}

/// How fast networks of a kind and density train and evaluate.
package struct StageRates: Hashable, Sendable {
  /// Seconds of a training step.
  package let step: Double
  /// Seconds of the evaluation of one example.
  package let example: Double

  package init(step: Double, example: Double) { (self.step, self.example) = (step, example) }
}

/// A stage that cannot run.
package enum StageError: Error, Hashable, CustomStringConvertible {
  case missingParent(String)
  case missingOutput(String, stage: String)

  package var description: String {
    switch self {
    case .missingParent(let key):
      "the outputs of stage \(key) are gone, though this run has made or found them: was the folder of stages "
        + "cleared meanwhile? Run the command again"
    case .missingOutput(let name, let stage):
      "stage \(stage) has no \(name); remove the stored stages with `\(ProgramName.current) clean --stages --all` and run again"
    }
  }
}

extension StageError: ReportedError {
  package var exitCode: FailureCode {
    switch self {
    case .missingParent: .tryAgain
    case .missingOutput: .badData
    }
  }
}
