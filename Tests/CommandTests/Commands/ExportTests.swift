import CoppiceExchange
import CoppiceStore
import CoppiceTensors
import CoppiceTestSupport
import Foundation
import Testing

/// `coppice export` and `coppice inspect`, and a trial that begins with what was written.
@Suite struct ExportTests {
  /// A program with a pruned trial of its own, and the path of its file.
  private func pruned(_ settings: [String] = []) throws -> (program: Program, trial: String) {
    let program = try Program()
    let swept = try program.run(
      [
        "run", "quickstart", "--seeds", "1", "--set", "model=\(Sweeps.perceptron)", "--set",
        "dataset=\(Sweeps.glyphs)", "--set", "evaluation=10it", "--set", "training=20it", "--set",
        "schedule=one-shot", "--set", "criterion=magnitude", "--set", "sparsity=0.5", "--as", "cut",
      ] + settings.flatMap { ["--set", $0] })
    #expect(swept.status == 0, "\(swept.errors)")
    let folder = program.results + "/cut/trials/"
    let name = try #require(
      FileManager.default.contentsOfDirectory(atPath: folder).first { !$0.hasPrefix("dense") })
    return (program, folder + name)
  }

  @Test func weightsAndMasksAreWrittenInEveryFormat() throws {
    let (program, trial) = try pruned()
    let round = try #require(try TrialFile(trial).record().rounds.last)
    let (weights, masks) = (try #require(round.weights), try #require(round.masks))
    for format in WeightFormat.allCases {
      let path = program.results + "/w" + format.ending
      let written = try program.run(["export", trial, path, "--json"])
      #expect(written.status == 0, "\(written.errors)")
      let report = try object(written.output)
      #expect(report["format"] as? String == format.rawValue && report["round"] as? Int == 1)
      let file = try WeightFile(path)
      #expect(report["arrays"] as? Int == file.arrays.count)
      #expect(file.arrays.map(\.name).sorted() == (weights.names + masks.names.map { $0 + "_mask" }).sorted())
      for (name, tensor) in weights {
        #expect(try file.tensor(name).hasSameBits(as: masks[name]?.applied(to: tensor) ?? tensor))
      }
      for (name, mask) in masks {
        #expect(file.array(name + "_mask")?.type == .uint8)
        #expect(try file.bytes(name + "_mask") == mask.bytes)
      }
      // What is there of this kind is written over.
      #expect(try program.run(["export", trial, path]).status == 0)
    }
    let safetensors = try WeightFile(program.results + "/w.safetensors")
    #expect(safetensors.metadata.first { $0.name == "format" }?.text == "pt")
    #expect(safetensors.metadata.first { $0.name == "model" }?.text.hasPrefix("mlp(widths: [10]") == true)
  }

  @Test func namesRoundsAndPairsAreAskedFor() throws {
    let (program, trial) = try pruned()
    let path = program.results + "/w.npz"
    #expect(try program.run(["export", trial, path, "--names", "open-lth", "--round", "0"]).status == 0)
    #expect(
      try WeightFile(path).arrays.map(\.name).sorted()
        == ["fc.bias", "fc.weight", "fc_layers.0.bias", "fc_layers.0.weight"])
    #expect(try program.run(["export", trial, path, "--torch-prune-keys"]).status == 0)
    let pairs = try WeightFile(path)
    #expect(pairs.array("fc1.weight") == nil && pairs.array("fc1.weight_orig") != nil)
    #expect(pairs.array("fc1.weight_mask")?.type == .float32)
  }

  @Test func whatIsCutOutIsNotWritten() throws {
    let (program, trial) = try pruned(["granularity=hidden-unit"])
    let path = program.results + "/small.safetensors"
    let written = try program.run(["export", trial, path, "--compacted"])
    #expect(written.status == 0, "\(written.errors)")
    #expect(try WeightFile(path).array("fc1.weight")?.shape[0] == 5)
    #expect(try WeightFile(path).array("fc2.weight")?.shape[1] == 5)
  }

  @Test func whatCannotBeWrittenIsRefused() throws {
    let (program, trial) = try pruned()
    let before = try Data(contentsOf: URL(fileURLWithPath: trial))
    let over = try program.run(["export", trial, trial, "--format", "npz"])
    #expect(over.status == 64 && over.errors.contains("is no file of weights"), "\(over.errors)")
    #expect(try Data(contentsOf: URL(fileURLWithPath: trial)) == before)
    let path = program.results + "/w.npz"
    for (arguments, status, reason) in [
      ([trial, program.results + "/w.bin"], Int32(64), "does not say what format it is to have"),
      ([trial, path, "--format", "npy"], 64, "there is no format named \"npy\"; did you mean \"npz\"?"),
      ([trial, path, "--names", "tim"], 64, "did you mean \"timm\"?"),
      ([trial, path, "--names", "timm"], 64, "there are no names of timm for mlp"),
      ([trial, path, "--round", "7"], 64, "has no round 7"),
      ([trial, program.results + "/none/w.npz"], 74, "there is no folder"),
    ] {
      let refused = try program.run(["export"] + arguments)
      #expect(refused.status == status && refused.errors.contains(reason), "\(refused.errors)")
      #expect(!FileManager.default.fileExists(atPath: path))
    }
  }

  @Test func whatWasWrittenFitsAndBeginsAnotherTrial() throws {
    let (program, trial) = try pruned()
    let path = program.results + "/begin here.safetensors"
    #expect(try program.run(["export", trial, path, "--round", "0"]).status == 0)
    let dataset = ["--set", "dataset=\(Sweeps.glyphs)"]
    let fits = try program.run(["inspect", path, Sweeps.perceptron] + dataset)
    #expect(fits.status == 0, "\(fits.errors)")
    #expect(fits.output.contains("fc1.weight  float32 [10, 784]"))
    #expect(fits.output.contains("by the names of own\n  4 arrays are read"), "\(fits.output)")
    let other = try program.run(["inspect", path, "mlp(widths: [11])", "--json"] + dataset)
    let report = try object(other.output)
    #expect(other.status == 1 && report["fits"] as? Bool == false)
    #expect((report["faults"] as? [String])?.first == "fc1.weight is shaped [10, 784], not [11, 784]")
    #expect(try program.run(["inspect", trial]).status == 65)
    #expect(try program.run(["inspect", program.results + "/none.npz"]).status == 66)

    let begun = [
      "run", "quickstart", "--seeds", "1", "--set", "model=\(Sweeps.perceptron)", "--set",
      "dataset=\(Sweeps.glyphs)", "--set", "evaluation=10it", "--set", "training=0it", "--set",
      "schedule=one-shot", "--set", "criterion=magnitude", "--set", "sparsity=0.5", "--set",
      "retraining=fine-tune(budget: 10it)", "--set", "start=file(\"\(path)\")", "--as", "begun",
    ]
    let run = try program.run(begun)
    #expect(run.status == 0, "\(run.errors)")
    let folder = program.results + "/begun/trials/"
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
    let record = try TrialFile(folder + (try #require(names.first { $0.contains("one-shot") }))).record()
    let first = try #require(record.rounds.first { $0.index == 0 }?.weights)
    let stored = try #require(try TrialFile(trial).record().rounds.first { $0.index == 0 }?.weights)
    #expect(first.hasSameBits(as: stored))
    // Begun anew it is the same, and its results are told without the file.
    let name = try #require(names.first { $0.contains("one-shot") })
    #expect(try program.run(begun + ["--fresh"]).status == 0)
    #expect(
      try Digest(TrialFile(folder + name).record().digest).value == Digest(record.digest).value)
    try FileManager.default.moveItem(atPath: path, toPath: path + " elsewhere")
    let shown = try program.run(["show", folder + name, "--evaluate"])
    #expect(shown.status == 0, "\(shown.output) \(shown.errors)")
    #expect(try program.run(begun).status == 66)
    try FileManager.default.moveItem(atPath: path + " elsewhere", toPath: path)
    let missing = try program.run(begun.map { $0.replacing("begin here", with: "begin there") })
    #expect(missing.status == 66, "\(missing.errors)")
    let unfit = try program.run(begun.map { $0.replacing("widths: [10]", with: "widths: [11]") })
    #expect(
      unfit.status == 65 && unfit.errors.contains("does not fit mlp by the names of own"), "\(unfit.errors)")
  }

  /// PyTorch loads what is written as a state dictionary, and as a module that torch.nn.utils.prune has pruned.
  @Test func pyTorchReadsIt() throws {
    guard let python = Python.interpreter(with: ["torch", "safetensors"]) else {
      print("PyTorch is not tested: there is no python3 with torch and safetensors")
      return
    }
    let (program, trial) = try pruned()
    for path in ["w.safetensors", "w.pt", "pairs.pt"].map({ program.results + "/" + $0 }) {
      let pairs = path.contains("pairs") ? ["--torch-prune-keys"] : []
      #expect(try program.run(["export", trial, path] + pairs).status == 0)
    }
    let script = """
      import sys, torch
      from safetensors.torch import load_file
      from torch.nn.utils import prune
      class Net(torch.nn.Module):
          def __init__(self):
              super().__init__()
              self.fc1, self.fc2 = torch.nn.Linear(784, 10), torch.nn.Linear(10, 10)
      folder = sys.argv[1]
      first, second = load_file(folder + "/w.safetensors"), torch.load(folder + "/w.pt", weights_only=True)
      assert all(torch.equal(first[n], second[n]) for n in first) and len(first) == len(second)
      masks = {n: first.pop(n) for n in list(first) if n.endswith("_mask")}
      net = Net()
      net.load_state_dict(first)
      assert all((w[masks[n + "_mask"] == 0] == 0).all() for n, w in net.state_dict().items() if n + "_mask" in masks)
      pruned = Net()
      for layer in [pruned.fc1, pruned.fc2]:
          prune.identity(layer, "weight")
      pruned.load_state_dict(torch.load(folder + "/pairs.pt", weights_only=True))
      pruned.fc1(torch.zeros(1, 784))
      assert torch.equal(pruned.fc1.weight, net.fc1.weight)
      print("equal", int(masks["fc1.weight_mask"].sum()))
      """
    let outcome = try #require(Python.run(python, ["-c", script, program.results]))
    #expect(outcome.status == 0 && outcome.output.hasPrefix("equal"), "\(outcome.output)")
  }
}
