import Foundation

/// What Tests/Reference/losses.py wrote: numbers from PyTorch.
struct ReferenceLosses: Decodable, Sendable {
  /// Label smoothing on 9 rows of 6 classes.
  struct LabelSmoothing: Decodable, Sendable {
    let share: Double
    let loss: Double
    let rows: [Double]
    let gradient: [Double]
  }

  /// The first step of a distillation of the family `mlp` from one hidden layer of 20 units.
  struct Distillation: Decodable, Sendable {
    let temperature: Double
    let soft: Double
    let loss: Double
    /// By the student's parameters.
    let gradients: [String: [Double]]
  }

  /// The first step of the same student beside a teacher whose activations it matches.
  struct Matching: Decodable, Sendable {
    let weight: Double
    let layer: String
    let loss: Double
    let gradients: [String: [Double]]
  }

  let labelSmoothing: [LabelSmoothing]
  let distillation: Distillation
  let matching: [Matching]

  static let shared: Result<ReferenceLosses, any Error> = Result {
    guard let url = Bundle.module.url(forResource: "losses", withExtension: "json", subdirectory: "Fixtures")
    else { throw CocoaError(.fileNoSuchFile) }
    return try JSONDecoder().decode(ReferenceLosses.self, from: Data(contentsOf: url))
  }
}
