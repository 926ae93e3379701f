import CoppiceStore
import Foundation
import Testing

@Suite struct SimulateTests {
  @Test func aPlanTellsWhatMoreHostsWouldGive() throws {
    let program = try Program(copying: Sweeps.finished.get())
    try withExtendedLifetime(program) {
      let counts = ["--simulate", "hosts=1,2,1000", "--simulate", "jobs=1,2", "--cores", "2"]
      let json = try object(
        try program.run(["plan", "--json"] + Sweeps.tiny + ["--jobs", "1"] + counts).output)
      #expect(json["seconds_source"] as? String == "recorded")
      let simulation = try #require(json["simulation"] as? [String: Any])
      let outcomes = try #require(simulation["outcomes"] as? [[String: Any]])
      #expect(outcomes.map { $0["hosts"] as? Int } == [1, 1, 2, 2, 1000, 1000])
      #expect(outcomes.map { $0["jobs"] as? Int } == [1, 2, 1, 2, 1, 2])
      let spans = outcomes.compactMap { $0["makespan_seconds"] as? Double }
      let chain = try #require(simulation["longest_chain_seconds"] as? Double)
      #expect(spans.count == 6 && spans[0] > spans[5] && spans.allSatisfy { $0 >= chain * 0.999 })
      #expect(abs(spans[4] - chain) < 1e-6 * chain)
      #expect(outcomes.allSatisfy { (0...1).contains($0["utilisation"] as? Double ?? -1) })
      #expect((simulation["sufficient_hosts"] as? Int ?? 0) > 1)
      #expect((simulation["pause_seconds"] as? Double ?? -1) > 0)
      let text = try program.run(["plan"] + Sweeps.tiny + ["--jobs", "1"] + counts).output
      #expect(text.contains(", by stages timed before\n"), "\(text)")
      for words in [
        "\nsimulated: ", "hosts  jobs each  makespan  utilisation (%)  host-hours", "\n 1000 ",
        " help no further: on ", ", within 5 % of the longest chain of stages that need each other (",
      ] { #expect(text.contains(words), "\(words) in \(text)") }
    }
  }

  @Test func withoutARunStepsAreTimedNow() throws {
    let program = try Program()
    let json = try object(
      try program.run(["plan", "--json"] + Sweeps.tiny + ["--simulate", "hosts=4", "--job-start", "60"])
        .output)
    #expect(json["seconds_source"] as? String == "measured")
    let simulation = try #require(json["simulation"] as? [String: Any])
    #expect(simulation["pause_seconds"] as? Double == 0 && simulation["job_start_seconds"] as? Double == 60)
    let outcomes = try #require(simulation["outcomes"] as? [[String: Any]])
    #expect((outcomes.first?["makespan_seconds"] as? Double ?? 0) > 60)
    let without = try program.run(["plan", "--json"] + Sweeps.tiny)
    #expect(try object(without.output)["simulation"] is NSNull)
  }

  @Test(arguments: [
    (["--simulate", "hosts"], "as hosts=1,10,100; not \"hosts\"") as ([String], String),
    (["--simulate", "hosts=1,,2"], "not \"hosts=1,,2\""),
    (["--simulate", "hosts=0"], "--simulate takes hosts= and numbers from 1 to 100000"),
    (["--simulate", "jobs=5000"], "or jobs= and numbers from 1 to 1024"),
    (["--simulate", "hosts=1", "--simulate", "hosts=2"], "--simulate hosts= is given twice"),
    (["--cores", "4"], "give --simulate hosts=1,10,100 as well"),
    (["--simulate", "hosts=1", "--cores", "0"], "--cores takes a number from 1 to 1024, not 0"),
    (["--simulate", "hosts=1", "--job-start=-1"], "--job-start takes a number of seconds"),
  ]) func whatCannotBeSimulatedIsRefused(_ words: [String], _ message: String) throws {
    let outcome = try Program().run(["plan"] + Sweeps.tiny + words)
    #expect(outcome.status == 64)
    #expect(outcome.errors.contains(message), "\(outcome.errors)")
  }
}
