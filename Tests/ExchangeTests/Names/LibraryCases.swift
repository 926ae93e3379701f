import CoppiceAutodiff
import CoppiceExchange
import CoppiceNetworks
import CoppiceTensors
import CoppiceTerms
import Foundation

/// A model of another library with random weights, saved by that library, and what it makes of two inputs.
struct LibraryCase: Decodable, Sendable, CustomStringConvertible {
  let name: String
  /// The file of its weights, where it is no safetensors file of that name.
  let file: String?
  let model: String
  /// The names that are to be found to fit.
  let names: String?
  let shape: [Int]?
  let length: Int?
  let vocabulary: Int?
  let classes: Int?
  let inputs: [Float]
  let logits: [Double]

  var description: String { name }

  /// What Tests/Reference/exchange_names.py and exchange_keras.py wrote.
  static let all = read("names") + read("keras")

  private static func read(_ name: String) -> [LibraryCase] {
    guard let url = Bundle.module.url(forResource: name, withExtension: "json", subdirectory: folder),
      let data = try? Data(contentsOf: url)
    else { return [] }
    return (try? JSONDecoder().decode([LibraryCase].self, from: data)) ?? []
  }

  static let folder = "Fixtures/names"

  static func named(_ name: String) -> LibraryCase? { all.first { $0.name == name } }

  /// The file of its weights.
  func weightFile() throws -> WeightFile {
    let name = file ?? "\(name).safetensors"
    guard let url = Bundle.module.url(forResource: name, withExtension: nil, subdirectory: Self.folder)
    else { throw CocoaError(.fileNoSuchFile) }
    return try WeightFile(url.path)
  }

  var interface: Interface {
    if let shape { return .images(Shape(shape), classes: classes ?? 0) }
    guard let classes else { return .language(length: length ?? 0, vocabulary: vocabulary ?? 0) }
    return .sequences(length: length ?? 0, vocabulary: vocabulary ?? 0, classes: classes)
  }

  func network() throws -> Network { try Network(Model(parsing: model), interface) }

  /// What a network of ours makes of its inputs.
  func logits(_ network: Network, _ parameters: ParameterSet, _ buffers: ParameterSet) throws -> [Float] {
    let executor = Executor(Plan(try network.forward(batch: 2, isTraining: false)))
    for (name, tensor) in Array(parameters) + Array(buffers) { executor.write(name, tensor.scalars) }
    if interface.hasTokens {
      executor.write("inputs", integers: inputs.map { Int32($0) })
    } else {
      executor.write("inputs", inputs)
    }
    executor.run()
    return executor.output("logits").scalars
  }

  /// How far found logits are from its own, as a share of the largest.
  func difference(of found: [Float]) -> Double {
    let largest = logits.map(abs).max() ?? 0
    guard found.count == logits.count, largest > 0 else { return .infinity }
    return zip(found, logits).map { abs(Double($0) - $1) }.max().map { $0 / largest } ?? .infinity
  }
}
