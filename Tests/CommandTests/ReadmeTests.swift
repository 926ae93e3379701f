import CoppiceTestSupport
import Foundation
import Testing

/// The README's Python lines draw a curve from a summary that `run` wrote.
@Suite struct ReadmeTests {
  private static let python = Python.interpreter(with: ["h5py", "matplotlib", "pandas"])

  @Test(.enabled(if: python != nil, "Python with h5py, matplotlib and pandas"))
  func thePythonLinesDrawTheCurve() throws {
    let python = try #require(Self.python)
    let readme = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../README.md").standardizedFileURL
    let text = try String(contentsOf: readme, encoding: .utf8)
    let block = try #require(text.components(separatedBy: "```python\n").dropFirst().first)
    let lines = try #require(block.components(separatedBy: "```").first)
    let program = try Program()
    let run = try program.run([
      "run", "quickstart", "--seeds", "1", "--set", "training=20it", "--as", "small", "--quiet",
    ])
    try #require(run.status == 0, "\(run.errors)")
    let script = program.folder.file("lines.py")
    let source =
      "import matplotlib; matplotlib.use('Agg')\n"
      + lines.replacingOccurrences(
        of: "Results/quickstart/summary.h5", with: program.store.summary(of: "small"))
      + "assert len(curve) == 5 and curve.notna().all()\n"
    try source.write(toFile: script, atomically: true, encoding: .utf8)
    let outcome = try #require(Python.run(python, [script]))
    #expect(outcome.status == 0, "\(outcome.output)")
  }
}
