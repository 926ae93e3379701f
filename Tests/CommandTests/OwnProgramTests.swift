import CoppiceStore
import Foundation
import Testing

/// A program of a package of one's own, with one of every part that can be written: its target imports Coppice and sees what is public
/// alone.
@Suite struct OwnProgramTests {
  private static let own = ["run", "own", "--quiet"]

  /// The own experiment, run once.
  private static let finished: Result<Program, any Error> = Result {
    let program = try Program("OwnProgram")
    atexit { if let program = try? OwnProgramTests.finished.get() { program.remove() } }
    let outcome = try program.run(own)
    try #require(outcome.status == 0, "\(outcome.errors)")
    return program
  }

  @Test func oneOfEverythingTrains() throws {
    let program = try Self.finished.get()
    let rows = try SummaryFile.read(program.store.summary(of: "own")).rows
    #expect(rows.count == 1 + 3 + 3 * 3)
    #expect(rows.allSatisfy { $0.status == .completed })
    for row in rows where row.isFinal && row.criterion != "magnitude" {
      #expect(row.model == "narrow" && row.schedule == "own-cubic" && row.retraining == "short")
      // The own allocation gives half of the first layer's share, and says by that less than was asked for.
      #expect(row.sparsity > 0.2 && row.sparsity < row.requestedSparsity, "\(row.sparsity)")
    }
  }

