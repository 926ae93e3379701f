import Coppice
import CoppiceExchange
import CoppiceStore

/// A network with its weights, as it is written for other libraries.
struct ExportedNetwork {
  let network: Network
  let parameters: ParameterSet
  let buffers: ParameterSet
  let masks: MaskSet

  /// The network of a round, whole or with what is pruned cut out.
  /// - Throws: a failure where its weights are not stored, or not those of the network.
  init(_ round: RoundRecord, of stored: StoredNetwork, isCompacted: Bool) throws {
    if isCompacted {
      let compacted = try CompactedNetwork(stored.regimen.model, round)
      (network, parameters, buffers) = (compacted.network, compacted.parameters, compacted.buffers)
      masks = compacted.masks
      return
    }
    guard let weights = round.weights else { throw CompactedNetworkError.noWeights(round: round.index) }
    network = stored.regimen.model
    (parameters, buffers) = try stored.split(weights, of: round.index)
    masks = round.masks ?? MaskSet()
  }
}

/// What a network is written as: a file of weights.
enum ExportTarget: Hashable {
  case weights(WeightFormat)

  /// All there are, in the order they are told.
  static var all: [ExportTarget] { WeightFormat.allCases.map { .weights($0) } }

  /// The name on the command line.
  var name: String {
    switch self {
    case .weights(let format): format.rawValue
    }
  }

  /// How the names of its files end.
  var ending: String {
    switch self {
    case .weights(let format): format.ending
    }
  }

  /// The format that is asked for, or that a file's name ends with.
  /// - Throws: a usage failure where there is none.
  init(_ wanted: String?, file: String) throws {
    let all = Self.all
    let found = all.first { target in
      wanted.map { $0 == target.name } ?? file.lowercased().hasSuffix(target.ending)
    }
    guard let found else {
      let names = all.map(\.name)
      throw CommandFailure(
        wanted.map { "there is no format named \"\($0)\"" + names.instead(of: $0) }
          ?? "the name of \(file) does not say what format it is to have: let it end with "
          + "\(all.map(\.ending).joined(separator: ", ")), or name one with --format",
        CommandFailure.usage)
    }
    self = found
  }

  /// Writes a network, and says how many arrays it has there.
  func write(
    _ exported: ExportedNetwork, names: NameMap, masks: WrittenMasks,
    metadata: [(name: String, text: String)], to file: String
  ) throws -> Int {
    switch self {
    case .weights(let format):
      let arrays = try names.written(
        exported.network, exported.parameters, exported.buffers, masks: exported.masks, as: masks)
      // What reads safetensors for PyTorch asks for this text.
      let texts = format == .safetensors ? [("format", "pt")] + metadata : []
      try format.write(arrays.map(\.weightArray), metadata: texts, to: file)
      return arrays.count
    }
  }

  /// Whether what lies at a path is of a kind that is written here.
  static func isOwn(_ path: String) -> Bool { (try? WeightFile(path)) != nil }
}
