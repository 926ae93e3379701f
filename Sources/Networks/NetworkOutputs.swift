/// What a network says of every label of a part of the data, in the order of the examples.
package struct NetworkOutputs: Hashable, Sendable {
  /// Numbers in a row of logits.
  package let classes: Int
  /// One a label.
  package private(set) var labels: [Int32] = []
  /// `[labels, classes]`.
  package private(set) var logits: [Float] = []

  /// Nothing yet.
  package init(classes: Int) { self.classes = classes }

  /// Logits that are known; `nil` where they are not a row for each label, or a label is no class.
  package init?(classes: Int, labels: [Int32], logits: [Float]) {
    guard classes > 0, labels.count.multipliedReportingOverflow(by: classes) == (logits.count, false),
      labels.allSatisfy({ (0..<Int32(clamping: classes)).contains($0) })
    else { return nil }
    (self.classes, self.labels, self.logits) = (classes, labels, logits)
  }

  /// Takes in a batch. A label of −1 does not count.
  mutating func add(labels: UnsafeBufferPointer<Int32>, logits: [Float]) {
    precondition(logits.count == labels.count * classes)
    for row in 0..<labels.count where labels[row] >= 0 {
      self.labels.append(labels[row])
      self.logits += logits[row * classes..<(row + 1) * classes]
    }
  }

  /// The number of labels.
  package var count: Int { labels.count }

  /// The logits of one label.
  package func row(_ index: Int) -> ArraySlice<Float> { logits[index * classes..<(index + 1) * classes] }

  /// The class of the largest logit of every label: the first of equals, and of a NaN where there is one, as evaluations have it.
  package var predictions: [Int32] {
    (0..<count).map { index in
      let row = row(index)
      var best = row.startIndex
      for place in row.indices where row[place].isNaN || row[place] > row[best] {
        best = place
        if row[place].isNaN { break }
      }
      return Int32(best - row.startIndex)
    }
  }
}
