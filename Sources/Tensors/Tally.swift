/// Loss and hits of a network on a set of examples.
public struct Tally: Hashable, Sendable {
  /// Labels that count.
  public package(set) var count = 0
  /// The sum of their losses, in Double precision in the order of the examples.
  public package(set) var lossSum = 0.0
  /// How many were predicted right.
  public package(set) var correct = 0
  /// Labels of each class.
  public package(set) var classCount: [Int]
  /// Labels of each class that were predicted right.
  public package(set) var classCorrect: [Int]
  /// How often each class was predicted, for labels that count.
  public package(set) var predictedCount: [Int]

  package init(classes: Int) {
    classCount = [Int](repeating: 0, count: classes)
    classCorrect = [Int](repeating: 0, count: classes)
    predictedCount = [Int](repeating: 0, count: classes)
  }

  /// Takes in a batch: what was predicted for each label, and at which loss. A label of −1 does not count.
  package mutating func add(labels: UnsafeBufferPointer<Int32>, predictions: [Int32], losses: [Float]) {
    precondition(predictions.count == labels.count && losses.count == labels.count)
    for row in 0..<labels.count where labels[row] >= 0 {
      let label = Int(labels[row])
      let isCorrect = predictions[row] == labels[row]
      count += 1
      lossSum += Double(losses[row])
      classCount[label] += 1
      correct += isCorrect ? 1 : 0
      classCorrect[label] += isCorrect ? 1 : 0
      let prediction = Int(predictions[row])
      if predictedCount.indices.contains(prediction) { predictedCount[prediction] += 1 }
    }
  }

  /// Mean loss; NaN over no labels.
  public var loss: Double { count == 0 ? .nan : lossSum / Double(count) }
  /// Fraction predicted right, 0…1; NaN over no labels.
  public var accuracy: Double { count == 0 ? .nan : Double(correct) / Double(count) }
  /// Whether it is no better than a guess: one class is predicted for 99 % of the labels or more, or no more are predicted right than
  /// the largest class has.
  public var isAtChance: Bool {
    100 * (predictedCount.max() ?? 0) >= 99 * count || correct <= classCount.max() ?? 0
  }
  /// The fraction predicted right of each class, 0…1; NaN for a class without labels.
  public var classAccuracy: [Double] {
    zip(classCorrect, classCount).map { $1 == 0 ? .nan : Double($0) / Double($1) }
  }
}
