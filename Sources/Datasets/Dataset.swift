import CoppiceTensors

/// A data set in memory: what is asked, examples for training and test, class names, and where it came from.
public struct Dataset: Sendable {
  /// The name users write: `mnist`.
  public let name: String
  /// What is asked, and the shape of an example.
  public let task: DatasetTask
  /// Examples for training; the validation part is split off these unless `validation` is there.
  public let training: Examples
  /// A validation part that came with the data.
  public let validation: Examples?
  /// Examples for the test. Nothing is selected on them.
  public let test: Examples
  /// One name a class (for language modelling: a token).
  public let classNames: [String]
  /// How many training examples the split takes out for validation, where the data have no such part.
  public let validationCount: Int
  /// How bytes become inputs.
  public let scaling: InputScaling
  /// Random changes to training images.
  public let augmentation: Augmentation
  /// Where the data came from.
  public internal(set) var record: DataRecord

  /// The number of classes; for language modelling the number of tokens.
  public var classCount: Int { classNames.count }

  /// Examples of the three parts, the same for every split.
  package var sizes: (training: Int, validation: Int, test: Int) {
    (training.count - validationCount, validation?.count ?? validationCount, test.count)
  }

  /// Checks that sizes, labels and tokens fit the task, and completes the record's counts.
  ///
  /// - Throws: `DatasetError.inconsistent` or, where options are wrong, `.options`, naming the first thing that does not fit.
  public init(
    name: String, task: DatasetTask, training: Examples, validation: Examples? = nil, test: Examples,
    classNames: [String], validationCount: Int = 0, scaling: InputScaling = .unit,
    augmentation: Augmentation = .none, record: DataRecord
  ) throws(DatasetError) {
    self.name = name
    self.task = task
    self.training = training
    self.validation = validation
    self.test = test
    self.classNames = classNames
    self.validationCount = validation == nil ? validationCount : 0
    self.scaling = scaling
    self.augmentation = augmentation
    var record = record
    record.trainingCount = training.count
    record.validationCount = validation?.count ?? 0
    record.testCount = test.count
    record.classCount = classNames.count
    if case .pixels = training.inputs { record.inputScaling = "\(scaling.value)" }
    self.record = record
    if let fault = fault() { throw .inconsistent(dataset: name, fault) }
    if let fault = faultOfOptions() { throw .options(dataset: name, fault) }
    for (part, examples) in [("training", training), ("validation", validation), ("test", test)] {
      if let fault = examples?.fault(task: task, classes: classCount) {
        throw .inconsistent(dataset: name, "\(part): \(fault)")
      }
    }
  }

  private func fault() -> String? {
    if task.inputShape.contains(where: { $0 <= 0 }) {
      return "an extent of \(task.inputShape) is not positive"
    }
    for (part, count) in [
      ("training", training.count), ("validation", validation?.count ?? 0), ("test", test.count),
    ]
    where count > Int(Int32.max) {
      return "\(count) \(part) examples are more than can be counted: \(Int32.max) at most"
    }
    if let vocabulary = task.vocabulary, vocabulary < 1 { return "there are \(vocabulary) tokens" }
    if classCount > Int(Int32.max) || (task.vocabulary ?? 0) > Int(Int32.max) {
      return "there are more classes or tokens than can be counted: \(Int32.max) at most"
    }
    if training.count == 0 { return "there are no training examples" }
    if test.count == 0 { return "there are no test examples" }
    return nil
  }

  /// What does not fit of what a set is asked for: scaling, augmentation, validation.
  private func faultOfOptions() -> String? {
    if case .imageClassification(let channels, let height, let width) = task {
      if let fault = scaling.fault(channels: channels) { return fault }
      if augmentation.padding < 0 || augmentation.padding > min(height, width) {
        return "augmentation pads by \(augmentation.padding) pixels, outside 0…\(min(height, width))"
      }
    } else if augmentation != .none {
      return "augmentation is for images"
    }
    if validation == nil && !(0..<training.count).contains(validationCount) {
      return "\(validationCount) validation examples cannot be taken from \(training.count) for training"
    }
    return nil
  }
}

extension Examples {
  /// What does not fit the task, if anything.
  fileprivate func fault(task: DatasetTask, classes: Int) -> String? {
    let size = task.inputSize
    switch inputs {
    case .pixels(let pixels):
      guard case .imageClassification = task else { return "bytes are for images" }
      if pixels.count != count.times(size) { return sizeFault(pixels.count, size) }
    case .values(let values):
      if task.hasTokens { return "numbers where the task has tokens" }
      if values.count != count.times(size) { return sizeFault(values.count, size) }
    case .tokens(let tokens):
      guard let vocabulary = task.vocabulary else { return "tokens where the task has numbers" }
      if tokens.count != count.times(size) { return sizeFault(tokens.count, size) }
      if let fault = rangeFault("token", tokens, 0..<Int32(vocabulary)) { return fault }
    case .text(let text):
      guard case .languageModelling(_, let vocabulary) = task else {
        return "running text is for language modelling"
      }
      return rangeFault("token", text, 0..<Int32(vocabulary))
    }
    if labels.count != count.times(task.labelSize) {
      return "\(labels.count) labels for \(count) examples with \(task.labelSize) each"
    }
    return rangeFault("label", labels, Examples.ignoredLabel..<Int32(classes))
  }

  private func sizeFault(_ found: Int, _ size: Int) -> String {
    "\(found) input elements for \(count) examples of \(size)"
  }

  private func rangeFault(_ what: String, _ values: [Int32], _ range: Range<Int32>) -> String? {
    guard let index = values.firstIndex(where: { !range.contains($0) }) else { return nil }
    return
      "\(what) \(values[index]) at index \(index) lies outside \(range.lowerBound)…\(range.upperBound - 1)"
  }
}
