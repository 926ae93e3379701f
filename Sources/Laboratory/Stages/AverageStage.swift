import CoppiceNetworks
import CoppiceStore
import CoppiceTensors
import CoppiceTerms

/// The mean of networks that were trained from the same weights under the same masks: every weight is the mean of its copies, and a pruned
/// one stays 0. Running statistics are those of the mean network on some batches of training data, each with the same weight.
package struct AverageStage: Stage {
  package let regimen: Regimen
  /// The stages with the copies.
  package let copies: [StageKey]
  /// The stage whose masks hold; `nil` for a network that is not pruned.
  package let masks: StageKey?
  /// The training data for running statistics.
  package let data: ScoringData
  package let key: StageKey

  package init(_ regimen: Regimen, of copies: [StageKey], masks: StageKey?, data: ScoringData) {
    (self.regimen, self.copies, self.masks, self.data) = (regimen, copies, masks, data)
    key = StageKey(
      Specification(
        "average", version: 1,
        [
          ("copies", .list(copies.map(\.value))), ("masks", masks?.value ?? .none),
          ("batch", .integer(data.batch)), ("batches", .integer(data.count)),
          ("seed", .integer(regimen.seed)),
        ]))
  }

  package var parents: [StageKey] { copies + (masks.map { [$0] } ?? []) }

  package func fault(in record: StageRecord) -> String? { regimen.networkFault(in: record) }

  package func run(_ context: StageContext) throws -> StageRecord {
    let masks = try masks.map { try context.masks(of: $0) }
    let records = try copies.map { try context.outputs(of: $0) }
    let parameters = try records.enumerated().map { place, record in
      guard let parameters = record[parameters: "parameters"] else {
        throw StageError.missingOutput("parameters", stage: copies[place].short)
      }
      return parameters
    }
    let mean = Self.mean(parameters)
    let averaged = masks?.applied(to: mean) ?? mean
    var buffers = records.first?[parameters: "buffers"] ?? regimen.model.initialBuffers
    if try !regimen.model.runningStatistics().isEmpty {
      let (size, source) = try data.batches(of: regimen)
      var batches = source
      buffers = try Recalibration.buffers(
        of: regimen.model, averaged, buffers, masks: masks, batch: size, count: data.count,
        seed: regimen.seedBits, threads: context.threads
      ) { index, inputs, labels in
        try context.interruption.check()
        batches.fill(index, inputs, labels)
      }
    }
    // Where a channel goes with its scale and shift, its statistics are 0.
    if let masks {
      buffers = try context.costs.paths(of: regimen).statistics(under: masks).applied(to: buffers)
    }
    return StageRecord(
      key: key.hexadecimal, parameters: [("parameters", averaged), ("buffers", buffers)])
  }

  /// The mean of each element, summed in Double precision in the order of the copies.
  static func mean(_ copies: [ParameterSet]) -> ParameterSet {
    guard let first = copies.first else { return ParameterSet() }
    return ParameterSet(
      first.map { name, tensor in
        let others = copies.compactMap { $0[name]?.scalars }
        let scalars = tensor.scalars.indices.map { place in
          Float(others.reduce(0.0) { $0 + Double($1[place]) } / Double(others.count))
        }
        return (name, Tensor(tensor.shape, scalars))
      })
  }
}
