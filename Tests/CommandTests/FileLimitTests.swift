import CoppiceStore
import Foundation
import Testing

/// Files that may not grow beyond a limit (`ulimit -f`): errors of writing, and no signal that ends the process.
@Suite struct FileLimitTests {
  /// Networks whose trial files, with three sets of weights of which one is sparse, are smaller than a checkpoint with two moments.
  private static let sweep = [
    "quickstart", "--seeds", "1", "--set", "model=mlp(widths: [300])", "--set", "optimizer=adam", "--set",
    "dataset=glyphs(training: 200, validation: 50, test: 50)", "--set", "evaluation=10it", "--set",
    "training=60it", "--set", "schedule=one-shot", "--set", "sparsity=0.9", "--as", "limited",
  ]
  private static let checkpoints = ["COPPICE_CHECKPOINT_SECONDS": "0"]

  private func run(_ program: Program, blocks: Int) throws -> Program.Outcome {
    try program.start(
      script: "ulimit -f \(blocks); " + #"exec "$0" "$@""#, ["run"] + Self.sweep,
      environment: Self.checkpoints
    ).outcome()
  }

  /// The largest file of some, in blocks of 512 bytes.
  private func blocks(_ paths: [String]) throws -> Int {
    let sizes = try paths.map { path in
      try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
    }
    return ((sizes.max() ?? 0) + 511) / 512
  }

  @Test func aCheckpointThatDoesNotFitCostsNoResult() throws {
    let reference = try Program()
    #expect(try reference.run(["run", "--quiet"] + Self.sweep).status == 0)
    // Enough for every result, and not for a checkpoint, which holds the moments of the optimizer as well.
    let trials = reference.store.trials(of: "limited").map { reference.store.trial($0, of: "limited") }
    let results = try blocks(reference.store.stages.paths() + trials)
    let program = try Program()
    let limited = try run(program, blocks: results + 8)
    #expect(limited.status == 0, "\(limited.errors)")
    #expect(limited.errors.contains("a checkpoint cannot be written: "), "\(limited.errors)")
    #expect(limited.errors.contains("File too large"), "\(limited.errors)")
    #expect(try program.digests(of: "limited") == reference.digests(of: "limited"))
  }

  @Test func aResultThatDoesNotFitIsAnErrorOfWriting() throws {
    let program = try Program()
    let limited = try run(program, blocks: 40)
    #expect(limited.status == 74, "\(limited.errors)")
    #expect(limited.errors.contains("File too large"), "\(limited.errors)")
    let again = try program.run(["run", "--quiet"] + Self.sweep)
    #expect(again.status == 0, "\(again.errors)")
  }
}
