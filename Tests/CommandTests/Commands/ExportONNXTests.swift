import CoppiceExchange
import CoppiceTestSupport
import Foundation
import Testing

/// `coppice export` to ONNX.
@Suite struct ExportONNXTests {
  /// A program with a pruned trial of its own, and the path of its file.
  private func pruned(_ settings: [String]? = nil) throws -> (program: Program, trial: String) {
    let program = try Program()
    let swept = try program.run(
      [
        "run", "quickstart", "--seeds", "1", "--set", "model=\(Sweeps.perceptron)", "--set",
        "dataset=\(Sweeps.glyphs)", "--set", "evaluation=10it", "--set", "training=20it", "--set",
        "criterion=magnitude", "--as", "cut",
      ] + (settings ?? ["schedule=one-shot", "sparsity=0.9"]).flatMap { ["--set", $0] })
    #expect(swept.status == 0, "\(swept.errors)")
    let folder = program.results + "/cut/trials/"
    let name = try #require(
      FileManager.default.contentsOfDirectory(atPath: folder).first { !$0.hasPrefix("dense") })
    return (program, folder + name)
  }

  private func size(_ path: String) throws -> Int {
    try Data(contentsOf: URL(fileURLWithPath: path)).count
  }

  @Test func aNetworkIsWrittenWithWhatItSaysOfItself() throws {
    let (program, trial) = try pruned()
    let path = program.results + "/network.onnx"
    let written = try program.run(["export", trial, path, "--json"])
    #expect(written.status == 0, "\(written.errors)")
    let report = try object(written.output)
    #expect(report["format"] as? String == "onnx" && report["round"] as? Int == 1)
    // Two layers of weight and bias, and a shape.
    #expect(report["arrays"] as? Int == 5)
    #expect(report["bytes"] as? Int == (try size(path)))
    #expect(ONNXFile.isOwn(path) && !ONNXFile.isOwn(trial))
    let text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
    for part in ["fc1.weight", "trial", "mlp(widths: [10]", "batch", "logits"] {
      #expect(text.contains(part), "\(part)")
    }
    // What is there of this kind is written over; survivors and their places are fewer bytes.
    let dense = try size(path)
    #expect(try program.run(["export", trial, path, "--sparse", "--batch", "2"]).status == 0)
    #expect(try size(path) < dense / 2)
  }

  @Test func whatMakesNoSenseIsRefused() throws {
    let (program, trial) = try pruned()
    let (onnx, npz) = (program.results + "/network.onnx", program.results + "/w.npz")
    for (arguments, reason) in [
      ([trial, npz, "--sparse"], "--batch and --sparse are of ONNX files, and the format is npz"),
      ([trial, onnx, "--names", "open-lth"], "--names and --torch-prune-keys are of files of weights"),
      ([trial, onnx, "--torch-prune-keys"], "--names and --torch-prune-keys are of files of weights"),
      ([trial, onnx, "--batch", "0"], "--batch is a number of examples"),
      ([trial, trial, "--format", "onnx"], "is no file of weights; choose another name"),
    ] {
      let refused = try program.run(["export"] + arguments)
      #expect(refused.status == 64 && refused.errors.contains(reason), "\(refused.errors)")
    }
    #expect(!FileManager.default.fileExists(atPath: onnx))
  }

  /// Codes of a quantised round go along, also where units are cut out of it.
  @Test func aQuantisedNetworkIsWrittenWithItsCodes() throws {
    let (program, trial) = try pruned([
      "granularity=hidden-unit", "schedule=one-shot", "sparsity=none",
      "recipe=recipe(steps: [train, prune(sparsity: 0.5), retrain, quantise])",
    ])
    let path = program.results + "/network.onnx"
    for options in [[], ["--compacted"]] {
      let written = try program.run(["export", trial, path] + options)
      #expect(written.status == 0, "\(written.errors)")
      let text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
      for part in ["QuantizeLinear", "fc1.weight_quantized", "fc2.weight_input_zero_point"] {
        #expect(text.contains(part), "\(part)")
      }
    }
  }
}
