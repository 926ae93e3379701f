import Coppice
import Foundation
import Testing

@Suite struct CriteriaTests {
  private func run(_ arguments: [String]) throws -> Program.Outcome {
    try Sweeps.finished.get().run(["criteria"] + arguments)
  }

  @Test func everyCriterionIsComparedOrRefusedWithAReason() throws {
    let outcome = try run(["tiny/dense-seed0", "--json", "--threads", "1"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let report = try object(outcome.output)
    #expect(report["schema_version"] as? Int == 1 && report["requested_sparsity"] as? Double == 0.9)
    let cuts = try #require(report["criteria"] as? [[String: Any]])
    let refused = try #require(report["refused"] as? [[String: Any]])
    let names = (cuts + refused).compactMap {
      ($0["criterion"] as? String).map { String($0.prefix { $0 != "(" }) }
    }
    #expect(names.sorted() == Criterion.catalogue.names.sorted())
    #expect(refused.allSatisfy { ($0["reason"] as? String)?.isEmpty == false })
    for (place, cut) in cuts.enumerated() {
      let overlap = try #require(cut["overlap"] as? [Any])
      #expect(overlap.count == cuts.count && overlap[place] as? Double == 1)
      #expect(cut["seconds"] as? Double ?? 0 > 0)
      let loss = try #require(cut["validation_loss"] as? Double)
      let rise = try #require(cut["increase"] as? Double)
      #expect(abs(loss - rise - (report["validation_loss"] as? Double ?? .nan)) < 1e-12)
    }
  }

  @Test func aFigureAndATableShowIt() throws {
    let program = try Program()
    defer { program.remove() }
    #expect(try program.run(["run"] + Sweeps.tiny).status == 0)
    let outcome = try program.run([
      "criteria", "tiny/dense-seed0", "--only", "magnitude", "random", "--sparsity", "0.5", "--foreign",
      "-o", "the figure.svg",
    ])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("2 random") && outcome.output.contains("before: validation loss"))
    let svg = try String(contentsOfFile: program.folder.path + "/the figure.svg", encoding: .utf8)
    #expect(svg.contains("<title>magnitude and random: "))
    let trial = try #require(program.store.trials(of: "tiny").first { $0.hasPrefix("dense-seed0") })
    let path = program.store.trial(trial, of: "tiny")
    #expect(
      svg.contains(
        "coppice criteria \(path) --sparsity 0.5 --only magnitude random --foreign -o &#39;the figure.svg&#39;"
      ))
  }

  @Test func whatCannotBeComparedIsSaid() throws {
    for (arguments, message) in [
      (
        ["tiny/dense-seed0", "--sparsity", "1"], "--sparsity takes a fraction between 0 and 1, as 0.9, not 1"
      ),
      (["tiny/dense-seed0", "--round", "7"], "has no weights of round 7"),
      (["tiny/dense-seed0", "--only", "magnitud"], "magnitude"),
      (["tiny/dense-seed0", "--granularity", "wait"], "weight"),
      (["tiny/none"], "none"),
    ] {
      let outcome = try run(arguments)
      #expect(outcome.status == 64 || outcome.status == 66, "\(arguments)")
      #expect(outcome.errors.contains(message), "\(outcome.errors)")
    }
  }
}
