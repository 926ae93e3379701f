import CoppiceReporting
import Testing

@Suite struct ProgressLineTests {
  static let line = ProgressLine(
    done: 12, total: 36, rate: 0.035, remaining: 684, activity: "magnitude 0.9 seed 2")

  @Test func aWideTerminalShowsEverything() {
    #expect(
      Self.line.text(width: 100, color: false)
        == "██████░░░░░░░░░░░░░░  12/36  33 %  2.1/min  11 min 24 s left  magnitude 0.9 seed 2")
  }

  @Test func aNarrowTerminalLosesTheActivityThenTheBarThenTheRate() {
    #expect(
      Self.line.text(width: 70, color: false)
        == "██████░░░░░░░░░░░░░░  12/36  33 %  2.1/min  11 min 24 s left  magnitu…")
    #expect(
      Self.line.text(width: 56, color: false) == "███░░░░░░░  12/36  33 %  2.1/min  11 min 24 s left  mag…")
    #expect(Self.line.text(width: 44, color: false) == "███░░░░░░░  12/36  33 %  11 min 24 s left")
    #expect(Self.line.text(width: 30, color: false) == "12/36  33 %  11 min 24 s left")
    #expect(Self.line.text(width: 10, color: false) == "12/36  33…")
  }

  @Test(arguments: 0..<120) func noWidthIsExceeded(width: Int) {
    #expect(Self.line.text(width: width, color: false).count <= width)
  }

  @Test func colorsAddNothingButEscapes() {
    let plain = Self.line.text(width: 100, color: false)
    var colored = Self.line.text(width: 100, color: true)
    for code in ["\u{1B}[32m", "\u{1B}[2m", "\u{1B}[0m"] { colored = colored.replacing(code, with: "") }
    #expect(colored == plain)
    #expect(!plain.contains("\u{1B}"))
  }

  @Test func beginningAndEndAreHonest() {
    #expect(
      ProgressLine(done: 0, total: 0).text(width: 80, color: false) == "░░░░░░░░░░░░░░░░░░░░  0/0  0 %")
    #expect(ProgressLine(done: 999, total: 1000).text(width: 80, color: false).contains("99 %"))
    #expect(
      ProgressLine(done: 3, total: 3, rate: .nan, remaining: .infinity).text(width: 80, color: false)
        == "████████████████████  3/3  100 %")
  }

  @Test func theShareMayBeOneOfTime() {
    let line = ProgressLine(
      done: 1, total: 4, unit: "trials", fraction: 0.75, remaining: 20,
      activity: "dense-seed0 9/60 loss 0.213")
    #expect(
      line.text(width: 100, color: false)
        == "███████████████░░░░░  1/4 trials  75 %  20 s left  dense-seed0 9/60 loss 0.213")
    #expect(line.sentence == "1/4 trials, 75 %, 20 s left, dense-seed0 9/60 loss 0.213")
    let wrong = ProgressLine(done: 1, total: 4, fraction: .nan)
    #expect(wrong.text(width: 10, color: false) == "1/4  0 %")
  }

  @Test func durationsAreRead() {
    let expected: [(Double, String?)] = [
      (0.42, "0.4 s"), (9.96, "10 s"), (59.4, "59 s"), (185, "3 min 05 s"), (3840, "1 h 04 min"),
      (86_399, "1 d 0 h"), (187_200, "2 d 4 h"), (-1, nil), (.nan, nil),
    ]
    for (seconds, text) in expected { #expect(ProgressLine.duration(seconds) == text) }
  }
}
