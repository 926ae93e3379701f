import CoppiceAutodiff
import CoppiceNetworks
import CoppiceStore
import CoppiceTensors
import CoppiceTerms

/// A compacted network with its weights: what is left of one round of a stored trial, or read from a file of its own.
package struct CompactedNetwork: Sendable {
  /// What is kept of the whole network.
  package let compacted: Compacted
  /// The smaller network.
  package let network: Network
  package let parameters: ParameterSet
  package let buffers: ParameterSet
  /// What is pruned in it still.
  package let masks: MaskSet

  /// What is left of a round.
  /// - Parameter blocks: blocks that are the identity in it, whatever masks leave of them: `h.2`.
  /// - Throws: `CompactedNetworkError` where its weights are not stored or not those of the network.
  package init(_ whole: Network, _ round: RoundRecord, withoutBlocks blocks: [String] = []) throws {
    guard let weights = round.weights else { throw CompactedNetworkError.noWeights(round: round.index) }
    let masks = round.masks ?? MaskSet()
    let compacted = try Compacted(whole, masks: masks, withoutBlocks: blocks)
    try self.init(whole, compacted, compacted.sliced(weights), compacted.sliced(masks))
  }

  /// The network of a file.
  /// - Parameter whole: the network that the file's configuration names.
  package init(_ file: CompactedFile, _ whole: Network) throws {
    let axes = file.axes.map { KeptAxes.Axis($0.leaf, axis: $0.axis, of: $0.extent, $0.places) }
    let parts = try file.parts.map { part in
      guard let kind = GraphPart.Kind(rawValue: part.kind) else {
        throw CompactedNetworkError.contents("a \(part.kind) is no part of a network")
      }
      return GraphPart(kind, scope: part.scope, parameters: part.parameters, states: part.states)
    }
    try self.init(whole, Compacted(KeptAxes(axes), without: parts), file.weights, file.masks)
  }

  private init(
    _ whole: Network, _ compacted: Compacted, _ weights: ParameterSet, _ masks: MaskSet
  ) throws {
    self.compacted = compacted
    self.masks = masks
    let network = try compacted.apply(to: whole)
    self.network = network
    func part(_ names: [String]) -> ParameterSet {
      ParameterSet(names.compactMap { name in weights[name].map { (name, $0) } })
    }
    (parameters, buffers) = (part(network.declarations.map(\.name)), part(network.buffers.map(\.name)))
    let fault =
      network.fault(inParameters: parameters) ?? network.fault(inBuffers: buffers)
      ?? network.fault(inMasks: masks)
    if let fault { throw CompactedNetworkError.contents(fault) }
  }

  /// The network as a file holds it.
  package func file(trial: String, round: Int, configuration: String) -> CompactedFile {
    var weights = parameters
    for (name, buffer) in buffers { weights[name] = buffer }
    return CompactedFile(
      trial: trial, round: round, configuration: configuration,
      axes: compacted.kept.axes.map {
        CompactedFile.Axis(leaf: $0.leaf, axis: $0.axis, extent: $0.extent, places: $0.places)
      },
      parts: compacted.parts.map {
        CompactedFile.Part(
          kind: $0.kind.rawValue, scope: $0.scope, parameters: $0.parameters, states: $0.states)
      }, weights: weights, masks: masks)
  }
}

/// Why there is no compacted network.
package enum CompactedNetworkError: Error, Hashable, CustomStringConvertible, ReportedError {
  /// The round's weights are not stored.
  case noWeights(round: Int)
  /// What is stored is not what is left of the network.
  case contents(String)

  package var description: String {
    switch self {
    case .noWeights(let round): "round \(round) has no weights in its file to make a smaller network from"
    case .contents(let fault): "what is stored is no compacted network of this model: \(fault)"
    }
  }

  package var exitCode: FailureCode { .badData }
}