  /// Masked weights are 0 whatever an optimizer of one's own makes of them, and a state of one's own is kept.
  @Test func whatIsStoredEvaluatesToWhatIsStored() throws {
    let program = try Self.finished.get()
    let trial = try #require(program.store.trials(of: "own").first { $0.hasPrefix("sharpness") })
    let last = try #require(try TrialFile(program.store.trial(trial, of: "own")).record().rounds.last)
    let (weights, masks) = (try #require(last.weights), try #require(last.masks))
    #expect((weights["norm.running_root"]?.scalars.first ?? 1) != 1)
    for (name, mask) in masks {
      let weight = try #require(weights[name])
      #expect(mask.bytes.contains(0))
      #expect(zip(mask.bytes, weight.scalars).allSatisfy { $0 == 1 || $1.bitPattern == 0 })
    }
    let shown = try program.run(["show", trial, "--evaluate"])
    #expect(shown.status == 0, "\(shown.errors)")
    #expect(shown.output.contains("bit for bit"))
  }

  @Test func ownMetricsAndAnalysesAreTablesAndFigures() throws {
    let program = try Self.finished.get()
    let path = program.store.summary(of: "own")
    let table = try object(
      try program.run(["table", path, "--y", "test_error,test_accuracy", "--json"]).output)
    let rows = try #require(table["rows"] as? [[String: Any]])
    #expect(!rows.isEmpty)
    let text = try program.run(["table", path, "--y", "test_error"]).output
    #expect(text.contains("test error (%)"), "\(text)")
    #expect(try program.run(["plot", path, "--y", "test_error"]).output.contains("test error"))
    let answer = try program.run(["table", path, "--analysis", "survivors", "--format", "csv"]).output
    #expect(answer.split(separator: "\n").count == 1 + 4, "\(answer)")
    #expect(answer.contains("sharpness"))
    #expect(try program.run(["list", "metrics"]).output.contains("test_error"))
    #expect(try program.run(["list", "analyses"]).output.contains("survivors"))
    // The shipped program reads the file, and passes over what it does not know.
    let shipped = try Program().run(["table", path])
    #expect(shipped.status == 0 && shipped.output.contains("test accuracy"), "\(shipped.errors)")
  }

  @Test func ownPartsAreListedAndRead() throws {
    let program = try Program("OwnProgram")
    let criteria = try program.run(["list", "criteria"]).output.split(separator: "\n")
    #expect(
      criteria.contains {
        $0.hasPrefix("growth ") && $0.hasSuffix("|w| over the size it had before training")
      })
    let models =
      try object(try program.run(["list", "models", "--json"]).output)["models"] as? [[String: String]]
    let tall = models?.first { $0["name"] == "tall" }
    #expect(tall?["paper"] == "Nobody 2026" && tall?["form"] == "tall(width: 40, initializer: glorot-normal)")
    for setting in [
      "criterion=growth", "criterion=sharp", "model=narrow(width: 5, initializer: own-uniform)",
      "model=tall(width: 40, initializer: zeros)", "dataset=stripes(count: 60)", "optimizer=lion",
      "learning-rate=halving(rate: 0.1)", "loss=squares", "granularity=pair", "allocation=layer-wise",
      "schedule=own-cubic(rounds: 2)", "retraining=short", "stop=enough", "initializer=own-uniform",
    ] {
      let outcome = try program.run(["plan", "growth", "--set", setting, "--json"])
      #expect(outcome.status == 0, "\(setting): \(outcome.errors)")
    }
    let other = try program.run(["plan", "growth", "--set", "model=tall(width: 41)"])
    #expect(
      other.status == 64 && other.errors.contains("width of tall is 41, but must be 40"), "\(other.errors)")
    let slip = try program.run(["plan", "growth", "--set", "criterion=growht"])
    #expect(slip.status == 64 && slip.errors.contains("did you mean \"growth\"?"), "\(slip.errors)")
  }

  @Test func theProgramHasItsOwnName() throws {
    let program = try Program("OwnProgram")
    #expect(try program.run(["--help"]).output.contains("USAGE: OwnProgram <subcommand>"))
    for arguments in [
      ["--help"], ["run", "--help"], ["plan", "--help"], ["data", "--help"], ["bench", "--help"],
      ["list", "--help"],
      ["run", "nothing"], ["table", "growth"], ["run", "growth", "--set", "dataset=mnist"],
      ["show", "nothing"],
      ["data", "list"], ["rnu"], ["run", "--frobnicate"],
    ] {
      let outcome = try program.run(arguments)
      #expect(
        !(outcome.output + outcome.errors).contains("coppice "),
        "\(arguments): \(outcome.output)\(outcome.errors)")
      #expect(!(outcome.output + outcome.errors).contains("`coppice"), "\(arguments)")
    }
  }

  /// Data of another rank than a layer takes are an error with the layer's path, whatever it asks of their shape.
  @Test func theWrongRankIsAnErrorWithTheLayersPath() throws {
    let program = try Program("OwnProgram")
    for command in ["plan", "run"] {
      let outcome = try program.run([command, "wrong-rank"])
      #expect(outcome.status == 64, "\(outcome.status): \(outcome.errors)")
      #expect(
        outcome.errors.contains("in blocks.0: axis 2 is asked for of the shape [1, 10], which has 2 axes"),
        "\(outcome.errors)")
    }
    let scores = try program.run(["run", "wrong-scores", "--quiet"])
    #expect(scores.status == 1, "\(scores.status): \(scores.errors)")
    #expect(
      scores.errors.contains(
        "criterion overreaching: axis 2 is asked for of the shape [8, 36], which has 2 axes"),
      "\(scores.errors)")
    let moments = try program.run(["plan", "growth", "--set", "optimizer=signs"])
    #expect(
      moments.status == 64 && moments.errors.contains("signs in fc1.weight: gives 1 arrays"),
      "\(moments.errors)")
  }

  @Test func aLayerInTwoPlacesHasItsWeightsOnce() throws {
    let program = try Program("OwnProgram")
    let outcome = try program.run(["run", "shared", "--quiet"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let trial = try #require(program.store.trials(of: "shared").first)
    let weights = try TrialFile(program.store.trial(trial, of: "shared")).record().rounds.last?.weights
    #expect(weights?.names.filter { $0.hasPrefix("middle") } == ["middle.weight", "middle.bias"])
  }

  @Test func thePlanSaysWhatRunsAgain() throws {
    let program = try Program("OwnProgram")
    let plan = try program.run(["plan", "growth"]).output
    #expect(plan.contains("2 trials of 6 run again whenever this program is built anew"), "\(plan)")
    #expect(plan.contains("criterion growth (2 trials)") && plan.contains("version: 1"), "\(plan)")
    let json =
      try object(try program.run(["plan", "growth", "--json"]).output)["unversioned"] as? [[String: Any]]
    #expect(json?.count == 1 && json?.first?["component"] as? String == "growth")
    let versioned = try program.run(["plan", "growth", "--set", "criterion=magnitude"]).output
    #expect(!versioned.contains("run again"), "\(versioned)")
  }
}
