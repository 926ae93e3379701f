import CoppiceNetworks
import CoppiceTensors

/// The arrays of a file as those of a network.
package struct ImportedWeights: Hashable, Sendable {
  /// The parameters, 0 where a mask of the file says that they are pruned.
  package var parameters: ParameterSet
  package var buffers: ParameterSet
  /// The masks that the file has, of prunable parameters.
  package var masks: MaskSet

  /// Weights of these parts.
  package init(parameters: ParameterSet, buffers: ParameterSet = ParameterSet(), masks: MaskSet = MaskSet()) {
    (self.parameters, self.buffers, self.masks) = (parameters, buffers, masks)
  }
}

extension NameFit {
  /// Reads what fits, array by array.
  ///
  /// - Parameters:
  ///   - source: the file that was asked.
  ///   - fresh: freshly drawn parameters, for what is drawn afresh.
  /// - Throws: `ExchangeError` where a number is no Float.
  package func weights(
    _ network: Network, from source: some ArraySource, fresh: @autoclosure () -> ParameterSet
  ) throws(ExchangeError) -> ImportedWeights {
    let prunable = Set(network.prunable)
    var weights = ImportedWeights(parameters: ParameterSet(), buffers: ParameterSet(), masks: MaskSet())
    let drawn: ParameterSet? = arrays.contains { $0.source == .fresh } ? fresh() : nil
    // What is read in parts is read once: queries, keys and values follow each other.
    var last: (pieces: [Piece], tensor: Tensor)?
    for (name, shape, isBuffer, origin) in arrays {
      var tensor: Tensor
      switch origin {
      case .constant(let value): tensor = Tensor(repeating: value, shape)
      case .fresh: tensor = drawn?[name] ?? Tensor(repeating: 0, shape)
      case .file(let pieces, let layout, let part):
        let whole: Tensor
        if let last, last.pieces == pieces {
          whole = last.tensor
        } else {
          whole = try Self.joined(pieces.map(\.name), source)
          last = part == nil ? nil : (pieces, whole)
        }
        tensor = Self.own(whole, shape, layout, part)
        if pieces.contains(where: { $0.mask != nil }) {
          let bytes = try Self.mask(pieces, source)
          let mask = Mask(shape, Self.own(bytes, shape, layout, part).scalars.map { $0 == 0 ? 0 : 1 })
          tensor = mask.applied(to: tensor)
          if prunable.contains(name) { weights.masks[name] = mask }
        }
      }
      if isBuffer { weights.buffers[name] = tensor } else { weights.parameters[name] = tensor }
    }
    return weights
  }

  /// Arrays of a file, one upon another.
  private static func joined(
    _ names: [String], _ source: some ArraySource
  ) throws(ExchangeError) -> Tensor {
    if let name = names.first, names.count == 1 { return try source.tensor(name) }
    var (scalars, rows, rest): ([Float], Int, [Int]) = ([], 0, [])
    for name in names {
      let tensor = try source.tensor(name)
      scalars += tensor.scalars
      rows += tensor.shape.axes.first ?? 0
      rest = Array(tensor.shape.axes.dropFirst())
    }
    return Tensor(Shape([rows] + rest), scalars)
  }

  /// The masks of arrays of a file, one upon another; 1 where there is none.
  private static func mask(_ pieces: [Piece], _ source: some ArraySource) throws(ExchangeError) -> Tensor {
    var (scalars, rows, rest): ([Float], Int, [Int]) = ([], 0, [])
    for piece in pieces {
      let shape = source.array(piece.name)?.shape ?? .scalar
      let tensor: Tensor
      if let mask = piece.mask {
        tensor = try source.tensor(mask)
      } else {
        tensor = Tensor(repeating: 1, shape)
      }
      scalars += tensor.scalars
      rows += shape.axes.first ?? 0
      rest = Array(shape.axes.dropFirst())
    }
    return Tensor(Shape([rows] + rest), scalars)
  }

  /// An array of the file as ours: in our layout, the part of it that is ours, and as many rows as we have.
  private static func own(
    _ tensor: Tensor, _ shape: Shape, _ layout: ArrayLayout, _ part: ForeignPlace.Part?
  ) -> Tensor {
    guard let part else {
      if tensor.scalars.count == shape.count { return layout.own(tensor, shape) }
      return Tensor(shape, Array(tensor.scalars.prefix(shape.count)))
    }
    let rows = (shape.axes.first ?? 0) * part.count
    let whole = layout.own(tensor, Shape([rows] + shape.axes.dropFirst()))
    let first = part.index * shape.count
    return Tensor(shape, Array(whole.scalars[first..<first + shape.count]))
  }
}
