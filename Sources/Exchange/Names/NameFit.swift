import CoppiceNetworks
import CoppiceTensors
import CoppiceTerms

/// How the arrays of a file and those of a network go together, by the names of a library. No number is read for it.
package struct NameFit: Sendable {
  /// Whose names they are.
  package let names: NameMap
  /// The network's arrays that the file has, in order, and where.
  package internal(set) var arrays: [(name: String, shape: Shape, isBuffer: Bool, source: Source)] = []
  /// What does not go together.
  package internal(set) var faults: [ArrayFault] = []
  /// Arrays of the file that no network has: counters, constants, what an optimizer keeps, and a head that is drawn afresh.
  package internal(set) var ignored: [String] = []

  /// Whether everything goes together.
  package var isComplete: Bool { faults.isEmpty }

  /// Where the numbers of an array come from.
  package enum Source: Hashable, Sendable {
    /// From an array of the file, or from several joined along the first axis.
    case file([Piece], ArrayLayout, ForeignPlace.Part?)
    /// They are all this number.
    case constant(Float)
    /// They are drawn afresh.
    case fresh
  }

  /// An array of the file, and the mask beside it.
  package struct Piece: Hashable, Sendable {
    package let name: String
    package let mask: String?
  }

  init(_ names: NameMap) { self.names = names }

  /// What a framework keeps beside the weights of a network, told by name.
  static func isKeptByTraining(_ name: String) -> Bool {
    let lower = name.lowercased()
    return ["optimizer", "_layer_checkpoint", "metrics/", "seed_generator", "top_level_model_weights"]
      .contains {
        lower.hasPrefix($0) || lower.contains("/\($0)")
      }
  }

  /// Arrays that are no weights and follow from the shapes: counters of batches, numbers of positions, triangles of what a place may see.
  static func isNoWeight(_ array: StoredArray) -> Bool {
    let last = array.name.splitAtLastDot.last
    return ["num_batches_tracked", "position_ids", "masked_bias"].contains(last)
      || (array.name.hasSuffix("attn.bias") && array.shape.rank == 4)
      || (array.name.hasSuffix("attn.mask") && array.shape.rank == 4) || isKeptByTraining(array.name)
  }

  /// What the heads of networks are called.
  private static let heads = [
    "cls.", "lm_head.", "vocab_", "classifier.", "pre_classifier.", "pooler.", "bert.pooler.", "vit.pooler.",
    "qa_outputs.", "score.", "fc.", "head.", "heads.",
  ]

  static func isOfHead(_ name: String) -> Bool {
    heads.contains { name.hasPrefix($0) || name.contains(".\($0)") }
  }
}

extension NameMap {
  /// How a file and a network go together by these names; `nil` where the library does not have the model.
  package func fit(
    _ network: Network, to source: some ArraySource, head: NetworkHead = .kept
  ) -> NameFit? {
    let stored = source.arrays
    guard let places = places(of: network, in: stored) else { return nil }
    let index = SourceNames(stored)
    var fit = NameFit(self)
    var used: Set<String> = []
    var missing: [String] = []
    let headScope = network.headScope + "."
    for (name, shape, isBuffer) in network.arrays {
      func take(_ source: NameFit.Source) { fit.arrays.append((name, shape, isBuffer, source)) }
      if head == .fresh, name.hasPrefix(headScope) {
        take(.fresh)
        continue
      }
      guard let place = places(name, shape) else {
        missing.append(name)
        continue
      }
      let wanted = place.foreignShape(of: shape)
      let found = place.found(in: index, wanted)
      guard !found.isEmpty else {
        if let constant = place.absent {
          take(.constant(constant))
        } else if head == .fresh, NameFit.isOfHead(name) {
          take(.fresh)
        } else {
          missing.append(place.names.first ?? place.pieces.first ?? name)
        }
        continue
      }
      for piece in found { used.formUnion([piece.array.name] + (piece.mask.map { [$0.name] } ?? [])) }
      for piece in found {
        let whole = found.count > 1 ? wanted.divided(by: found.count) : wanted
        if !place.accepts(piece.array.shape, whole) {
          fit.faults.append(.shape(piece.array.name, found: piece.array.shape, wanted: whole ?? shape))
        } else if let mask = piece.mask, mask.shape != piece.array.shape {
          fit.faults.append(.shape(mask.name, found: mask.shape, wanted: piece.array.shape))
        }
      }
      take(
        .file(
          found.map { NameFit.Piece(name: $0.array.name, mask: $0.mask?.name) }, place.layout, place.part))
    }
    let left = stored.filter { !used.contains($0.name) }
    let isIgnored = { (array: StoredArray) in
      // A head that is tied to the token table is there twice.
      NameFit.isNoWeight(array)
        || (head == .fresh && (NameFit.isOfHead(array.name) || array.name.hasPrefix(headScope)))
    }
    fit.ignored = left.filter(isIgnored).map(\.name)
    let extra = left.filter { !isIgnored($0) }.map(\.name)
    // The nearest names of many would take long, and nobody reads them.
    for (place, name) in missing.enumerated() {
      fit.faults.append(.missing(name, near: place < 5 ? SourceNames.nearest(to: name, among: extra) : []))
    }
    for (place, name) in extra.enumerated() {
      fit.faults.append(.extra(name, near: place < 5 ? SourceNames.nearest(to: name, among: missing) : []))
    }
    return fit
  }
}

