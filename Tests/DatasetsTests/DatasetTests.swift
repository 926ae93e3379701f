import CoppiceDatasets
import Testing

@Suite struct DatasetTests {
  private func build(
    task: DatasetTask = .vectorClassification(features: 2), training: Examples, test: Examples? = nil,
    classes: Int = 2, validation: Int = 0, scaling: InputScaling = .unit, augmentation: Augmentation = .none
  ) throws {
    _ = try Dataset(
      name: "own", task: task, training: training, test: test ?? training,
      classNames: (0..<classes).map { "\($0)" }, validationCount: validation, scaling: scaling,
      augmentation: augmentation, record: DataRecord(dataset: "own", version: 1))
  }

  @Test func completesTheRecord() throws {
    let record = try tinyImages().record
    #expect(record.trainingCount == 10 && record.testCount == 2 && record.classCount == 3)
    #expect(record.validationCount == 0 && record.inputScaling == "unit" && record.files.isEmpty)
  }

  @Test func shapesOfTasks() {
    let image = DatasetTask.imageClassification(channels: 3, height: 4, width: 5)
    #expect(
      image.inputShape == [3, 4, 5] && image.inputSize == 60 && image.labelSize == 1 && !image.hasTokens)
    let language = DatasetTask.languageModelling(length: 7, vocabulary: 11)
    #expect(
      language.inputShape == [7] && language.labelSize == 7 && language.vocabulary == 11 && language.hasTokens
    )
    #expect(DatasetTask.sequenceClassification(length: 7, vocabulary: 11).labelSize == 1)
    #expect(DatasetTask.vectorClassification(features: 9).inputShape == [9])
  }

  /// Sets of one's own are checked, not trusted: what does not fit is said and never traps.
  @Test func saysWhatDoesNotFit() {
    func says(_ body: () throws -> Void) -> String {
      let text = message(body)
      let frame = ("the data set \"own\" does not fit together: ", "")
      #expect(text.hasPrefix(frame.0) && text.hasSuffix(frame.1))
      return String(text.dropFirst(frame.0.count).dropLast(frame.1.count))
    }
    let good = Examples(values: [0, 1, 2, 3], labels: [0, 1])
    #expect(message { try build(training: good) } == "(no error)")
    #expect(says { try build(training: .empty, test: good) } == "there are no training examples")
    #expect(says { try build(training: good, test: .empty) } == "there are no test examples")
    #expect(
      says { try build(training: Examples(values: [0, 1, 2], labels: [0, 1])) }
        == "training: 3 input elements for 2 examples of 2")
    #expect(
      says { try build(training: good, test: Examples(values: [0, 1], labels: [2])) }
        == "test: label 2 at index 0 lies outside -1…1")
    #expect(
      says { try build(training: good, validation: 2) }
        == "2 validation examples cannot be taken from 2 for training")
    #expect(
      says { try build(training: Examples(pixels: [0, 1], labels: [0])) } == "training: bytes are for images")
    #expect(
      says { try build(task: .languageModelling(length: 2, vocabulary: 2), training: good) }
        == "training: numbers where the task has tokens")
    #expect(
      says { try build(training: Examples(tokens: [0, 1], labels: [0])) }
        == "training: tokens where the task has numbers")
    #expect(
      says {
        try build(
          task: .sequenceClassification(length: 2, vocabulary: 3),
          training: Examples(tokens: [0, 3], labels: [0]))
      } == "training: token 3 at index 1 lies outside 0…2")
    #expect(
      says {
        try build(
          task: .languageModelling(length: 2, vocabulary: 4),
          training: Examples(tokens: [0, 3], labelsPerPosition: [1], length: 2))
      } == "training: 1 labels for 1 examples with 2 each")
    #expect(
      says { try build(task: .vectorClassification(features: 0), training: good) }
        == "an extent of [0] is not positive")
    #expect(says { try build(training: good, augmentation: .flipAndShift) } == "augmentation is for images")
    let image = DatasetTask.imageClassification(channels: 2, height: 1, width: 1)
    let pixels = Examples(pixels: [0, 1], labels: [0])
    #expect(
      says { try build(task: image, training: pixels, scaling: .mnist) }
        == "the scaling has 1 means and 1 deviations for 2 channels")
    #expect(
      says {
        try build(
          task: image, training: pixels, scaling: .standardised(mean: [0, 0], standardDeviation: [1, 0]))
      }
        == "the scaling's means must be finite and its standard deviations positive")
    #expect(
      says { try build(task: image, training: pixels, augmentation: Augmentation(padding: 2)) }
        == "augmentation pads by 2 pixels, outside 0…1")
  }
}
