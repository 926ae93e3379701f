import CoppiceTestSupport
import Foundation
import Testing

/// `coppice speed`, and fronts in tables and figures.
@Suite struct SpeedTests {
  @Test func ofMeasuredTrialsTheRatioAndTheCorrelations() throws {
    let program = try Program()
    let swept = try program.run(
      [
        "run", "quickstart", "--seeds", "1", "--set", "model=\(Sweeps.perceptron)", "--set",
        "dataset=\(Sweeps.glyphs)", "--set", "evaluation=10it", "--set", "training=20it", "--set",
        "schedule=one-shot", "--set", "sparsity=0.5", "--set", "granularity=hidden-unit", "--set",
        "measure=latency(threads: 1)",
        "--as", "timed",
      ])
    #expect(swept.status == 0, "\(swept.errors)")
    let json = try object(try program.run(["speed", "timed", "--json"]).output)
    #expect((json["machine"] as? String)?.hasSuffix(", 1 thread") == true)
    let even = try #require((json["break_even"] as? [String: Any])?["rows"] as? [[String: Any]])
    #expect(!even.isEmpty && even.allSatisfy { $0["largest_speed_up"] is Double })
    let rows = try #require((json["correlations"] as? [String: Any])?["rows"] as? [[String: Any]])
    #expect(rows.contains { $0["form"] as? String == "compacted" && $0["batch"] as? Int == 64 })
    let text = try program.run(["speed", "timed"]).output
    #expect(text.contains("faster from sparsity (%)") && text.contains("rank correlation with FLOPs"))

    let table = try program.run(["table", "timed", "--front", "latency", "--format", "csv"]).output
    let header = try #require(table.split(separator: "\n").first)
    #expect(header.hasSuffix(",not_faster,not_faster_64,front") && header.contains(",latency,"))
    let figure = try program.run(["plot", "timed", "--x", "latency", "--front"])
    #expect(figure.status == 0 && figure.output.contains("Pareto front"), "\(figure.errors)")
    #expect(figure.output.contains("--x latency") && figure.output.contains("--front"))

    // Several machines are not one.
    let again = try program.run(
      [
        "run", "quickstart", "--seeds", "1", "--set", "model=\(Sweeps.perceptron)", "--set",
        "dataset=\(Sweeps.glyphs)", "--set", "evaluation=10it", "--set", "training=20it", "--set",
        "schedule=one-shot", "--set", "sparsity=0.5", "--set", "criterion=magnitude", "--set",
        "measure=latency(threads: 2)", "--as",
        "two",
      ])
    #expect(again.status == 0, "\(again.errors)")
    let mixed = try program.run(["speed", "timed", "two"])
    #expect(mixed.status == 64 && mixed.errors.contains("cannot be compared"), "\(mixed.errors)")
    #expect(try program.run(["speed", "timed", "two", "--where", "latency_threads=2"]).status == 0)
  }

  @Test func withoutMeasurementsItSaysHow() throws {
    let outcome = try Sweeps.finished.get().run(["speed", "tiny"])
    #expect(outcome.status == 66 && outcome.errors.contains("--set measure=latency"), "\(outcome.errors)")
  }
}
