import Coppice
import CoppiceStore
import CoppiceTestSupport
import Foundation
import Testing

@Suite struct AnalyseTests {
  private func program() throws -> Program { try Program(copying: try Sweeps.finished.get()) }

  @Test func tablesArePrintedAndKept() throws {
    let program = try program()
    let stages = program.store.stages.paths().count
    let outcome = try program.run(["analyse", "tiny", "consensus-masks", "dead-units"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("dead units of each layer") && outcome.errors.contains("wrote "))
    let tables = try SummaryFile.analyses(program.store.summary(of: "tiny"))
    #expect(
      tables.map(\.name) == [
        "mask_overlap", "mask_overlap_matrix", "consensus_masks", "consensus_counts", "dead_units",
        "effective_sparsity",
      ])
    // Two answers, and no network.
    #expect(program.store.stages.paths().count == stages + 2)
    let table = try program.run(["table", "tiny", "--analysis", "dead-units", "--format", "csv"])
    #expect(table.status == 0 && table.output.contains("fc1.weight"))
    for name in ["dead-units", "mask-overlap-matrix"] {
      let plot = try program.run(["plot", "tiny", "--analysis", name])
      #expect(plot.status == 0 && plot.output.hasPrefix("<svg "), "\(plot.errors)")
    }
  }

  @Test func aDryRunDoesNothing() throws {
    let program = try program()
    let path = program.store.summary(of: "tiny")
    let before = try Data(contentsOf: URL(fileURLWithPath: path))
    let stages = program.store.stages.paths()
    let outcome = try program.run(["analyse", path, "layer-sensitivity", "mask-overlap", "--dry-run"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let lines = outcome.output.split(separator: "\n")
    #expect(lines.count == 2 && lines[0].contains("1 measurements to make, 0 stored"))
    #expect(lines[1].hasSuffix("nothing is measured; its answer is stored"), "\(lines)")
    let json = try object(
      try program.run(["analyse", "tiny", "layer-sensitivity", "--dry-run", "--json"]).output)
    let analysis = try #require((json["analyses"] as? [[String: Any]])?.first)
    #expect(analysis["measurements"] as? Int == 1 && analysis["stored"] as? Bool == false)
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
    #expect(program.store.stages.paths() == stages)
  }

  @Test func jsonHasTheTables() throws {
    let program = try program()
    let outcome = try program.run(["analyse", "tiny", "layer-statistics", "--json"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let json = try object(outcome.output)
    let tables = try #require(json["tables"] as? [[String: Any]])
    #expect(tables.map { $0["name"] as? String } == ["layer_statistics", "weight_histogram"])
    let rows = try #require(tables.first?["rows"] as? [[String: Any]])
    #expect(rows.first?["layer"] as? String == "fc1.weight" && rows.first?["kept"] is Int)
    #expect((json["left_out"] as? [Any])?.isEmpty == true && json["schema_version"] as? Int == 1)
  }

  @Test func aFieldIsSetWhereThereIsOne() throws {
    let program = try program()
    let set = try program.run(
      ["analyse", "tiny", "mask-alignment", "dead-units", "--set", "by=initial", "--dry-run"])
    #expect(set.status == 0 && set.output.contains("mask-alignment(by: initial): "), "\(set.errors)")
    for (fields, reason) in [
      ("bye=initial", "has no field bye; did you mean \"by\"?"), ("by", "takes field=value"),
      ("by=nothing", "dense or initial"),
    ] {
      let outcome = try program.run(["analyse", "tiny", "mask-alignment", "--set", fields])
      #expect(outcome.status == 64 && outcome.errors.contains(reason), "\(outcome.errors)")
    }
  }

  @Test func whatCannotBeAskedIsRefused() throws {
    let program = try program()
    let unknown = try program.run(["analyse", "tiny", "mask-overlop"])
    #expect(unknown.status == 64 && unknown.errors.contains("did you mean \"mask-overlap\"?"))
    let absent = try program.run(["analyse", "tinny", "mask-overlap"])
    #expect(absent.status == 64 && absent.errors.contains("did you mean \"tiny\"?"), "\(absent.errors)")
    let lease = RunLease(in: program.store, of: "tiny")
    let busy = try program.run(["analyse", "tiny", "mask-overlap"])
    #expect(busy.status == 75 && busy.errors.contains("a run is at work on tiny"), "\(busy.errors)")
    lease.end()
    try FileManager.default.removeItem(atPath: program.store.stages.path)
    for trial in program.store.trials(of: "tiny") {
      try FileManager.default.removeItem(atPath: program.store.trial(trial, of: "tiny"))
    }
    let gone = try program.run(["analyse", "tiny", "mask-overlap"])
    #expect(
      gone.status == 66 && gone.errors.contains("`coppice run tiny` makes them again"), "\(gone.errors)")
  }
}
