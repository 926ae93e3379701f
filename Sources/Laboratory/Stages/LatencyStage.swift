import CoppiceNetworks
import CoppiceStore
import CoppiceTensors
import CoppiceTerms

/// Measures how long the network of a round takes in its forms. It runs while nothing else does, and its result is one of this
/// machine.
package struct LatencyStage: Stage {
  package let regimen: Regimen
  /// The stage whose network is measured.
  package let network: StageKey
  /// The stage with its masks; `nil` where nothing is pruned.
  package let masks: StageKey?
  package let machine: Machine
  package let key: StageKey

  package init(_ regimen: Regimen, of network: StageKey, masks: StageKey?, on machine: Machine) {
    (self.regimen, self.network, self.masks, self.machine) = (regimen, network, masks, machine)
    key = StageKey(
      Specification(
        "latency", version: 2, [("network", network.value), ("machine", machine.value)]
      ).adding([
        ("masks", masks?.value ?? .none, neutral: .none),
        (
          "execution", .text(MeasuredForms.execution(regimen).rawValue),
          neutral: .text(SparseExecution.automatic.rawValue)
        ),
      ]))
  }

  package var parents: [StageKey] { [network] + (masks.map { $0 == network ? [] : [$0] } ?? []) }

  package var work: StageWork {
    StageWork(
      kind: Specification("latency", version: 1, [("timing", .component(regimen.timing))]), runsAlone: true)
  }

  package func measuredRates(threads: Int, seconds: Double) throws -> StageRates? {
    try StageRates(countedFor: regimen, density: 1, threads: machine.threads, seconds: seconds)
  }

  /// Two batches: of each, calls that warm up, and as many runs as the effort has.
  package func seconds(at rates: StageRates) -> Double {
    let effort = CallTimes.Effort.usual
    return LatencyRecord.batches.reduce(0) { sum, batch in
      let call = Double(batch) * rates.example
      let run = 3 * max(call, effort.sample)
      let runs = max(Double(effort.fewest), min(Double(effort.most), effort.budget / run))
      return sum + 6 * call + runs * run
    }
  }

  package func fault(in record: StageRecord) -> String? {
    guard let found = LatencyRecord(record) else { return "it has no table of latencies" }
    let isWhole = LatencyRecord.batches.allSatisfy { batch in
      found.figures.contains { $0.form == .dense && $0.batch == batch && $0.median > 0 }
    }
    return isWhole ? nil : "its table of latencies is not whole"
  }

  package func run(_ context: StageContext) throws -> StageRecord {
    let record = try context.outputs(of: network)
    guard let parameters = record[parameters: "parameters"] else {
      throw StageError.missingOutput("parameters", stage: network.short)
    }
    // Masks that a training has of its own are not those it was given.
    let own = record[masks: "masks"]
    let masks = try own ?? self.masks.map { try context.masks(of: $0) }
    let found = try MeasuredForms(
      regimen, parameters, record[parameters: "buffers"] ?? ParameterSet(), masks: masks,
      quantisation: Quantisation(record)
    ).record(on: machine) { try context.interruption.check() }
    return StageRecord(key: key.hexadecimal, metadata: found.metadata, tables: [found.table])
  }
}
