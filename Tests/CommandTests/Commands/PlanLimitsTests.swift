import Foundation
import Testing

/// What a plan refuses before it takes memory or time for it.
@Suite struct PlanLimitsTests {
  private static let large = "model=mlp(widths: [65536, 65536])"

  @Test func aNetworkThatDoesNotFitIsRefused() throws {
    let program = try Program()
    let refused = try program.run(
      ["plan", "quickstart", "--set", Self.large], environment: ["COPPICE_MEMORY": "8GB"])
    #expect(refused.status == 64)
    #expect(
      refused.errors.contains("needs at least 121.9 GB of memory, and COPPICE_MEMORY allows 8.0 GB"),
      "\(refused.errors)")
    let flag = try program.run(
      ["run", "quickstart", "--set", Self.large, "--memory", "9GB"], environment: ["COPPICE_MEMORY": "8GB"])
    #expect(flag.status == 64 && flag.errors.contains("--memory allows 9.0 GB"), "\(flag.errors)")
    let unread = try program.run(["plan", "quickstart", "--memory", "lots"])
    #expect(
      unread.status == 64 && unread.errors.contains("must be a size as 64GB or 512MB, or none for no limit"),
      "\(unread.errors)")
  }

  /// Commands without the flag take less as well, and say how to have it otherwise.
  @Test func theLimitOfTheEnvironmentHoldsForEveryCommand() throws {
    let program = try Sweeps.finished.get()
    for command in [["show", "tiny/dense-seed0", "--evaluate"], ["criteria", "tiny/dense-seed0"]] {
      let refused = try program.run(command, environment: ["COPPICE_MEMORY": "1KB"])
      #expect(refused.status == 64, "\(command): \(refused.output)")
      #expect(
        refused.errors.contains("COPPICE_MEMORY allows") && refused.errors.contains("COPPICE_MEMORY=none"),
        "\(refused.errors)")
    }
    #expect(try program.run(["list"], environment: ["COPPICE_MEMORY": "lots"]).status == 64)
  }

  /// 17 GB of weights are planned in an address space of 2 GB: a plan makes none of them.
  @Test func aPlanMakesNoWeights() throws {
    let program = try Program()
    func plan(_ further: String) throws -> (status: Int32, text: String) {
      let process = Process()
      let output = Pipe()
      process.executableURL = URL(fileURLWithPath: "/bin/sh")
      process.arguments = [
        "-c",
        "ulimit -v 2000000; exec \"$0\" plan quickstart --results \"$1\" --set '\(Self.large)' \(further)",
        program.executable.path, program.results,
      ]
      (process.standardOutput, process.standardError) = (output, output)
      try process.run()
      let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      return (process.terminationStatus, text)
    }
    #if os(Linux)
      let planned = try plan("--memory none")
      #expect(
        planned.status == 0 && planned.text.contains("by operations counted just now"), "\(planned.text)")
      let refused = try plan("")
      #expect(refused.status == 64 && refused.text.contains("and ulimit -v leaves "), "\(refused.text)")
    #endif
  }

  /// Where there is too little for the program itself, its libraries would end it by a signal in the middle of a run.
  @Test(arguments: [170_000, 200_000]) func aRunThatTheSystemWouldEndIsRefused(kilobytes: Int) throws {
    #if os(Linux)
      let program = try Program()
      let outcome = try program.start(
        script: "ulimit -v \(kilobytes); exec \"$0\" \"$@\"", ["run"] + Sweeps.tiny
      ).outcome()
      #expect(outcome.status == 64, "\(outcome.errors)")
      #expect(
        outcome.errors.contains("ulimit -v leaves (beside 128 MB for the program itself)"),
        "\(outcome.errors)")
    #endif
  }

  /// Threads took 64 MB of addresses each, and what was allowed ended in the middle by a signal.
  @Test(arguments: [260_000, 300_000, 400_000]) func whatIsAllowedIsRunToTheEnd(kilobytes: Int) throws {
    #if os(Linux)
      let program = try Program()
      let outcome = try program.start(
        script: "ulimit -v \(kilobytes); exec \"$0\" \"$@\"", ["run"] + Sweeps.tiny + ["--jobs", "4"]
      ).outcome()
      #expect(outcome.status == 0, "\(outcome.status) \(outcome.errors)")
    #endif
  }

  @Test func aSettingIsGivenOnce() throws {
    let refused = try Program().run(["plan", "quickstart", "--set", "seed=1", "--set", "seed=2"])
    #expect(refused.status == 64)
    #expect(
      refused.errors.contains(
        "seed is set 2 times (1, 2), but a cell has one value of it: leave one out, or ask for several seeds"),
      "\(refused.errors)")
  }
}
