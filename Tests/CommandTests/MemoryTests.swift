import Foundation
import Testing

/// A sweep may have ten thousand trials, and what was done for one of them is not kept for the others.
@Suite struct MemoryTests {
  /// The most memory that a command had in use, in bytes, as the kernel tells it while the command runs.
  private func peak(_ program: Program, _ arguments: [String]) throws -> Int {
    let running = try program.start(arguments)
    var peak = 0
    while running.process.isRunning {
      let status = try? String(
        contentsOfFile: "/proc/\(running.process.processIdentifier)/status", encoding: .utf8)
      let line = status?.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
      peak = max(peak, line.flatMap { Int($0.filter(\.isNumber)) } ?? 0)
      usleep(2_000)
    }
    let outcome = try running.outcome()
    try #require(outcome.status == 0, "\(outcome.errors)")
    return peak << 10
  }

  /// What each trial takes that a sweep of four times as many seeds has more. Measured with one job: 65 kB where every traced graph
  /// stayed (and 400 kB with two jobs and many trials, between which the rest of the memory lay in pieces), and 24 kB for the plan,
  /// the rows and the summary alone.
  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/proc/self/status"), "no /proc here"))
  func aRunKeepsLittleOfATrial() throws {
    let program = try Program()
    func peak(_ seeds: Int) throws -> Int {
      let sweep = [
        "quickstart", "--set", "model=mlp(widths: [10])", "--set",
        "dataset=glyphs(training: 200, validation: 50, test: 50)", "--set", "evaluation=10it", "--set",
        "training=20it",
      ]
      return try self.peak(program, ["run", "--quiet", "--jobs", "1", "--seeds", "\(seeds)"] + sweep)
    }
    let (few, many) = (try peak(3), try peak(12))
    // 21 trials a seed.
    let bytes = (many - few) / (9 * 21)
    #expect(bytes < 45_000, "\(bytes) bytes a trial: \(few) for 63, \(many) for 252")
  }
}
