import CoppiceTerms

/// One figure of `coppice bench`.
package struct BenchmarkRow: Hashable, Sendable {
  /// What was measured: rows of equal keys in two files are the same measurement at two times.
  package struct Key: Hashable, Sendable {
    /// `training`, `inference`, `fresh-training`, `late-training`, `sweep-<trials>`, a criterion and how often it
    /// looks (`wood-fisher-1000`, and `…-memory`), `scoring`, `scoring-speed-up`, or a kernel and where its shapes come from:
    /// `convolution conv2`.
    package let benchmark: String
    /// By the name of `coppice list models`.
    package let model: String
    /// Examples at once; `nil` where there is no such thing.
    package let batch: Int?
    package let threads: Int
    /// The fraction of prunable weights that survive, 0…1; `nil` where there are no weights.
    package let density: Double?

    package init(benchmark: String, model: String, batch: Int?, threads: Int, density: Double?) {
      (self.benchmark, self.model, self.batch) = (benchmark, model, batch)
      (self.threads, self.density) = (threads, density)
    }
  }

  package let key: Key
  /// In `unit`.
  package let rates: Rates
  /// `steps/s` (batches a second), `updates/s`, `GFLOP/s`, `GB/s`, `s/trial`, `s`, `GB` or `×`.
  package let unit: String
  /// The share of the processor's multiply-add limit on as many threads, measured right before. Convolutions count what their
  /// definition multiplies; Winograd's transforms need less than half of it, so that shares beyond 1 occur. `nil` for what
  /// memory bounds, and under masks, whose floating-point operations nobody counts.
  package let fractionOfLimit: Double?
  /// What it should stay below, in `unit`; `nil` where nothing is asked for.
  package let limit: Double?

  package init(key: Key, rates: Rates, unit: String, fractionOfLimit: Double? = nil, limit: Double? = nil) {
    (self.key, self.rates, self.unit) = (key, rates, unit)
    (self.fractionOfLimit, self.limit) = (fractionOfLimit, limit)
  }
}

// MARK: As JSON

extension BenchmarkRow {
  /// The row as a program reads it.
  package var members: [(name: String, value: JSON)] {
    [
      ("benchmark", .text(key.benchmark)), ("model", .text(key.model)),
      ("batch", key.batch.map(JSON.integer) ?? .null), ("threads", .integer(key.threads)),
      ("density", key.density.map(JSON.number) ?? .null), ("median", .number(rates.median)),
      ("low", .number(rates.low)), ("high", .number(rates.high)), ("unit", .text(unit)),
      ("fraction_of_limit", fractionOfLimit.map(JSON.number) ?? .null),
      ("limit", limit.map(JSON.number) ?? .null),
    ]
  }

  /// The row of an earlier run.
  ///
  /// - Throws: `BenchmarkFileError.field` for a member that is missing or of another kind.
  init(_ json: JSON, row: Int) throws(BenchmarkFileError) {
    func read<Value>(
      _ name: String, _ kind: String, _ value: (JSON) -> Value?
    ) throws(BenchmarkFileError) -> Value {
      guard let value = json[name].flatMap(value) else { throw .field(name, kind: kind, row: row) }
      return value
    }
    func optional<Value>(_ value: @escaping (JSON) -> Value?) -> (JSON) -> Value?? {
      { json in if case .null = json { .some(nil) } else { value(json).map(Optional.some) } }
    }
    func positive(_ name: String) throws(BenchmarkFileError) -> Double {
      try read(name, "positive number") { json in json.asNumber.flatMap { $0 > 0 ? $0 : nil } }
    }
    key = Key(
      benchmark: try read("benchmark", "text", \.asText), model: try read("model", "text", \.asText),
      batch: try read("batch", "whole number or null", optional(\.asInteger)),
      threads: try read("threads", "whole number", \.asInteger),
      density: try read("density", "number or null", optional(\.asNumber)))
    rates = Rates(median: try positive("median"), low: try positive("low"), high: try positive("high"))
    unit = try read("unit", "text", \.asText)
    fractionOfLimit = try read("fraction_of_limit", "number or null", optional(\.asNumber))
    // Older files do not have it.
    limit = json["limit"] == nil ? nil : try read("limit", "number or null", optional(\.asNumber))
  }
}

extension JSON {
  fileprivate var asText: String? { if case .text(let text) = self { text } else { nil } }
  fileprivate var asInteger: Int? { if case .integer(let integer) = self { integer } else { nil } }
  fileprivate var asNumber: Double? {
    switch self {
    case .number(let number): number
    case .integer(let integer): Double(integer)
    default: nil
    }
  }
}
