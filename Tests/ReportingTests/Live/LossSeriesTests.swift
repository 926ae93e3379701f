import CoppiceReporting
import Testing

@Suite struct LossSeriesTests {
  @Test func fewPointsAreKeptOfMany() {
    var series = LossSeries()
    for step in 1...100_000 { series.add(step: Double(step), loss: 1 / Double(step)) }
    #expect((LossSeries.limit / 2...LossSeries.limit).contains(series.steps.count))
    #expect(series.steps.first == 1 && (series.steps.last ?? 0) > 99_000)
    #expect(series.steps == series.steps.sorted() && series.losses.count == series.steps.count)
  }

  /// After a restart steps come again.
  @Test func whatIsToldAgainTakesItsPlace() {
    var series = LossSeries()
    for step in [10.0, 20, 30] { series.add(step: step, loss: 1) }
    series.add(step: 20, loss: 2)
    #expect(series.steps == [10, 20] && series.losses == [1, 2])
  }

  @Test func whatIsNoNumberIsLeftOut() {
    var series = LossSeries()
    series.add(step: .nan, loss: 1)
    series.add(step: 1, loss: .infinity)
    #expect(series.steps.isEmpty)
  }
}
