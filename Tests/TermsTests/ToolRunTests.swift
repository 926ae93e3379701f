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

  @Test func errorsAreKeptWhereTheyAreAskedFor() throws {
    let words = ["sh", "-c", "echo out; echo trouble >&2; exit 4"]
    let kept = try #require(ToolRun(words, errors: .kept))
    #expect(kept.status == 4 && String(decoding: kept.output, as: UTF8.self) == "out\n")
    #expect(String(decoding: kept.errors, as: UTF8.self) == "trouble\n")
    #expect(try #require(ToolRun(words)).errors.isEmpty)
  }

  /// More of either than a pipe holds: a program that waits for somebody to read its errors would never end.
  @Test(.timeLimit(.minutes(5))) func manyErrorsHoldNothingUp() throws {
    let script = "head -c 3000000 /dev/zero >&2; head -c 3000000 /dev/zero; echo end >&2"
    let run = try #require(ToolRun(["sh", "-c", script], errors: .kept))
    #expect(run.status == 0 && run.output.count == 3_000_000)
    #expect(run.errors == [UInt8](repeating: 0, count: 1 << 16))
  }

  @Test func aSinkTakesEveryPiece() throws {
    var (count, sum) = (0, 0)
    let run = ToolRun(["sh", "-c", "head -c 1000000 /dev/zero; printf '\\001\\002'"]) { piece in
      count += piece.count
      sum += piece.reduce(0) { $0 + Int($1) }
      return true
    }
    #expect(try #require(run).status == 0 && run?.output == [])
    #expect(count == 1_000_002 && sum == 3)
  }

  /// A program that would write for ever is stopped by who has had enough.
  @Test(.timeLimit(.minutes(5))) func aSinkThatSaysNoEndsTheProgram() throws {
    var count = 0
    let run = ToolRun(["cat", "/dev/zero"], errors: .kept) { piece in
      count += piece.count
      return count < 1_000_000
    }
    #expect(try #require(run).status == nil)
    #expect((1_000_000..<1_100_000).contains(count))
  }

  /// What the process at hand ignores must not be ignored by those it starts.
  @Test func aBrokenPipeEndsIt() throws {
    #expect(try shell("kill -PIPE $$; exit 5").status == nil)
  }
}
