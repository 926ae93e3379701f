import CoppiceDatasets
import Testing

@Suite struct InductionTests {
  private let nowhere = DataFolders([])

  @Test func theSecondHalfRepeatsTheFirst() throws {
    let dataset = try DatasetSource.induction(variesPeriod: false).load(from: nowhere)
    #expect(dataset.task == .languageModelling(length: 64, vocabulary: 32))
    let split = Split(dataset, seed: 0)
    #expect(split.training.count == 8_000 && split.validation.count == 500 && split.test.count == 1_000)
    let (tokens, labels) = try everything(split.test, of: dataset)
    for i in 0..<1_000 {
      let row = Array(tokens[64 * i..<64 * i + 64])
      #expect(row[..<32] == row[32...])
      #expect(Set(row).count == 32)
      #expect(labels[64 * i..<64 * i + 32].allSatisfy { $0 == Examples.ignoredLabel })
      #expect(labels[64 * i + 32..<64 * i + 63].map { Float($0) } == Array(row[33...]))
      #expect(Float(labels[64 * i + 63]) == row[0])
    }
  }

  /// Wherever a label counts, the same token stood before, and what followed it is the label: it can be known.
  @Test func everyCountedLabelIsDetermined() throws {
    let dataset = try DatasetSource.induction(length: 32, training: 200, validation: 0, test: 10)
      .load(from: nowhere)
    let (tokens, labels) = try everything(Split(dataset, seed: 0).training, of: dataset)
    var firsts: Set<Int> = []
    for i in 0..<200 {
      let row = Array(tokens[32 * i..<32 * i + 32])
      for t in 0..<32 where labels[32 * i + t] != Examples.ignoredLabel {
        let before = row[..<t].lastIndex(of: row[t])
        #expect(before.map { row[$0 + 1] } == Float(labels[32 * i + t]))
      }
      firsts.insert(labels[32 * i..<32 * i + 32].firstIndex { $0 >= 0 }.map { $0 - 32 * i } ?? 0)
    }
    #expect(firsts == Set(8...16))
  }

  @Test func aSmallVocabularyRepeatsTokens() throws {
    let dataset = try DatasetSource.induction(vocabulary: 3, length: 16, training: 20, validation: 0, test: 5)
      .load(from: nowhere)
    let (tokens, _) = try everything(Split(dataset, seed: 0).training, of: dataset)
    #expect(Set(tokens) == [0, 1, 2])
  }

  /// Bits are part of the contract: if this changes, raise the version in the specification.
  @Test func pinnedBits() throws {
    let source = DatasetSource.induction(training: 20, validation: 5, test: 10)
    let found = try digest(source.load(from: nowhere))
    #expect(found == "88d277863d257a0b1a859dd23345caaba9babab44e0fa1536d92fec8ba509e1a")
  }

  @Test func optionsOutOfRange() {
    #expect(
      message { _ = try DatasetSource.induction(vocabulary: 1).load(from: nowhere) }
        == "the data set \"induction\" does not fit together: vocabulary 1 must be in 2…65536 and length 64 in 4…65536"
    )
  }
}
