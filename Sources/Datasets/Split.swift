import CoppiceTensors

/// The three parts of a data set: trained on, selected on, reported on.
public struct Split: Sendable {
  /// What is trained on.
  public let training: Subset
  /// What is selected on.
  public let validation: Subset
  /// What is reported. Nothing is selected on it.
  public let test: Subset

  /// Takes `dataset.validationCount` examples out of training: the first of a random order of the training examples
  /// (stream `.split` of `seed`), both parts then in the order of the files. A running text gives up its last
  /// windows instead, since windows at random overlap their neighbours. A validation part of the data is used as it is.
  public init(_ dataset: Dataset, seed: UInt64) {
    let examples = dataset.training
    test = Subset(examples: dataset.test, indices: Self.all(dataset.test))
    if let validation = dataset.validation {
      training = Subset(examples: examples, indices: Self.all(examples))
      self.validation = Subset(examples: validation, indices: Self.all(validation))
      return
    }
    let count = dataset.validationCount
    if case .text = examples.inputs {
      let all = Self.all(examples)
      training = Subset(examples: examples, indices: Array(all.dropLast(count)))
      validation = Subset(examples: examples, indices: Array(all.suffix(count)))
      return
    }
    var stream = RandomStream(seed: seed, stream: .split)
    var isTaken = [Bool](repeating: false, count: examples.count)
    for index in stream.permutation(examples.count).prefix(count) { isTaken[Int(index)] = true }
    let all = Self.all(examples)
    training = Subset(examples: examples, indices: all.filter { !isTaken[Int($0)] })
    validation = Subset(examples: examples, indices: all.filter { isTaken[Int($0)] })
  }

  private static func all(_ examples: Examples) -> [Int32] { (0..<Int32(examples.count)).map { $0 } }
}
