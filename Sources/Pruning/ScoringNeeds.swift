import CoppiceTerms

/// One thing a criterion may read besides the weights and the masks.
public enum ScoringNeed: Hashable, Sendable {
  /// The weights as they were before any training.
  case initialWeights
  /// Random numbers, of the trial's seed.
  case randomness
  /// What is known of the network besides its weights.
  case structure
  /// What an evidence found on training data.
  case evidence(Evidence)

  /// The gradient of the mean loss on a batch of training data.
  public static let gradients = ScoringNeed.evidence(.gradients)

  /// What it is called in a sentence.
  var words: String {
    switch self {
    case .initialWeights: "initial weights"
    case .randomness: "random numbers"
    case .structure: "structure"
    case .evidence(let evidence): evidence.name.replacing("-", with: " ")
    }
  }

  /// As it is declared.
  var code: String {
    switch self {
    case .initialWeights: ".initialWeights"
    case .randomness: ".randomness"
    case .structure: ".structure"
    case .evidence(.gradients): ".gradients"
    case .evidence(let evidence): ".evidence(.\(evidence.name.camelCase))"
    }
  }
}

/// What a criterion may look at, declared with it: what it does not declare it cannot read, so that a result
/// depends on exactly what its key says.
public struct ScoringNeeds: Hashable, Sendable, ExpressibleByArrayLiteral {
  /// Whether it reads the weights as they were before any training.
  public private(set) var initialWeights = false
  /// Whether it draws random numbers.
  public private(set) var randomness = false
  /// Whether it asks what is known of the network besides its weights.
  public private(set) var structure = false
  /// The evidence it reads, in the order declared, each once.
  public private(set) var evidence: [Evidence] = []

  /// These needs together.
  public init(_ needs: [ScoringNeed]) {
    for need in needs {
      switch need {
      case .initialWeights: initialWeights = true
      case .randomness: randomness = true
      case .structure: structure = true
      case .evidence(let new): if !evidence.contains(new) { evidence.append(new) }
      }
    }
  }

  /// These needs together.
  public init(arrayLiteral needs: ScoringNeed...) { self.init(needs) }

  /// The weights as they were before any training.
  public static let initialWeights: ScoringNeeds = [.initialWeights]
  /// The gradient of the mean loss on a batch of training data.
  public static let gradients: ScoringNeeds = [.gradients]
  /// Random numbers, of the trial's seed.
  public static let randomness: ScoringNeeds = [.randomness]
  /// What is known of the network besides its weights.
  public static let structure: ScoringNeeds = [.structure]
  /// What an evidence found on training data.
  public static func evidence(_ evidence: Evidence) -> ScoringNeeds { [.evidence(evidence)] }

  /// Every need by itself.
  public var all: [ScoringNeed] {
    (initialWeights ? [.initialWeights] : []) + (randomness ? [.randomness] : [])
      + (structure ? [.structure] : []) + evidence.map { .evidence($0) }
  }

  /// Whether nothing is needed.
  public var isEmpty: Bool { all.isEmpty }

  /// Whether that is among the needs.
  public func contains(_ need: ScoringNeed) -> Bool { all.contains(need) }
}

extension String {
  /// `inputSquares` for `input-squares`.
  fileprivate var camelCase: String {
    let words = split(separator: "-")
    return words.prefix(1).joined()
      + words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
  }
}
