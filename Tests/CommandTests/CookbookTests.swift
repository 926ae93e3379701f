import CoppiceTestSupport
import Foundation
import Testing

/// Every command of the cookbook does what it says, from top to bottom in one folder.
@Suite struct CookbookTests {
  private static let sizes = "--set 'model=\(Sweeps.perceptron)' --set 'dataset=\(Sweeps.glyphs)'"

  /// A smaller network, fewer examples and a tenth of the steps: the commands are the same.
  private static func small(_ block: String) -> String {
    block.replacing("200it", with: "20it").replacing(
      "run quickstart --seeds 1",
      with: "run quickstart --seeds 1 \(sizes)"
    ).replacing("run quickstart --set seed=1", with: "run quickstart --set seed=1 \(sizes)")
  }

  @Test func everyCommandRuns() throws {
    let program = try Program()
    let bin = program.folder.file("bin")
    try FileManager.default.createDirectory(atPath: bin, withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      atPath: bin + "/coppice", withDestinationPath: program.executable.path)
    let path = bin + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")
    let surroundings = ["PATH": path, "COPPICE_RESULTS": program.folder.file("Results")]
    let blocks = Pages.blocks("sh", of: try Pages.text("Cookbook"))
    #expect(blocks.count >= 20)
    for block in blocks {
      let outcome = try program.start(script: "set -e\n" + Self.small(block), [], environment: surroundings)
        .outcome()
      #expect(outcome.status == 0, "\(block)\(outcome.errors)")
    }
    // What the recipes are to leave behind.
    for file in [
      "first.csv", "rows.csv", "overlap.csv", "accuracy.svg", "column.svg", "front.svg", "training.svg",
      "both.svg",
      "overlap.svg", "first.ipynb", "first.tex", "first.html", "first.vl.json", "first.tar.gz", "first.py",
      "small.h5", "small.safetensors", "weights.safetensors",
      "network.onnx",
    ] {
      let size = try? FileManager.default.attributesOfItem(atPath: program.folder.file(file))[.size] as? Int
      #expect((size ?? 0) > 100, "\(file)")
    }
  }

  /// Every wish is a question that a command or a few lines of Swift answer.
  @Test func everyWishHasAnAnswer() throws {
    let wishes = try Pages.text("Cookbook").components(separatedBy: "\n### … ").dropFirst()
    #expect(wishes.count >= 20)
    for wish in wishes {
      #expect(wish.prefix { $0 != "\n" }.hasSuffix("?"), "\(wish.prefix(60))")
      #expect(wish.contains("```sh\n") || wish.contains("```swift\n"), "\(wish.prefix(60))")
    }
  }
}
