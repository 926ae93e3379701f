import CoppiceTerms
import Foundation
import Testing

@Suite struct ToolRunTests {
  private func shell(_ script: String, patience: Double = 60) throws -> ToolRun {
    try #require(ToolRun(["sh", "-c", script], patience: patience))
  }

  @Test func outputAndExitCodeComeBack() throws {
    let run = try shell("printf 'a\\nb'; echo no >&2; exit 3")
    #expect(run.status == 3)
    #expect(String(decoding: run.output, as: UTF8.self) == "a\nb")
  }

  @Test func outputOfAnySizeComesBack() throws {
    let run = try shell("head -c 1000000 /dev/zero")
    #expect(run.status == 0)
    #expect(run.output.count == 1_000_000 && run.output.allSatisfy { $0 == 0 })
  }

  @Test func variablesAreThoseThatAreGiven() throws {
    let run = try #require(
      ToolRun(["/bin/sh", "-c", "echo \"$A-$HOME\""], environment: ["A": "b", "PATH": "/bin"]))
    #expect(String(decoding: run.output, as: UTF8.self) == "b-\n")
  }

  @Test func aProgramThatIsNotThereCannotBeStarted() {
    #expect(ToolRun(["coppice-has-no-such-program"]) == nil)
    #expect(ToolRun([]) == nil)
  }

  @Test func nothingIsWaitedForEver() throws {
    let start = ContinuousClock().now
    let run = try shell("echo a; exec sleep 100", patience: 0.2)
    #expect(run.status == nil)
    #expect(ContinuousClock().now - start < .seconds(50))
  }

  /// A program may close its output and go on.
  @Test func nothingThatWritesNoMoreIsWaitedForEver() throws {
    let start = ContinuousClock().now
    let run = try shell("echo a; exec sleep 100 >&-", patience: 0.5)
    #expect(run.status == nil && String(decoding: run.output, as: UTF8.self) == "a\n")
    #expect(ContinuousClock().now - start < .seconds(50))
    #expect(try shell("exec >&-; sleep 0.1; exit 3").status == 3)
  }

  /// What the process at hand ignores must not be ignored by those it starts.
  @Test func aBrokenPipeEndsIt() throws {
    #expect(try shell("kill -PIPE $$; exit 5").status == nil)
  }
}
