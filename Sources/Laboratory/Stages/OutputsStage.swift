import CoppiceDatasets
import CoppiceNetworks
import CoppiceStore
import CoppiceTensors
import CoppiceTerms

/// What the network of a round says of every example of the test set, in its order: the logits. All analyses of what networks predict
/// share it. A network is measured as the round's own accuracies are: under its masks, as the smaller network it was trained as, or as
/// one of codes.
package struct OutputsStage: Stage {
  package let regimen: Regimen
  /// The stage whose network is looked at.
  package let network: StageKey
  /// The stage with its masks; `nil` where nothing is pruned.
  package let masks: StageKey?
  /// What is done to the examples before.
  package let corruption: Corruption
  package let key: StageKey

  /// How many logits there are at most: 64 MB of them.
  static let mostLogits = 1 << 24

  package init(_ regimen: Regimen, of network: StageKey, masks: StageKey?, corruption: Corruption = .none) {
    self.regimen = regimen
    self.network = network
    self.masks = masks == network ? nil : masks
    self.corruption = corruption
    key = StageKey(
      Specification(
        "outputs", version: 1, [("network", network.value), ("part", .text("test"))]
      ).adding([
        ("masks", self.masks?.value ?? .none, neutral: .none),
        (
          "corruption", .component(corruption.specification),
          neutral: .component(Corruption.none.specification)
        ),
        (
          "execution", .text(regimen.execution.rawValue),
          neutral: .text(SparseExecution.automatic.rawValue)
        ),
      ]))
  }

  package var parents: [StageKey] { [network] + (masks.map { [$0] } ?? []) }

  package func fault(in record: StageRecord) -> String? {
    outputs(in: record) == nil
      ? "it has not a row of \(regimen.model.interface.classes) logits for every label" : nil
  }

  package func run(_ context: StageContext) throws -> StageRecord {
    let (rows, classes) = (
      regimen.data.dataset.test.count.times(regimen.model.interface.labelsPerExample),
      regimen.model.interface.classes
    )
    guard rows.times(classes) <= Self.mostLogits else {
      throw OutputsError(data: regimen.data.name, rows: rows, classes: classes)
    }
    let record = try context.outputs(of: network)
    guard let parameters = record[parameters: "parameters"] else {
      throw StageError.missingOutput("parameters", stage: network.short)
    }
    let regimen = try regimen.fitting(parameters)
    // Masks that a training has of its own are not those it was given.
    let own = record[masks: "masks"]
    let masks = try own ?? self.masks.map { try context.masks(of: $0) }
    // What was trained as a smaller network was measured as one.
    let isCompacted = CompactionRecord(record) != nil
    let compacted = try isCompacted ? masks.map { try Compacted(regimen.model, masks: $0) } : nil
    try context.interruption.check()
    let meter = try Meter(
      regimen, masks: masks, compacted: compacted, givesLogits: true, threads: context.threads)
    let outputs = try meter.outputs(
      parameters, record[parameters: "buffers"] ?? ParameterSet(), quantisation: Quantisation(record),
      on: regimen.data.test(corruption))
    return StageRecord(
      key: key.hexadecimal,
      parameters: [
        (
          "outputs",
          ParameterSet([
            ("logits", Tensor([outputs.count, classes], outputs.logits)),
            // Labels are whole numbers far below 2²⁴.
            ("labels", Tensor([outputs.count], outputs.labels.map { Float($0) })),
          ])
        )
      ])
  }

  /// The outputs in a record; `nil` where it has none.
  package func outputs(in record: StageRecord) -> NetworkOutputs? {
    guard let found = record[parameters: "outputs"], let logits = found["logits"],
      let labels = found["labels"]
    else { return nil }
    return NetworkOutputs(
      classes: regimen.model.interface.classes, labels: labels.scalars.map { Int32(exactly: $0) ?? -1 },
      logits: logits.scalars)
  }
}

/// There are too many logits to keep.
struct OutputsError: Error, Hashable, CustomStringConvertible {
  let data: String
  let rows: Int
  let classes: Int

  var description: String {
    "what a network says of \(data) are \(rows) rows of \(classes) logits, and up to \(OutputsStage.mostLogits) numbers are kept: "
      + "ask this analysis of an experiment with fewer labels"
  }
}

extension OutputsError: ReportedError {
  /// Data and an analysis that do not go together.
  var exitCode: FailureCode { .usage }
}
