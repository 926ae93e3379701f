import CoppiceReporting
import Testing

@Suite struct SparklineTests {
  @Test func theSmallestIsTheLowestBar() {
    #expect(Sparkline.text([0, 1, 2, 3, 4, 5, 6, 7], width: 8) == "▁▂▃▄▅▆▇█")
    #expect(Sparkline.text([3, 1], width: 8) == "█▁")
  }

  @Test func manyNumbersAreMeans() {
    #expect(Sparkline.text([0, 0, 7, 7], width: 2) == "▁█")
    #expect(Sparkline.text((0..<1000).map(Double.init), width: 20).count == 20)
  }

  @Test func oddNumbersDoNoHarm() {
    #expect(Sparkline.text([], width: 8) == "" && Sparkline.text([1], width: 0) == "")
    #expect(Sparkline.text([.nan, .infinity], width: 8) == "")
    #expect(Sparkline.text([2, 2, 2], width: 8) == "▄▄▄")
    let extremes = [-Double.greatestFiniteMagnitude, 0, .greatestFiniteMagnitude, .leastNonzeroMagnitude]
    #expect(Sparkline.text(extremes, width: 4).count == 4)
  }
}
