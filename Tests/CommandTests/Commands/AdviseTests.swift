import CoppiceStore
import CoppiceTestSupport
import Foundation
import Testing

/// `coppice advise`.
@Suite struct AdviseTests {
  /// A program with a summary of two sparsities, of which one loses half a point and the other three.
  private func program() throws -> Program {
    let program = try Program()
    var rows: [IndexRow] = []
    for seed in 0..<3 {
      for (target, loss) in [(0.0, 0.0), (0.5, 0.005), (0.9, 0.03)] {
        var row = IndexRow(trial: "t-\(target)-\(seed)", seed: seed, round: target == 0 ? 0 : 1)
        (row.status, row.isFinal) = (.completed, true)
        (row.model, row.dataset) = ("lenet-5", "mnist")
        (row.criterion, row.granularity, row.allocation) = ("magnitude", "weight", "global")
        (row.schedule, row.retraining, row.control) = ("one-shot", target == 0 ? "none" : "fine-tune", "none")
        (row.targetSparsity, row.requestedSparsity, row.sparsity) = (target, target, target)
        row.density = 1 - target
        row[metric: .validationAccuracy] = 0.9 - loss
        row[metric: .testAccuracy] = 0.89 - loss
        row[metric: .bytes] = 1_000
        row[metric: .bytesSparse] = 1_000 * (1.05 - target)
        rows.append(row)
      }
    }
    let folder = program.store.folder(of: "made")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try SummaryFile.write(
      Summary(experiment: "made", configuration: "{}", provenance: "{}", rows: rows),
      to: program.store.summary(of: "made"))
    return program
  }

  private func recommended(_ arguments: [String]) throws -> Double? {
    let outcome = try program().run(["advise", "lenet-5", "--bottleneck", "size", "--json"] + arguments)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let subject = try #require((try object(outcome.output)["subjects"] as? [[String: Any]])?.first)
    guard let place = subject["recommended"] as? Int else { return nil }
    let points = try #require(subject["points"] as? [[String: Any]])
    return points[place]["sparsity"] as? Double
  }

  @Test func anotherToleranceIsAnotherAdvice() throws {
    #expect(try recommended([]) == 0.5)
    #expect(try recommended(["--tolerance", "0.05"]) == 0.9)
    #expect(try recommended(["--tolerance", "0.001"]) == nil)
  }

  @Test func whatIsNotKnownIsSaid() throws {
    let program = try program()
    func text(_ arguments: [String]) throws -> String {
      let outcome = try program.run(["advise"] + arguments)
      #expect(outcome.status == 0, "\(outcome.errors)")
      return outcome.output
    }
    let size = try text(["lenet-5", "--bottleneck", "size"])
    for words in [
      "1 what is scarce: bytes of weights", "dense: 1000",
      "2 what may go: 1 point of validation accuracy; 1 of 2 networks",
      "structured: not measured", "quantised: not measured", "Pareto front", "recommended: ",
      "quantised compression of lenet-5: not measured",
    ] { #expect(size.contains(words), "\(words): \(size)") }
    #expect(try text(["lenet-5", "--bottleneck", "energy"]).contains("energy of lenet-5: not measured."))
    #expect(
      try text(["lenet-5", "--bottleneck", "speed", "--target", "mobile"])
        .contains("time on a mobile: not measured."))
    let other = try text(["conv-2", "--bottleneck", "size"])
    #expect(other.contains("conv-2: not measured. No summary has a row of it."))
    #expect(other.contains("Not carried over: accuracy, cost and sparsity, which are those of lenet-5 alone"))
    for arguments in [
      ["lenet-6", "--bottleneck", "size"], ["lenet-5"],
      ["lenet-5", "--bottleneck", "size", "--tolerance", "2"],
      ["lenet-5", "--bottleneck", "size", "--batch", "3"],
    ] {
      #expect(try program.run(["advise"] + arguments).status == 64)
    }
  }

  /// The command that is told makes what it is told for: its plan has the trial.
  @Test func theCommandRepeatsTheTrial() throws {
    let program = try Sweeps.finished.get()
    let outcome = try program.run([
      "advise", "mlp", "--bottleneck", "size", "--tolerance", "0.9", "--json",
    ])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let subject = try #require((try object(outcome.output)["subjects"] as? [[String: Any]])?.first)
    let place = try #require(subject["recommended"] as? Int)
    let points = try #require(subject["points"] as? [[String: Any]])
    let trial = try #require((points[place]["trials"] as? [String])?.first)
    let command = try #require(subject["command"] as? String)
    #expect(command.hasPrefix("coppice run quickstart --seeds 1 --set "))
    let plan = try program.start(
      script: command.replacing("coppice run", with: "\"$0\" plan --list"), []
    ).outcome()
    #expect(plan.status == 0, "\(plan.errors)")
    // The key at the end of the name says what a trial is.
    let key = try #require(trial.split(separator: "-").last)
    #expect(plan.output.contains("-\(key)"), "\(trial): \(command)\n\(plan.output)")
  }
}
