import CoppiceTensors

/// What is asked of a network on a data set, with the shape of one example.
public enum DatasetTask: Hashable, Sendable {
  /// One class an image; inputs `[channels, height, width]`.
  case imageClassification(channels: Int, height: Int, width: Int)
  /// One class a vector; inputs `[features]`.
  case vectorClassification(features: Int)
  /// One class a token sequence; inputs `[length]` of 0..<vocabulary.
  case sequenceClassification(length: Int, vocabulary: Int)
  /// The next token at every position; inputs and labels `[length]` of 0..<vocabulary.
  case languageModelling(length: Int, vocabulary: Int)

  /// The shape of one example's inputs, without the batch axis.
  public var inputShape: [Int] {
    switch self {
    case .imageClassification(let channels, let height, let width): [channels, height, width]
    case .vectorClassification(let features): [features]
    case .sequenceClassification(let length, _), .languageModelling(let length, _): [length]
    }
  }

  /// The number of elements of one example's inputs.
  public var inputSize: Int { inputShape.product }

  /// Whether inputs are tokens (`Int32`) rather than numbers (`Float`).
  public var hasTokens: Bool { vocabulary != nil }

  /// The number of tokens, where inputs are tokens.
  public var vocabulary: Int? {
    switch self {
    case .imageClassification, .vectorClassification: nil
    case .sequenceClassification(_, let vocabulary), .languageModelling(_, let vocabulary): vocabulary
    }
  }

  /// Labels of one example: 1 for classification, `length` for language modelling.
  public var labelSize: Int {
    if case .languageModelling(let length, _) = self { length } else { 1 }
  }
}
