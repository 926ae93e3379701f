import CoppiceTensors
import Testing

struct TallyTests {
  private func tally(_ labels: [Int32], _ predictions: [Int32], classes: Int = 3) -> Tally {
    var tally = Tally(classes: classes)
    labels.withUnsafeBufferPointer {
      tally.add(labels: $0, predictions: predictions, losses: labels.map { _ in 1 })
    }
    return tally
  }

  @Test func predictionsAreCountedForLabelsThatCount() {
    let found = tally([0, 1, -1, 2], [2, 1, 0, 2])
    #expect(found.predictedCount == [0, 1, 2])
    #expect(found.classCount == [1, 1, 1] && found.classCorrect == [0, 1, 1])
  }

  @Test func chanceIsOneClassOrTheLargestClassesShare() {
    // Two of four right, and the largest class has two: no better than always naming it.
    #expect(tally([0, 0, 1, 2], [0, 1, 1, 0]).isAtChance)
    #expect(!tally([0, 0, 1, 2], [0, 0, 1, 0]).isAtChance)
    // Labels of one class alone: right, and at chance all the same.
    #expect(tally([1, 1], [1, 1]).isAtChance)
    for (others, isAtChance) in [(1, true), (2, false)] {
      // Of 100 examples all but so many are called 0; half are of class 0, and the others are called right.
      let labels = (0..<100).map { Int32($0 % 2) }
      let predictions = (0..<100).map { Int32($0 % 2 == 1 && $0 < 2 * others ? 1 : 0) }
      #expect(tally(labels, predictions).isAtChance == isAtChance, "\(others)")
    }
  }
}
