import CoppiceTestSupport
import Foundation
import Testing

/// `coppice profile`.
@Suite struct ProfileTests {
  @Test func aModelIsProfiledBeforeAndAfterAPruning() throws {
    let program = try Program()
    let model = [
      "profile", "mlp(widths: [40, 20])", "--sparsity", "0.5", "--granularity", "hidden-unit", "--seconds",
      "0.001",
    ]
    let figure = program.folder.file("roof.svg")
    let outcome = try program.run(model + ["-o", figure])
    #expect(outcome.status == 0, "\(outcome.errors)")
    for words in ["dense: ", "compacted: ", "sum of steps (ms)", "attainable GFLOP/s", "bound by", "affine"] {
      #expect(outcome.output.contains(words), "\(outcome.output)")
    }
    let svg = try String(contentsOfFile: figure, encoding: .utf8)
    #expect(svg.contains("FLOPs a byte") && svg.contains("--granularity hidden-unit"))
    let json = try object(try program.run(model + ["--json", "--batch", "4"]).output)
    #expect(json["batch"] as? Int == 4 && json["training"] as? Bool == false)
    #expect((json["bandwidths"] as? [Any])?.count == 3)
    let forms = try #require(json["forms"] as? [[String: Any]])
    #expect(forms.first?["form"] as? String == "dense" && forms.last?["form"] as? String == "compacted")
    for form in forms {
      let rows = try #require(form["rows"] as? [[String: Any]])
      #expect(abs(rows.reduce(0) { $0 + ($1["share"] as? Double ?? 0) } - 1) < 1e-9)
      #expect(rows.reduce(0) { $0 + ($1["flops"] as? Int ?? 0) } == form["flops"] as? Int)
      #expect(
        Set(rows[0].keys) == [
          "layer", "primitive", "calls", "seconds", "share", "flops", "bytes", "flops_per_second",
          "bytes_per_second", "attainable_flops_per_second", "attained", "bound",
        ])
    }
    #expect((forms.last?["flops"] as? Int ?? 0) < (forms.first?["flops"] as? Int ?? 0))
    let coded = try object(try program.run(model + ["--json", "--quantise"]).output)
    let names = (coded["forms"] as? [[String: Any]] ?? []).compactMap { $0["form"] as? String }
    #expect(names == ["dense", "sparse", "compacted", "quantised"])
    let refused = try program.run(model + ["--quantise", "--training"])
    #expect(refused.status == 64 && refused.errors.contains("--quantise is of inference"))
  }

  @Test func aTrialAndACompactedFileAreProfiled() throws {
    let program = try Program()
    let swept = try program.run(
      [
        "run", "quickstart", "--seeds", "1", "--set", "model=\(Sweeps.perceptron)", "--set",
        "dataset=\(Sweeps.glyphs)", "--set", "evaluation=10it", "--set", "training=20it", "--set",
        "schedule=one-shot", "--set", "criterion=magnitude", "--set", "sparsity=0.5", "--set",
        "granularity=hidden-unit", "--quiet", "--as", "cut",
      ])
    #expect(swept.status == 0, "\(swept.errors)")
    let trial = try #require(program.store.trials(of: "cut").first { !$0.hasPrefix("dense") })
    func forms(_ arguments: [String]) throws -> [String] {
      let outcome = try program.run(["profile"] + arguments + ["--seconds", "0.001", "--json"])
      #expect(outcome.status == 0, "\(outcome.errors)")
      return (try object(outcome.output)["forms"] as? [[String: Any]] ?? []).compactMap {
        $0["form"] as? String
      }
    }
    #expect(try forms(["cut/\(trial)"]).contains("compacted"))
    #expect(try forms(["cut/\(trial)", "--training"]).contains("compacted"))
    // Round 0 is the dense network.
    #expect(try forms([trial, "--round", "0"]) == ["dense"])
    let file = program.folder.file("small.h5")
    #expect(try program.run(["compact", trial, file]).status == 0)
    #expect(try forms([file]) == ["dense"])
  }

  /// What is pruned shows in the zeros of the file.
  @Test func aFileOfWeightsIsProfiled() throws {
    let program = try Program(copying: Sweeps.finished.get())
    let trial = try #require(program.store.trials(of: "tiny").first { !$0.hasPrefix("dense") })
    let file = program.folder.file("weights.npz")
    let exported = try program.run(["export", "tiny/\(trial)", file])
    #expect(exported.status == 0, "\(exported.errors)")
    let profile = ["profile", file, "--seconds", "0.001", "--json"]
    let unnamed = try program.run(profile)
    #expect(unnamed.status == 64, "\(unnamed.errors)")
    #expect(unnamed.errors.contains("say by --model which model's"))
    let outcome = try program.run(
      profile + ["--model", Sweeps.perceptron, "--set", "dataset=\(Sweeps.glyphs)"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let subject = try #require(try object(outcome.output)["subject"] as? String)
    #expect(subject.contains(", weights of \(file), sparsity "), "\(subject)")
    #expect(!subject.hasSuffix(" sparsity 0 %"), "\(subject)")
  }

  @Test func whatCannotBeIsRefused() throws {
    for (arguments, status, words) in [
      (["lenet-5", "--batch", "0"], 64, "--batch takes 1 to 65536, not 0"),
      (["lenet-5", "--sparsity", "1.5"], 64, "--sparsity takes a fraction between 0 and 1"),
      (["lenet-5", "--round", "1"], 64, "--round is of a trial, and lenet-5 is none"),
      (["weights.npz", "--model", "lenet-5"], 64, "--model lenet-5 is for a file of weights"),
      (["lenet-6"], 66, "lenet-6 is no model; did you mean \"lenet-5\"?"),
      (["mlp(width: 3)"], 64, "width"),
    ] as [([String], Int32, String)] {
      let outcome = try Sweeps.finished.get().run(["profile"] + arguments)
      #expect(outcome.status == status && outcome.errors.contains(words), "\(outcome.errors)")
    }
  }
}
