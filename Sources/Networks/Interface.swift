import CoppiceTensors
import CoppiceTerms

/// What a data set asks of a model: the shape of one example and of the answer.
public enum Interface: Hashable, Sendable {
  /// Images `[channels, height, width]` (or any array of numbers), each of one of `classes`.
  case images(Shape, classes: Int)
  /// Sequences of `length` tokens below `vocabulary`, each of one of `classes`; token 0 is padding.
  case sequences(length: Int, vocabulary: Int, classes: Int)
  /// Sequences of `length` tokens below `vocabulary`; every place is asked for its next token.
  case language(length: Int, vocabulary: Int)

  /// The shape of one example.
  public var exampleShape: Shape {
    switch self {
    case .images(let shape, _): shape
    case .sequences(let length, _, _), .language(let length, _): [length]
    }
  }

  /// Rows of logits, and labels, one example has.
  public var labelsPerExample: Int {
    if case .language(let length, _) = self { length } else { 1 }
  }

  /// The number of classes each row of logits tells apart.
  public var classes: Int {
    switch self {
    case .images(_, let classes), .sequences(_, _, let classes): classes
    case .language(_, let vocabulary): vocabulary
    }
  }

  /// The number of different tokens; 0 where examples are numbers.
  var vocabulary: Int {
    switch self {
    case .images: 0
    case .sequences(_, let vocabulary, _), .language(_, let vocabulary): vocabulary
    }
  }

  /// Whether examples are tokens (Int32) and not numbers.
  public var hasTokens: Bool {
    if case .images = self { false } else { true }
  }

  /// The specification from which stage keys are made.
  public var specification: Specification {
    switch self {
    case .images(let shape, let classes):
      Specification(
        "images", version: 1,
        [("shape", .list(shape.axes.map { .integer($0) })), ("classes", .integer(classes))])
    case .sequences(let length, let vocabulary, let classes):
      Specification(
        "sequences", version: 1,
        [("length", .integer(length)), ("vocabulary", .integer(vocabulary)), ("classes", .integer(classes))])
    case .language(let length, let vocabulary):
      Specification(
        "language", version: 1, [("length", .integer(length)), ("vocabulary", .integer(vocabulary))])
    }
  }
}

extension Interface: CustomStringConvertible {
  /// As errors say it: `images [1, 28, 28] of 10 classes`.
  public var description: String {
    switch self {
    case .images(let shape, let classes): "images \(shape) of \(classes) classes"
    case .sequences(let length, let vocabulary, let classes):
      "sequences of \(length) tokens below \(vocabulary), of \(classes) classes"
    case .language(let length, let vocabulary): "text of \(length) tokens below \(vocabulary)"
    }
  }
}
