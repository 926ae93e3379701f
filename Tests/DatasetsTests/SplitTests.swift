import CoppiceDatasets
import Testing

@Suite struct SplitTests {
  @Test func everyExampleIsInOnePart() throws {
    let dataset = try tinyImages(count: 25, validation: 7)
    let split = Split(dataset, seed: 3)
    #expect(split.training.count == 18 && split.validation.count == 7 && split.test.count == 2)
    #expect((split.training.indices + split.validation.indices).sorted() == (0..<25).map { $0 })
    #expect(split.training.indices == split.training.indices.sorted())
    #expect(split.test.indices == [0, 1])
    for batch in [0, 1, 5, 18, 19] {
      #expect(dataset.stepsPerEpoch(batchSize: batch) == split.training.stepsPerEpoch(batchSize: batch))
    }
  }

  @Test func dependsOnTheSeedAlone() throws {
    let dataset = try tinyImages(count: 25, validation: 7)
    #expect(Split(dataset, seed: 3).validation.indices == Split(dataset, seed: 3).validation.indices)
    #expect(Split(dataset, seed: 3).validation.indices != Split(dataset, seed: 4).validation.indices)
  }

  /// Which examples validate is part of the numerics contract.
  @Test func pinnedSplit() throws {
    let dataset = try tinyImages(count: 25, validation: 7)
    #expect(Split(dataset, seed: 42).validation.indices == [1, 4, 6, 7, 8, 17, 19])
  }

  @Test func aSampleIsPartOfASubset() throws {
    let part = Split(try tinyImages(count: 25, validation: 7), seed: 3).training
    let sample = part.sample(6, seed: 1)
    #expect(sample.count == 6 && Set(sample.indices).isSubset(of: part.indices))
    #expect(sample.indices == sample.indices.sorted())
    #expect(sample.indices == part.sample(6, seed: 1).indices)
    #expect(sample.indices != part.sample(6, seed: 2).indices)
    #expect(part.sample(18, seed: 1).indices == part.indices && part.sample(99, seed: 1).count == 18)
    #expect(part.sample(0, seed: 1).count == 0)
  }

  @Test func aTextGivesUpItsEnd() throws {
    let text = Examples(text: (0..<101).map { $0 % 5 }, length: 10)
    let dataset = try Dataset(
      name: "text", task: .languageModelling(length: 10, vocabulary: 5), training: text, test: text,
      classNames: ["a", "b", "c", "d", "e"], validationCount: 3,
      record: DataRecord(dataset: "text", version: 1))
    let split = Split(dataset, seed: 1)
    #expect(split.training.indices == [0, 1, 2, 3, 4, 5, 6])
    #expect(split.validation.indices == [7, 8, 9])
    #expect((1...8).map { dataset.stepsPerEpoch(batchSize: $0) } == [6, 3, 2, 1, 1, 1, 0, 0])
    #expect(dataset.stepsPerEpoch(batchSize: 4) == split.training.stepsPerEpoch(batchSize: 4))
  }

  @Test func aValidationPartIsUsedAsItIs() throws {
    let examples = Examples(values: [1, 2, 3], labels: [0, 1, 0])
    let dataset = try Dataset(
      name: "three", task: .vectorClassification(features: 1), training: examples,
      validation: Examples(values: [9], labels: [1]), test: examples, classNames: ["a", "b"],
      validationCount: 2,
      record: DataRecord(dataset: "three", version: 1))
    let split = Split(dataset, seed: 1)
    #expect(split.training.count == 3 && split.validation.count == 1)
    #expect((0...3).map { dataset.stepsPerEpoch(batchSize: $0) } == [0, 3, 1, 1])
    #expect(try everything(split.validation, of: dataset).inputs == [9])
  }
}
