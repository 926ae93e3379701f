import CoppiceStore
import CoppiceTestSupport
import Foundation
import Testing

/// `coppice compact`.
@Suite struct CompactTests {
  @Test func theSmallerNetworkIsWrittenAndNothingElseIsLost() throws {
    let program = try Program()
    let swept = try program.run(
      [
        "run", "quickstart", "--seeds", "1", "--set", "model=\(Sweeps.perceptron)", "--set",
        "dataset=\(Sweeps.glyphs)", "--set", "evaluation=10it", "--set", "training=20it", "--set",
        "schedule=one-shot", "--set", "criterion=magnitude", "--set", "sparsity=0.5", "--set",
        "granularity=hidden-unit", "--set", "compaction=after-pruning", "--as", "cut",
      ])
    #expect(swept.status == 0, "\(swept.errors)")
    let folder = program.results + "/cut/trials/"
    let name = try #require(
      FileManager.default.contentsOfDirectory(atPath: folder).first { !$0.hasPrefix("dense") })
    let (trial, file) = (folder + name, program.results + "/small.h5")
    for _ in 1...2 {
      let written = try program.run(["compact", trial, file])
      #expect(written.status == 0, "\(written.errors)")
    }
    #expect(try CompactedFile(file).axes.isEmpty == false)

    let before = try Data(contentsOf: URL(fileURLWithPath: trial))
    let over = try program.run(["compact", trial, trial])
    #expect(over.status == 64)
    #expect(
      over.errors.contains(
        "is not written over \(trial), which is there and is no compacted network; choose another name"),
      "\(over.errors)")
    #expect(try Data(contentsOf: URL(fileURLWithPath: trial)) == before)

    let nowhere = try program.run(["compact", trial, program.results + "/none/small.h5"])
    #expect(nowhere.status == 74 && nowhere.errors.contains("there is no folder"), "\(nowhere.errors)")
    let late = try program.run(["compact", trial, file, "--round", "7"])
    #expect(late.status == 64 && late.errors.contains("has no round 7"), "\(late.errors)")
  }

  /// Blocks are left out of a trained network without any scores.
  @Test func blocksAreLeftOut() throws {
    let program = try Program()
    let swept = try program.run(
      [
        "run", "quickstart", "--seeds", "1", "--set", "model=resnet(widths: [3, 4], blocks: 2)", "--set",
        "dataset=\(Sweeps.glyphs)", "--set", "evaluation=2it", "--set", "training=2it", "--set",
        "schedule=none", "--set", "criterion=magnitude", "--set", "sparsity=0", "--set", "retraining=none",
        "--as", "whole",
      ])
    #expect(swept.status == 0, "\(swept.errors)")
    let folder = program.results + "/whole/trials/"
    let name = try #require(FileManager.default.contentsOfDirectory(atPath: folder).first)
    let (trial, file) = (folder + name, program.results + "/shallow.h5")
    let written = try program.run(
      ["compact", trial, file, "--without-block", "blocks.1", "--without-block", "blocks.3", "--json"])
    #expect(written.status == 0, "\(written.errors)")
    // Two convolutions of 3 and of 4 channels, with their normalisations.
    #expect(
      written.output.contains("\"parameters\": 1023, \"parameters_compacted\": 545"), "\(written.output)")
    let read = try CompactedFile(file)
    #expect(read.axes.isEmpty && read.parts.map(\.scope) == ["blocks.1", "blocks.3"])
    #expect(read.parts[0].states.count == 4 && read.weights["blocks.1.conv1.weight"] == nil)
    for (block, reason) in [("blocks.2", "it has no identity"), ("blocks.9", "has no block blocks.9, but")] {
      let refused = try program.run(["compact", trial, file, "--without-block", block])
      #expect(refused.status == 64 && refused.errors.contains(reason), "\(refused.errors)")
    }
  }
}
