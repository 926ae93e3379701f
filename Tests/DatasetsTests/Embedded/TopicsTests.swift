import CoppiceDatasets
import Testing

@Suite struct TopicsTests {
  private let nowhere = DataFolders([])

  private func tokens(_ examples: Examples) -> [Int32] {
    if case .tokens(let tokens) = examples.inputs { tokens } else { [] }
  }

  @Test func sizesAndClasses() throws {
    let dataset = try DatasetSource.topics(training: 3, validation: 1, test: 2).load(from: nowhere)
    #expect(dataset.task == .sequenceClassification(length: 128, vocabulary: 30_522))
    #expect(dataset.classCount == 2 && dataset.sizes == (3, 1, 2))
    #expect(dataset.test.labels == [0, 1] && tokens(dataset.test).count == 2 * 128)
    #expect(tokens(dataset.training).allSatisfy { (1..<30_522).contains($0) })
    #expect(DatasetSource.topics.isEmbedded)
  }

  @Test func aLargerSetBeginsWithTheSmaller() throws {
    func set(_ training: Int) throws -> [Int32] {
      try tokens(
        DatasetSource.topics(
          length: 9, vocabulary: 40, classes: 3, training: training, validation: 0, test: 3
        )
        .load(from: nowhere).training)
    }
    #expect(try set(5)[...] == set(9).prefix(5 * 9))
  }

  /// More of its tokens leave the class when divided by the number of classes than any other rest.
  @Test func aClassIsItsTokens() throws {
    let dataset = try DatasetSource.topics(
      length: 64, vocabulary: 1_000, classes: 4, training: 4, validation: 0, test: 40
    ).load(from: nowhere)
    let all = tokens(dataset.test)
    for (index, label) in dataset.test.labels.enumerated() {
      var counts = [0, 0, 0, 0]
      for token in all[(64 * index)..<(64 * index + 64)] { counts[Int(token) % 4] += 1 }
      #expect(counts[Int(label)] == counts.max(), "\(counts) \(label)")
    }
  }

  /// The smallest vocabulary has one token a class beside the padding.
  @Test func everyTokenIsOneOfTheVocabulary() throws {
    for classes in 2...4 {
      let dataset = try DatasetSource.topics(
        length: 50, vocabulary: 2 * classes, classes: classes, training: 8, validation: 0, test: 8
      ).load(from: nowhere)
      #expect(Set(tokens(dataset.training)) == Set(1..<Int32(2 * classes)))
    }
  }

  /// Tests/Reference/topics.py draws the same from the definition. Bits are part of the contract: if this changes, raise the version in
  /// the specification.
  @Test func tokensAreThoseOfTheDefinition() throws {
    func set(_ seed: UInt64, length: Int) throws -> Dataset {
      try DatasetSource.topics(
        length: length, vocabulary: 40, classes: 3, training: 1, validation: 0, test: 3, generatorSeed: seed
      ).load(from: nowhere)
    }
    let sequences: [[Int32]] = [
      [23, 11, 21, 24, 33, 9, 24, 30, 12, 26, 24, 39], [18, 15, 22, 25, 4, 25, 11, 34, 31, 20, 23, 27],
      [9, 23, 29, 17, 13, 33, 38, 15, 17, 20, 11, 14],
    ]
    #expect(try tokens(set(0, length: 12).test) == sequences.flatMap { $0 })
    #expect(try tokens(set(5, length: 6).training) == [12, 34, 18, 27, 27, 7])
  }

  @Test func optionsOutOfRange() {
    let frame = "the data set \"topics\" does not fit together: "
    #expect(
      message { _ = try DatasetSource.topics(training: 0).load(from: nowhere) }
        == frame + "0 + 16 + 32 sequences cannot be made")
    #expect(
      message { _ = try DatasetSource.topics(vocabulary: 6, classes: 4).load(from: nowhere) }.hasPrefix(
        frame + "128 is not a length of 1…65536, 6 not a vocabulary of 4…65536, or 4 not a number of classes")
    )
  }
}
