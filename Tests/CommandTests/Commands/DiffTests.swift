import CoppiceStore
import Foundation
import Testing

@Suite struct DiffTests {
  private func trials(_ program: Program) -> [String] { program.store.trials(of: "tiny") }

  @Test func aTrialIsIdenticalToItself() throws {
    let program = try Sweeps.finished.get()
    let name = try #require(trials(program).first { $0.hasPrefix("dense-seed") })
    let outcome = try program.run(["diff", "tiny/\(name)", program.store.trial(name, of: "tiny")])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(
      outcome.output.contains("identical to the bit") && outcome.output.contains("they share all stages"))
    let json = try object(try program.run(["diff", "tiny/\(name)", "tiny/\(name)", "--json"]).output)
    #expect(json["schema_version"] as? Int == 1 && json["identical"] as? Bool == true)
    #expect(json["parting"] is NSNull)
  }

  /// Two criteria share the dense training, and part at the scores or masks of the first pruning.
  @Test func twoCriteriaPartWhereTheyPrune() throws {
    let program = try Sweeps.finished.get()
    let pair = try ["magnitude", "random"].map { criterion in
      try #require(trials(program).first { $0.hasPrefix("\(criterion)-one-shot-fine-tune-0.75") })
    }
    let outcome = try program.run(["diff"] + pair.map { "tiny/\($0)" })
    #expect(outcome.status == 1, "\(outcome.errors)")
    #expect(
      outcome.output.contains("they part at round 1: the mask of fc1.weight differs in"), "\(outcome.output)")
    #expect(outcome.output.contains("criterion  magnitude  →  random"))
    let json = try object(try program.run(["diff", "--json"] + pair.map { "tiny/\($0)" }).output)
    #expect(json["identical"] as? Bool == false)
    let stages = try #require(json["stages"] as? [String: Any])
    #expect(stages["identical"] as? Bool == false && (stages["shared"] as? Int ?? 0) >= 1)
    #expect((json["settings"] as? [[String: Any]])?.map { $0["name"] as? String } == ["criterion"])
    let layers = try #require(json["layers"] as? [[String: Any]])
    let round0 = layers.filter { $0["round"] as? Int == 0 }
    #expect(!round0.isEmpty && round0.allSatisfy { $0["differing"] as? Int == 0 })
    #expect(layers.contains { ($0["mask_overlap"] as? Double ?? 1) < 1 })
  }

  @Test func summariesAreMatchedBySettings() throws {
    let program = try Program(copying: Sweeps.finished.get())
    let same = try program.run(["diff", "tiny", program.store.summary(of: "tiny")])
    #expect(same.status == 0 && same.output.hasPrefix("identical: every row of 21 trials"), "\(same.errors)")
    let other = Array(Sweeps.tiny.dropLast()) + ["smaller", "--set", "batch-size=30"]
    try #require(try program.run(["run", "--quiet"] + other).status == 0)
    let outcome = try program.run(["diff", "tiny", "smaller"])
    #expect(outcome.status == 1, "\(outcome.errors)")
    #expect(
      outcome.output.contains("21 trials are in both") && outcome.output.contains("batch-size  60  →  30"))
    let json = try object(try program.run(["diff", "tiny", "smaller", "--json"]).output)
    #expect(json["trials_in_both"] as? Int == 21 && json["identical"] as? Bool == false)
    let metrics = try #require(json["metrics"] as? [[String: Any]])
    let loss = try #require(metrics.first { $0["metric"] as? String == "test_loss" })
    #expect((loss["maximum"] as? Double ?? 0) > 0 && loss["trial"] is String)
    #expect(!metrics.contains { $0["metric"] as? String == "wall_time" })
    let cells = try #require(json["cells"] as? [[String: Any]])
    // One seed has no interval.
    #expect(cells.allSatisfy { $0["n"] as? Int == 1 && $0["half_width"] is NSNull })
  }

  @Test func whatIsOfTwoKindsIsRefused() throws {
    let program = try Sweeps.finished.get()
    let name = try #require(trials(program).first)
    let outcome = try program.run(["diff", "tiny", "tiny/\(name)"])
    #expect(outcome.status == 64 && outcome.errors.contains("tiny is a summary and tiny/\(name) is a trial"))
    #expect(try program.run(["diff", "tiny", "nowhere.h5"]).status == 66)
  }
}
