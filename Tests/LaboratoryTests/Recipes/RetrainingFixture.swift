import CoppiceDatasets
import CoppiceLaboratory
import CoppiceNetworks
import CoppiceStore
import CoppiceTensors
import CoppiceTerms
import Foundation

/// What Tests/Reference/retraining.py wrote: a small network, masks of half of its weights, images, and what PyTorch and NumPy make of
/// them.
struct RetrainingFixture: Decodable, Sendable {
  struct Array: Decodable, Sendable {
    let name: String
    let shape: [Int]
    let scalars: [Double]

    var tensor: Tensor { Tensor(Shape(shape), scalars.map { Float($0) }) }
  }

  let weights: [Array]
  let masks: [Array]
  let inputs: Array
  let labels: [Int32]
  let ridge: Double
  let biasCorrection: [Array]
  let leastSquares: [Array]
  /// The rates of one cycle up to 0.1, by the number of steps.
  let cyclic: [String: [Double]]

  private enum CodingKeys: String, CodingKey {
    case weights, masks, inputs, labels, ridge, cyclic
    case biasCorrection = "bias-correction"
    case leastSquares = "least-squares"
  }

  static let shared: Result<RetrainingFixture, any Error> = Result {
    guard
      let url = Bundle.module.url(forResource: "retraining", withExtension: "json", subdirectory: "Fixtures")
    else { throw CocoaError(.fileNoSuchFile) }
    return try JSONDecoder().decode(RetrainingFixture.self, from: Data(contentsOf: url))
  }

  /// The network before its pruning.
  var dense: ParameterSet { ParameterSet(weights.map { ($0.name, $0.tensor) }) }

  var maskSet: MaskSet {
    MaskSet(masks.map { ($0.name, Mask(Shape($0.shape), $0.scalars.map { $0 == 0 ? 0 : 1 })) })
  }

  /// A trial whose network and training data are those of the fixture, so many examples in a batch that is looked at.
  func trial(batch: Int) -> Trial {
    Trial(
      model: .conv([[3, 4], [5]], hidden: [8]), dataset: DatasetSource(Images(fixture: self)), batchSize: 8,
      training: .iterations(4), evaluation: .iterations(4), sparsity: 0.5, retraining: .none,
      scoringBatch: batch)
  }
}

/// The images of the fixture, for training and test.
private struct Images: DatasetDefinition {
  let fixture: RetrainingFixture

  var specification: Specification { Specification("fixture", version: 1) }
  var summary: String { "for tests" }

  func load(from folders: DataFolders) throws(DatasetError) -> Dataset {
    let examples = Examples(values: fixture.inputs.tensor.scalars, labels: fixture.labels)
    return try Dataset(
      name: "fixture", task: .imageClassification(channels: 2, height: 8, width: 8), training: examples,
      test: examples, classNames: ["a", "b", "c", "d"], record: DataRecord(dataset: "fixture", version: 1))
  }
}
