import CoppiceStore
import CoppiceTestSupport
import Foundation
import Testing

/// `coppice prune`.
@Suite struct PruneTests {
  private static let quick = [
    "prune", Sweeps.perceptron, "--dataset", "glyphs(training: 200, validation: 50, test: 50)", "--training",
    "40it", "--set", "measure=none", "--quiet",
  ]

  @Test func oneNetworkGoesAllTheWay() throws {
    let program = try Program()
    let file = program.folder.file("small.safetensors")
    let words = Self.quick + ["--sparsity", "0.5", "--structured", "--as", "mine", "-o", file]
    let outcome = try program.run(words)
    #expect(outcome.status == 0, "\(outcome.errors)")
    for line in [
      "[x] a trained dense network to compare with", "[x] what matters is scored",
      "[x] the pruned network is tested before it is trained on", "[x] it is trained on",
      "[x] it is written for use elsewhere", "pruned, not yet trained on", "load it: python -c",
    ] { #expect(outcome.output.contains(line), "\(line): \(outcome.output)") }
    // A header of eight bytes, and arrays of the smaller network behind it.
    let bytes = try Data(contentsOf: URL(fileURLWithPath: file))
    let length = bytes.prefix(8).enumerated().reduce(0) { $0 + Int($1.element) << (8 * $1.offset) }
    let header = try object(String(decoding: bytes[8..<8 + length], as: UTF8.self))
    let shape = try #require((header["fc1.weight"] as? [String: Any])?["shape"] as? [Int])
    #expect(shape[0] < 10 && shape[1] == 784)

    // The same again computes nothing and says the same.
    let again = try object(try program.run(words + ["--json"]).output)
    let networks = try #require(again["networks"] as? [[String: Any]])
    #expect(networks.count == 3)
    let (dense, pruned) = (
      try #require(networks[0]["parameters"] as? Double), try #require(networks[2]["parameters"] as? Double)
    )
    #expect(pruned < dense && networks[1]["test_accuracy"] is Double)
    let row = try #require(
      try SummaryFile.rows(program.store.summary(of: "mine")).last { $0.isFinal && $0.round == 1 })
    #expect(networks[2]["test_accuracy"] as? Double == row[metric: .testAccuracy])
    let steps = try #require(again["checklist"] as? [[String: Any]])
    // All but the codes, which were not asked for.
    #expect(steps.count { $0["done"] as? Bool == true } == steps.count - 1)
    #expect((again["export"] as? [String: Any])?["smaller"] as? Bool == true)
    // Other commands read what it left.
    #expect(try program.run(["table", "mine"]).status == 0)
    #expect(try program.run(["show", "mine/\(try #require(again["trial"] as? String))"]).status == 0)
  }

  @Test func knownMistakesAreRefused() throws {
    let program = try Program()
    for (arguments, words) in [
      (["--sparsity", "0.9", "--fine-tune", "0"], "nothing would be trained: give --fine-tune"),
      (
        ["--sparsity", "0.95"],
        "more than 90 % of what is left at once: networks collapse that would not in steps; give --steps 2"
      ),
      (["--sparsity", "0.9", "--structured"], "more than 50 % of what is left at once"),
      (["--sparsity", "0.9", "--training", "0it"], "nothing can be said of what is lost: give --training"),
      (["--sparsity", "0.9", "--target", "mobile"], "make nothing faster on a mobile"),
      (["--sparsity", "0.1"], "no layer of mlp is faster in its sparse form"),
      (["--sparsity", "0.9", "--bottleneck", "memory"], "are held in memory as others are"),
    ] {
      // An option that is given twice counts as it is given last.
      let outcome = try program.run(Self.quick + arguments)
      #expect(outcome.status == 64 && outcome.errors.contains(words), "\(arguments): \(outcome.errors)")
      #expect(outcome.errors.contains("or go on with --anyway"))
    }
    #expect(program.store.experiments.isEmpty, "nothing was run")
    // Steps make it gradual, and for bytes zeros are a gain.
    let plain = try program.run(
      Self.quick + ["--sparsity", "0.1", "--bottleneck", "size", "--fine-tune", "0.1", "--as", "size"])
    #expect(plain.status == 0, "\(plain.errors)")
    let anyway = try program.run(
      Self.quick + ["--sparsity", "0.95", "--fine-tune", "0", "--anyway", "--as", "once", "--json"])
    #expect(anyway.status == 0 && anyway.errors.contains("warning: 95 % in one round"), "\(anyway.errors)")
    let steps = try #require(try object(anyway.output)["checklist"] as? [[String: Any]])
    #expect(steps.filter { $0["done"] as? Bool == false }.count == 2)
    #expect(steps.last?["done"] is NSNull, "no export was asked for")
  }

