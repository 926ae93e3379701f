import CoppiceStore
import Testing

@Suite struct WorstClassTestAccuracyTests {
  private func value(_ accuracies: [[Double]]) -> Double {
    var row = IndexRow(trial: "t", seed: 0, round: 0)
    row.measure(
      RoundFacts(
        evaluations: accuracies.enumerated().map { Evaluation(step: $0, testClassAccuracy: $1) }))
    return row[metric: .worstClassTestAccuracy]
  }

  @Test func theLowestOfTheLastEvaluationCounts() {
    #expect(value([[0.1, 0.2], [0.9, 0.4, 0.7]]) == 0.4)
  }

  @Test func classesWithoutExamplesDoNot() {
    #expect(value([[0.9, .nan, 0.7]]) == 0.7)
    #expect(value([[.nan]]).isNaN)
    #expect(value([[]]).isNaN)
    #expect(value([]).isNaN)
  }
}
