import Coppice
import CoppiceExchange
import CoppiceStore

/// A network with its weights, as it is written for other libraries.
struct ExportedNetwork {
  let network: Network
  let parameters: ParameterSet
  let buffers: ParameterSet
  let masks: MaskSet
  /// The codes of its layers, where it is quantised.
  let quantisation: Quantisation?

  /// The network of a round, whole or with what is pruned cut out.
  /// - Throws: a failure where its weights are not stored, or not those of the network.
  init(_ round: RoundRecord, of stored: StoredNetwork, isCompacted: Bool) throws {
    let quantisation = Quantisation(of: round)
    if isCompacted {
      let compacted = try CompactedNetwork(stored.regimen.model, round)
      (network, parameters, buffers) = (compacted.network, compacted.parameters, compacted.buffers)
      masks = compacted.masks
      self.quantisation = quantisation.map(compacted.compacted.sliced)
      return
    }
    guard let weights = round.weights else { throw CompactedNetworkError.noWeights(round: round.index) }
    network = stored.regimen.model
    (parameters, buffers) = try stored.split(weights, of: round.index)
    masks = round.masks ?? MaskSet()
    self.quantisation = quantisation
  }
}

extension Quantisation {
  /// The codes of a stored round; `nil` where it has none. Of 8 bits, inputs have ranges.
  fileprivate init?(of round: RoundRecord) {
    guard let scales = round.weightScales, scales.count > 0 else { return nil }
    self.init(
      bits: round.inputRanges == nil ? 4 : 8, scales: scales, ranges: round.inputRanges ?? ParameterSet())
  }
}

/// What a network is written as: a file of weights, or one that holds its operations too.
enum ExportTarget: Hashable {
  case weights(WeightFormat)
  case onnx

  /// All there are, in the order they are told.
  static var all: [ExportTarget] { WeightFormat.allCases.map { .weights($0) } + [.onnx] }

  /// The name on the command line.
  var name: String {
    switch self {
    case .weights(let format): format.rawValue
    case .onnx: "onnx"
    }
  }

  /// How the names of its files end.
  var ending: String {
    switch self {
    case .weights(let format): format.ending
    case .onnx: ".onnx"
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
    _ exported: ExportedNetwork, names: NameMap, masks: WrittenMasks, onnx options: ONNXOptions,
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
    case .onnx:
      let onnx = try ONNXFile(
        exported.network, exported.parameters, exported.buffers, masks: exported.masks,
        batch: options.batch.map { .of($0) } ?? .any, quantisation: exported.quantisation,
        isSparse: options.sparse, metadata: metadata.filter { $0.name != "model" }.map { ($0.name, $0.text) })
      try onnx.write(to: file)
      return onnx.arrayCount
    }
  }

  /// Whether what lies at a path is of a kind that is written here.
  static func isOwn(_ path: String) -> Bool { ONNXFile.isOwn(path) || (try? WeightFile(path)) != nil }
}