  @Test func filesAreOfKnownFormats() throws {
    let program = try Program()
    for (file, status, words) in [
      ("small.onnxx", 64, "a network is written to a file that ends with .safetensors"),
      ("none/small.h5", 74, "there is no folder none"),
    ] as [(String, Int32, String)] {
      let outcome = try program.run(Self.quick + ["--sparsity", "0.5", "-o", file])
      #expect(outcome.status == status && outcome.errors.contains(words), "\(outcome.errors)")
    }
    let file = program.folder.file("small.h5")
    let written = try program.run(Self.quick + ["--sparsity", "0.5", "--structured", "-o", file])
    #expect(written.status == 0, "\(written.errors)")
    #expect(try CompactedFile(file).axes.isEmpty == false)
    #expect(written.output.contains("load it: coppice profile \(file)"))
  }

  /// A file of weights is pruned as it stands, and what is left may be codes.
  @Test func aFileIsPrunedAndQuantised() throws {
    let program = try Program()
    let file = program.folder.file("trained.safetensors")
    let first = try program.run(
      Self.quick + ["--sparsity", "0.5", "--structured", "-o", file, "--fine-tune", "0.1"])
    #expect(first.status == 0, "\(first.errors)")
    let dense = try #require(
      program.store.experiments.first.flatMap { name in
        program.store.trials(of: name).first { $0.hasPrefix("dense-seed") }.map { "\(name)/\($0)" }
      })
    let weights = program.folder.file("dense.safetensors")
    #expect(try program.run(["export", dense, weights]).status == 0)
    let words = [
      "prune", weights, "--model", Sweeps.perceptron, "--dataset", Self.quick[3], "--sparsity", "0.5",
      "--structured",
      "--fine-tune", "10it", "--quantise", "--quiet", "--as", "codes", "-o",
      program.folder.file("small.onnx"),
    ]
    let outcome = try program.run(words + ["--json"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let json = try object(outcome.output)
    let networks = try #require(json["networks"] as? [[String: Any]])
    #expect(networks.map { $0["network"] as? String }.last == "quantised" && networks.count == 4)
    let bytes = networks.map { $0["bytes"] as? Double ?? 0 }
    #expect(bytes[3] < bytes[2] / 2 && bytes[2] < bytes[0])
    // Each is timed in the arithmetic that its accuracy is of.
    #expect(networks.allSatisfy { ($0["latency_ms"] as? Double ?? 0) > 0 }, "\(networks)")
    // The dense network is that of the file, without a step of training.
    let stored = try object(try program.run(["show", dense, "--json"]).output)
    let accuracy = (stored["rounds"] as? [[String: Any]])?.last?["test_accuracy"] as? Double
    #expect(networks[0]["test_accuracy"] as? Double == accuracy)
    let steps = try #require(json["checklist"] as? [[String: Any]])
    #expect(steps.allSatisfy { $0["done"] as? Bool == true }, "\(outcome.output)")
    // A share of no training is no training.
    let none = try program.run(words.filter { !["--fine-tune", "10it", "--quantise"].contains($0) })
    #expect(none.status == 64 && none.errors.contains("nothing would be trained"), "\(none.errors)")
    let whose = try program.run(["prune", weights, "--dataset", "glyphs", "--sparsity", "0.5"])
    #expect(whose.status == 64 && whose.errors.contains("say by --model which model's"), "\(whose.errors)")
  }
}