extension NameFit {
  /// How a file and a network go together: by the names of a library, or by those that fit, or fit best.
  ///
  /// - Throws: `ExchangeError` where the library does not have the model.
  package init(
    _ network: Network, _ source: some ArraySource, names: NameMap? = nil, head: NetworkHead = .kept
  ) throws(ExchangeError) {
    if let names {
      guard let fit = names.fit(network, to: source, head: head) else {
        throw .unknownModel(network.model.name, names: names.name)
      }
      self = fit
      return
    }
    var best: NameFit?
    for names in NameMap.all {
      guard let fit = names.fit(network, to: source, head: head) else { continue }
      if fit.isComplete {
        self = fit
        return
      }
      if fit.faults.count < best?.faults.count ?? .max { best = fit }
    }
    self = best ?? NameFit(.own)
  }

  /// Refuses a file that does not fit.
  ///
  /// - Parameter file: what it is called.
  /// - Throws: `ExchangeError.unfit`, with everything that does not go together.
  package func check(_ network: Network, file: String) throws(ExchangeError) {
    guard faults.isEmpty else {
      throw .unfit(file: file, model: network.model.name, names: names.name, faults)
    }
  }
}

extension ForeignPlace {
  /// The shape there of all that an array of ours is part of.
  fileprivate func foreignShape(of shape: Shape) -> Shape? {
    guard let part else { return layout.foreign(shape) }
    guard let rows = shape.axes.first else { return nil }
    return layout.foreign(Shape([rows * part.count] + shape.axes.dropFirst()))
  }

  /// Whether an array of the file can be this one.
  fileprivate func accepts(_ found: Shape, _ wanted: Shape?) -> Bool {
    guard let wanted else { return false }
    if found == wanted { return true }
    guard mayBeLonger, found.rank == wanted.rank || found.rank == wanted.rank + 1 else { return false }
    let axes = found.rank > wanted.rank && found[0] == 1 ? Array(found.axes.dropFirst()) : found.axes
    guard axes.count == wanted.rank, let rows = axes.first else { return false }
    return rows >= wanted[0] && axes.dropFirst() == wanted.axes.dropFirst()
  }

  /// What there is of it: one array by the first of its names that has the right shape, or the pieces that hold it together.
  fileprivate func found(in index: SourceNames, _ wanted: Shape?) -> [SourceNames.Found] {
    let whole = names.compactMap { index.find($0) }
    if let first = whole.first(where: { accepts($0.array.shape, wanted) }) ?? whole.first { return [first] }
    let pieces = pieces.compactMap { index.find($0) }
    return pieces.count == self.pieces.count ? pieces : []
  }
}

extension Shape? {
  /// One of so many equal parts along the first axis.
  fileprivate func divided(by count: Int) -> Shape? {
    guard let shape = self, let rows = shape.axes.first, rows % count == 0 else { return nil }
    return Shape([rows / count] + shape.axes.dropFirst())
  }
}
