import CoppiceNetworks
import CoppiceStore
import CoppiceTensors
import CoppiceTerms

/// Puts products of two smaller weights in the place of some weights of a network, those that are nearest to them. A `TrainingStage` of
/// the factorised network goes on from them, or measures them with no steps.
package struct FactoriseStage: Stage {
  /// What the factorised network is trained by.
  package let regimen: Regimen
  /// The stage whose network is factorised.
  package let network: StageKey
  package let factorised: Factorised
  package let key: StageKey

  /// - Parameter regimen: that of the factorised network.
  package init(_ regimen: Regimen, of network: StageKey, by factorised: Factorised) {
    (self.regimen, self.network, self.factorised) = (regimen, network, factorised)
    key = StageKey(
      Specification(
        "factorise", version: 1,
        [("network", network.value), ("by", .component(factorised.specification))]))
  }

  package var parents: [StageKey] { [network] }

  package func fault(in record: StageRecord) -> String? { regimen.networkFault(in: record) }

  package func run(_ context: StageContext) throws -> StageRecord {
    let record = try context.outputs(of: network)
    guard let parameters = record[parameters: "parameters"] else {
      throw StageError.missingOutput("parameters", stage: network.short)
    }
    let factors = try factorised.factors(of: parameters) { try context.interruption.check() }
    return StageRecord(
      key: key.hexadecimal,
      parameters: [
        ("parameters", factors),
        ("buffers", record[parameters: "buffers"] ?? regimen.model.initialBuffers),
      ])
  }
}
