import CoppiceTerms

/// How long networks of one round take in their forms, on one machine.
package struct LatencyRecord: Hashable, Sendable {
  /// What a pruned network is run as.
  package enum Form: String, Hashable, Sendable, CaseIterable {
    /// Whole arrays in which pruned weights are 0.
    case dense
    /// Survivors alone are stored and multiplied, where the table of density and shape says so.
    case sparse
    /// Smaller arrays, from which units without any survivor are cut out.
    case compacted
    /// Whole arrays of codes, and products of integers.
    case quantised
  }

  /// What was measured of one form at one batch.
  package struct Figure: Hashable, Sendable {
    package var form: Form
    /// Examples at once.
    package var batch: Int
    /// Seconds of a call: the median and the quartiles of the runs.
    package var median: Double
    package var low: Double
    package var high: Double
    /// The same of the ratio to the dense form, run by run: each run times all forms right after each other.
    package var ratio: Double
    package var ratioLow: Double
    package var ratioHigh: Double
    /// How many runs there were.
    package var runs: Int
    /// Joules of a call; NaN where the machine does not tell.
    package var energy: Double

    /// A figure of these numbers.
    package init(
      _ form: Form, batch: Int, median: Double, low: Double, high: Double, ratio: Double = 1,
      ratioLow: Double = 1, ratioHigh: Double = 1, runs: Int, energy: Double = .nan
    ) {
      (self.form, self.batch, self.runs, self.energy) = (form, batch, runs, energy)
      (self.median, self.low, self.high) = (median, low, high)
      (self.ratio, self.ratioLow, self.ratioHigh) = (ratio, ratioLow, ratioHigh)
    }

    /// Whether it is faster than the dense form: in three runs of four at least.
    package var isFaster: Bool { ratioHigh < 1 }
  }

  /// The batches at which latencies are taken.
  package static let batches = [1, 64]

  package var processor: String
  /// The variant of the kernels.
  package var kernels: String
  package var threads: Int
  /// Whether masks have removed anything.
  package var isSmaller: Bool
  /// One for each form that is another than the dense one, and the dense one.
  package var figures: [Figure]

  /// A record of these parts.
  package init(processor: String, kernels: String, threads: Int, isSmaller: Bool, figures: [Figure]) {
    (self.processor, self.kernels, self.threads) = (processor, kernels, threads)
    (self.isSmaller, self.figures) = (isSmaller, figures)
  }

  /// The figure of a form at a batch. A form that is no other than the dense one has that one's; a network that is not quantised has
  /// no quantised form.
  package subscript(form: Form, batch: Int) -> Figure? {
    let own = figures.first { $0.form == form && $0.batch == batch }
    return form == .quantised ? own : own ?? figures.first { $0.form == .dense && $0.batch == batch }
  }

  /// The figure of the fastest form at a batch.
  package func fastest(batch: Int) -> Figure? {
    figures.filter { $0.batch == batch }.min { $0.median < $1.median }
  }

  /// Whether the network is smaller and no form of it is faster; `nil` where it was not measured at this batch.
  package func isNotFaster(batch: Int) -> Bool? {
    let figures = figures.filter { $0.batch == batch }
    return figures.isEmpty ? nil : isSmaller && !figures.contains(where: \.isFaster)
  }
}

extension LatencyRecord {
  /// The record as a stage holds it.
  package var metadata: String {
    JSON.object([
      ("processor", .text(processor)), ("kernels", .text(kernels)), ("threads", .integer(threads)),
      ("smaller", .flag(isSmaller)),
    ])
  }

  /// The figures as a stage holds them.
  package var table: NamedTable {
    func seconds(_ name: String, _ value: KeyPath<Figure, Double>) -> NamedTable.Column {
      .init(Quantity(name, unit: .seconds, format: .decimal(6)), numbers: figures.map { $0[keyPath: value] })
    }
    func ratios(_ name: String, _ value: KeyPath<Figure, Double>) -> NamedTable.Column {
      .init(Quantity(name), numbers: figures.map { $0[keyPath: value] })
    }
    return NamedTable(
      "latency", title: "seconds of a call",
      columns: [
        .init("form", texts: figures.map(\.form.rawValue)), .init("batch", integers: figures.map(\.batch)),
        seconds("median", \.median), seconds("low", \.low), seconds("high", \.high),
        ratios("ratio", \.ratio), ratios("ratio_low", \.ratioLow), ratios("ratio_high", \.ratioHigh),
        .init("runs", integers: figures.map(\.runs)),
        .init(Quantity("energy", unit: .other("J")), numbers: figures.map(\.energy)),
      ])
  }

  /// The record in a stage's outputs; `nil` where they have none.
  package init?(_ stage: StageRecord) {
    guard let json = JSON(parsing: stage.metadata), case .text(let processor)? = json["processor"],
      case .text(let kernels)? = json["kernels"], case .integer(let threads)? = json["threads"],
      case .flag(let isSmaller)? = json["smaller"], let table = stage[table: "latency"]
    else { return nil }
    self.init(
      processor: processor, kernels: kernels, threads: threads, isSmaller: isSmaller, figures: [])
    func number(_ name: String, _ row: Int) -> Double? { table[name]?.values[row].number }
    for row in 0..<table.rowCount {
      guard let form = table["form"].flatMap({ Form(rawValue: $0.values[row].description) }),
        let batch = number("batch", row), let runs = number("runs", row),
        let median = number("median", row), let low = number("low", row), let high = number("high", row),
        let ratio = number("ratio", row), let ratioLow = number("ratio_low", row),
        let ratioHigh = number("ratio_high", row), let energy = number("energy", row)
      else { return nil }
      figures.append(
        Figure(
          form, batch: Int(batch), median: median, low: low, high: high, ratio: ratio, ratioLow: ratioLow,
          ratioHigh: ratioHigh, runs: Int(runs), energy: energy))
    }
  }
}
