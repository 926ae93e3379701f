import CoppiceNetworks
import CoppicePruning
import CoppiceStore
import CoppiceTensors
import CoppiceTerms

/// Measures a dense network without one unit at a time, and without more and more of them, of which each next is the one that costs the
/// least validation loss.
package struct AblationStage: Stage {
  package let regimen: Regimen
  /// The stage whose network is looked at.
  package let network: StageKey
  /// What goes as one.
  package let granularity: Granularity
  /// What the granularity makes units from.
  package let structure: NetworkStructure
  /// Layers that are left alone.
  package let ignoring: [String]
  package let key: StageKey

  /// How many units are taken one by one at most: the greedy way asks half the square of it.
  static let mostUnits = 256

  package init(
    _ regimen: Regimen, of network: StageKey, granularity: Granularity, structure: NetworkStructure,
    ignoring: [String]
  ) {
    self.regimen = regimen
    self.network = network
    self.granularity = granularity
    self.structure = structure
    self.ignoring = ignoring
    key = StageKey(
      Specification(
        "ablation", version: 1,
        [
          ("network", network.value), ("granularity", .component(granularity.specification)),
          ("ignoring", .list(ignoring.map(Specification.Value.text))), ("seed", .integer(regimen.seed)),
        ]))
  }

  package var parents: [StageKey] { [network] }

  package func run(_ context: StageContext) throws -> StageRecord {
    let record = try context.outputs(of: network)
    guard let parameters = record[parameters: "parameters"] else {
      throw StageError.missingOutput("parameters", stage: network.short)
    }
    let buffers = record[parameters: "buffers"] ?? regimen.model.initialBuffers
    let cuts = try cuts(parameters)
    guard cuts.count <= Self.mostUnits else { throw AblationError(units: cuts.count, granularity.name) }
    let meter = try Meter(regimen, threads: context.threads)
    func without(_ units: [Int]) throws -> Evaluation {
      try context.interruption.check()
      return try meter.evaluation(
        cuts.masks(without: units).applied(to: parameters), buffers, step: 0, isLast: false)
    }
    let whole = try without([])
    let alone = try (0..<cuts.count).map { try without([$0]) }
    var (gone, course) = ([Int](), [Evaluation]())
    for _ in 0..<cuts.count {
      let next = try (0..<cuts.count).filter { !gone.contains($0) }.map { unit in
        (unit, gone.isEmpty ? alone[unit] : try without(gone + [unit]))
      }.min { Self.cost($0.1) < Self.cost($1.1) }
      guard let next else { break }
      gone.append(next.0)
      course.append(next.1)
    }
    func numbers(_ of: [Evaluation]) -> [(name: String, values: [Double])] {
      let metrics: [Metric] = [.validationLoss, .validationAccuracy, .testAccuracy]
      return metrics.map { metric in (metric.name, of.map { $0[metric] }) }
    }
    return StageRecord(
      key: key.hexadecimal,
      numbers: numbers([whole] + alone).map { ("alone " + $0.name, $0.values) }
        + numbers([whole] + course).map { ("greedy " + $0.name, $0.values) }
        + [("order", gone.map(Double.init))])
  }

  /// The units of the whole network.
  package func cuts(_ parameters: ParameterSet) throws -> UnitCuts {
    try UnitCuts(granularity, among: regimen.model.fullMasks, structure: structure, ignoring: ignoring) {
      parameters[$0]?.shape
    }
  }

  /// What a network is chosen by: a loss that is no number is the largest.
  private static func cost(_ evaluation: Evaluation) -> Double {
    let loss = evaluation[.validationLoss]
    return loss.isNaN ? .infinity : loss
  }
}

/// A network has too many units to ask one at a time.
struct AblationError: Error, Hashable, CustomStringConvertible {
  let units: Int
  let granularity: String

  init(units: Int, _ granularity: String) { (self.units, self.granularity) = (units, granularity) }

  var description: String {
    "unit-ablation takes up to \(AblationStage.mostUnits) units, and granularity \(granularity) makes \(units) of this network: "
      + "take larger units, such as head, or let the allocation ignore layers"
  }
}

extension AblationError: ReportedError {
  /// A setting and an analysis that do not go together.
  var exitCode: FailureCode { .usage }
}
