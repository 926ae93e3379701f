import CoppiceNetworks
import CoppiceTensors

/// An array as it is written into a file.
package struct WrittenArray: Hashable, Sendable {
  package var name: String
  package var values: Values

  /// What it holds.
  package enum Values: Hashable, Sendable {
    /// Weights, as Float.
    case weights(Tensor)
    /// A mask, a byte each.
    case mask(Mask)
  }

  /// As a format writes it: weights as Float, masks as bytes.
  package var weightArray: WeightArray {
    switch values {
    case .weights(let tensor): WeightArray(name, tensor)
    case .mask(let mask): WeightArray(name, mask.shape, .uint8, bytes: mask.bytes)
    }
  }
}

/// How masks stand in a file.
package enum WrittenMasks: String, Hashable, Sendable, CaseIterable {
  /// `<name>_mask` beside weights that are 0 where it says so.
  case beside
  /// `<name>_orig` and `<name>_mask` in place of the weight, both Float: `torch.nn.utils.prune`.
  case torchPrune
}

extension NameMap {
  /// The arrays of a network by the names and layouts of this library, in the network's order.
  ///
  /// - Parameters:
  ///   - parameters: the parameters; those under a mask are written as 0 where it says so.
  ///   - buffers: the buffers.
  ///   - masks: the masks; whole ones are written too.
  /// - Throws: `ExchangeError` where the library does not have the model.
  package func written(
    _ network: Network, _ parameters: ParameterSet, _ buffers: ParameterSet, masks: MaskSet,
    as form: WrittenMasks = .beside
  ) throws(ExchangeError) -> [WrittenArray] {
    guard let places = places(of: network) else {
      throw .unknownModel(network.model.name, names: name)
    }
    var written: [WrittenArray] = []
    var parts: [String: [(weight: Tensor, mask: Mask?)]] = [:]
    for (name, shape, isBuffer) in network.arrays {
      guard let place = places(name, shape), let tensor = isBuffer ? buffers[name] : parameters[name] else {
        throw .missingArray(name, near: [])
      }
      let mask = isBuffer ? nil : masks[name]
      let weight = mask?.applied(to: tensor) ?? tensor
      if let part = place.part, let target = place.names.first {
        parts[target, default: []].append((weight, mask))
        guard let pieces = parts[target], pieces.count == part.count else { continue }
        let isMasked = pieces.contains { $0.mask != nil }
        let whole = Self.joined(pieces.map(\.weight))
        let masked = Self.joined(
          pieces.map { piece in
            Tensor(
              piece.weight.shape, piece.mask?.bytes.map(Float.init) ?? piece.weight.scalars.map { _ in 1 })
          })
        written += Self.arrays(target, whole, isMasked ? masked : nil, place.layout, form)
        parts[target] = nil
        continue
      }
      let bytes = mask.map { Tensor($0.shape, $0.bytes.map(Float.init)) }
      if let target = place.names.first {
        // A tied array stands there once.
        let isTied = place.names.dropFirst().contains { other in
          written.contains { $0.name == other && $0.values == .weights(weight) }
        }
        if !isTied || mask != nil { written += Self.arrays(target, weight, bytes, place.layout, form) }
        continue
      }
      let count = max(1, place.pieces.count)
      for (index, target) in place.pieces.enumerated() {
        written += Self.arrays(
          target, Self.piece(index, of: count, weight), bytes.map { Self.piece(index, of: count, $0) },
          place.layout, form)
      }
    }
    return written
  }

  private static func arrays(
    _ name: String, _ weight: Tensor, _ mask: Tensor?, _ layout: ArrayLayout, _ form: WrittenMasks
  ) -> [WrittenArray] {
    let weight = layout.foreign(weight)
    guard let mask = mask.map({ layout.foreign($0) }) else {
      return [WrittenArray(name: name, values: .weights(weight))]
    }
    switch form {
    case .beside:
      return [
        WrittenArray(name: name, values: .weights(weight)),
        WrittenArray(
          name: "\(name)_mask", values: .mask(Mask(mask.shape, mask.scalars.map { $0 == 0 ? 0 : 1 }))),
      ]
    case .torchPrune:
      return [
        WrittenArray(name: "\(name)_orig", values: .weights(weight)),
        WrittenArray(name: "\(name)_mask", values: .weights(mask)),
      ]
    }
  }

  private static func joined(_ tensors: [Tensor]) -> Tensor {
    let rows = tensors.reduce(0) { $0 + ($1.shape.axes.first ?? 0) }
    return Tensor(
      Shape([rows] + (tensors.first?.shape.axes.dropFirst() ?? [])), tensors.flatMap(\.scalars))
  }

  private static func piece(_ index: Int, of count: Int, _ tensor: Tensor) -> Tensor {
    let size = tensor.scalars.count / count
    let rows = (tensor.shape.axes.first ?? 0) / count
    return Tensor(
      Shape([rows] + tensor.shape.axes.dropFirst()), Array(tensor.scalars[index * size..<(index + 1) * size]))
  }
}
