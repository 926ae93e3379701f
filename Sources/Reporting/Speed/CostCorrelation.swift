import CoppiceStore

/// How far costs that are counted tell of times that are measured: Spearman's rank correlation over all measured networks of a
/// latency with the FLOPs and with the parameters of the form that was timed.
package struct CostCorrelation: Sendable, Equatable {
  /// `nil` for all forms together, each network as often as it has forms.
  package let form: LatencyRecord.Form?
  /// Examples at once.
  package let batch: Int
  package let flops: RankCorrelation
  package let parameters: RankCorrelation

  /// What rows say: of each form, and of all together. Those measured on different machines or thread counts must not be mixed, see
  /// `machines`.
  package static func all(of rows: [IndexRow]) -> [CostCorrelation] {
    let batches = LatencyRecord.batches
    let forms: [LatencyRecord.Form?] = LatencyRecord.Form.allCases.map { $0 } + [nil]
    return batches.flatMap { batch in
      forms.compactMap { form in
        let timed = TimedForm.all.filter { $0.batch == batch && (form == nil || $0.form == form) }
        let found = timed.flatMap { timed in
          rows.compactMap { row in timed.latency(row).map { (timed, row, $0) } }
        }
        guard found.count > 1 else { return nil }
        return CostCorrelation(
          form: form, batch: batch,
          flops: RankCorrelation(found.map { timed, row, latency in (row[metric: timed.flops], latency) }),
          parameters: RankCorrelation(
            found.map { timed, row, latency in (timed.parameters(of: row), latency) }))
      }
    }
  }

  /// What rows were measured on, each once: processor, kernels, threads.
  package static func machines(of rows: [IndexRow]) -> [String] {
    var found: [String] = []
    for row in rows where row[metric: .latencyThreads].isFinite {
      let threads = Int(row[metric: .latencyThreads])
      let text = "\(row.processor), \(row.kernels), \(threads) \(threads == 1 ? "thread" : "threads")"
      if !found.contains(text) { found.append(text) }
    }
    return found
  }

  /// As a table, one line each.
  package static func table(_ all: [CostCorrelation]) -> Table {
    func cell(_ correlation: RankCorrelation) -> Table.Cell {
      correlation.coefficient.map(Table.Cell.number) ?? .missing
    }
    return Table(
      columns: [
        .init(name: "form", isName: true), .init(name: "batch", format: .integer),
        .init(name: "networks", format: .integer),
        .init(name: "rank_correlation_flops", heading: "rank correlation with FLOPs", format: .decimal(3)),
        .init(name: "rank_correlation_parameters", heading: "with parameters", format: .decimal(3)),
      ],
      rows: all.map { one in
        [
          .text(one.form?.rawValue ?? "all"), .number(Double(one.batch)), .number(Double(one.flops.count)),
          cell(one.flops), cell(one.parameters),
        ]
      })
  }
}

extension TimedForm {
  /// The parameters of the form. Where single weights are pruned, nobody counts those of the smaller network that is left; it has those
  /// of the whole one at the most.
  fileprivate func parameters(of row: IndexRow) -> Double {
    let own = row[metric: parameters]
    return own.isNaN ? row[metric: .parameters] : own
  }
}
