import CoppiceBenchmarks
import CoppiceTestSupport
import Testing

/// Damaged rows of an earlier benchmark.
@Suite struct FuzzingTests {
  @Test func rowsAreReadOrRefused() throws {
    let mutator = Mutator(
      try Corpus.files("bench"), words: ["null", "{", "}", "[", "]", "\"rows\"", "-0.0", "1e999"])
    let answers = try Fuzzing("bench").run(mutator) { bytes in
      let text = String(decoding: bytes, as: UTF8.self)
      let comparison = try BenchmarkComparison(parsing: text)
      let key = BenchmarkRow.Key(
        benchmark: "training", model: "mlp(widths: [300, 100])", batch: 60, threads: 2, density: 1)
      _ = comparison.ratio(BenchmarkRow(key: key, rates: Rates(median: 1, low: 1, high: 1), unit: "steps/s"))
    }
    #expect(answers.refused > 0 && answers.refused < answers.read)
  }
}
