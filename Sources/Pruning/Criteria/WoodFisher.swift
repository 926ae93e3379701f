import CoppiceTensors
import CoppiceTerms

extension Criterion {
  /// How the survivors make up for several weights of a block that go at once.
  public enum SurgeonUpdate: String, Hashable, Sendable, CaseIterable {
    /// The moves that each weight would ask for if it went alone, added up: the paper's.
    case separate
    /// The move that is best for all of them together.
    case joint
  }

  /// Optimal brain surgeon with the empirical Fisher information F in place of the Hessian: w² / (2 · [F⁻¹]_qq) for weight q. By so
  /// much the loss would rise, to second order, if the weight went and the others of its block moved to make up for it.
  ///
  /// F = λ · 1 + 1/N · Σₙ gₙ gₙᵀ over the gradients of N examples; N is what the batches of evidence hold. It is taken in blocks of
  /// consecutive weights of a layer, and pruned weights are not part of it. After the cut, survivors S of a block move by
  /// −Σ_q w_q / [F⁻¹]_qq · [F⁻¹]_Sq for the weights q that went (`separate`), or by [F_SS]⁻¹ F_SQ w_Q (`joint`), the least of the
  /// quadratic with all of them at 0: B. Hassibi, D. Stork, "Second order derivatives for network pruning: optimal brain surgeon",
  /// NIPS 1992.
  ///
  /// S. P. Singh, D. Alistarh, "WoodFisher: efficient second-order approximation for neural network compression", NeurIPS 2020. The
  /// paper adds one gradient after the other to F⁻¹, by the identity of Woodbury; here the blocks of F are added up and inverted
  /// once, which is the same matrix. It takes blocks of thousands; 50 is that of E. Kurtic et al., "The optimal BERT surgeon", EMNLP
  /// 2022.
  /// - Parameters:
  ///   - block: how many consecutive weights a block has.
  ///   - damping: λ, in units of the squared gradient.
  ///   - update: how survivors move.
  public static func woodFisher(
    block: Int = 50, damping: Double = 1e-5, update: SurgeonUpdate = .separate
  ) -> Criterion {
    var fields: [(name: String, value: Specification.Value)] = [
      ("block", .integer(block)), ("damping", .number(damping)),
    ]
    if update != .separate { fields.append(("update", .text(update.rawValue))) }
    let evidence = Evidence.fisherBlocks(of: block)
    let surgeon = Surgeon(name: "wood-fisher", block: block, damping: damping, evidence: evidence)
    return Criterion(
      "wood-fisher", version: 1, fields: fields, needs: .evidence(evidence),
      scores: { context in try surgeon.scores(in: context) },
      compensate: { context, masks in try surgeon.moved(context, masks, update) })
  }
}

extension Shipped<Criterion> {
  static let woodFisher = Shipped(
    .woodFisher(), "optimal brain surgeon on blocks of the Fisher information; survivors move",
    paper: "Singh and Alistarh 2020", aliases: ["obs"]
  ) { fields in
    .woodFisher(
      block: try fields.integer("block", in: 1...1024, default: 50),
      damping: try fields.positive("damping", default: 1e-5),
      update: try fields.take(
        "update", "one of separate, joint", default: Criterion.SurgeonUpdate.separate
      ) { Criterion.SurgeonUpdate(rawValue: $0.description) })
  }
}

/// Optimal brain surgeon, block by block.
private struct Surgeon: Sendable {
  let name: String
  let block: Int
  let damping: Double
  let evidence: Evidence

  func scores(in context: ScoringContext) throws -> ParameterSet {
    try context.scoreEach { parameter, weight in
      var scores = Tensor(repeating: 0, weight.shape)
      try forEachBlock(of: parameter, context) { survivors, fisher in
        let inverse = try inverse(of: fisher, parameter)
        for (place, element) in survivors.enumerated() {
          let value = Double(weight.scalars[element])
          scores.scalars[element] = Float(value * value / (2 * inverse[place, place]))
        }
      }
      return scores
    }
  }

  func moved(
    _ context: ScoringContext, _ masks: MaskSet, _ update: Criterion.SurgeonUpdate
  ) throws -> ParameterSet {
    var moved = ParameterSet()
    for (parameter, mask) in masks.counted {
      guard var weight = context.weights[parameter] else {
        throw PruningError.missingParameter(parameter, in: "weights")
      }
      try forEachBlock(of: parameter, context) { survivors, fisher in
        let gone = survivors.indices.filter { mask.bytes[survivors[$0]] == 0 }
        guard !gone.isEmpty else { return }
        let kept = survivors.indices.filter { mask.bytes[survivors[$0]] != 0 }
        let values = survivors.map { Double(weight.scalars[$0]) }
        let moves: [Double]
        switch update {
        case .separate:
          let inverse = try inverse(of: fisher, parameter)
          moves = kept.map { s in
            gone.reduce(0) { $0 - values[$1] / inverse[$1, $1] * inverse[s, $1] }
          }
        case .joint:
          let target = kept.map { s in gone.reduce(0) { $0 + fisher[s, $1] * values[$1] } }
          let factor = fisher.among(kept).factor
          guard let factor else { throw PruningError.notPositiveDefinite(parameter, criterion: name) }
          moves = factor.solving(target)
        }
        for (place, move) in zip(kept, moves) {
          weight.scalars[survivors[place]] = Float(values[place] + move)
        }
        for place in gone { weight.scalars[survivors[place]] = 0 }
      }
      moved[parameter] = weight
    }
    return moved
  }

  /// Tells the survivors of each block with F among them.
  private func forEachBlock(
    of parameter: String, _ context: ScoringContext,
    _ body: (_ survivors: [Int], _ fisher: SquareMatrix) throws -> Void
  ) throws {
    guard let mask = context.masks[parameter] else { return }
    let runs = Runs(mask.count, size: block)
    let triangles = try context.evidence(evidence, for: parameter)
    guard triangles.shape == runs.shape else {
      throw PruningError.evidenceShape(
        triangles.shape, of: parameter, shape: mask.shape, evidence: evidence.name)
    }
    for run in 0..<runs.number {
      let elements = runs[run]
      let places = elements.indices.map { $0 - elements.lowerBound }.filter {
        mask.bytes[elements.lowerBound + $0] != 0
      }
      guard !places.isEmpty else { continue }
      var fisher = runs.matrix(run, of: triangles.scalars).among(places)
      for place in places.indices { fisher[place, place] += damping }
      try body(places.map { elements.lowerBound + $0 }, fisher)
    }
  }

  private func inverse(of fisher: SquareMatrix, _ parameter: String) throws(PruningError) -> SquareMatrix {
    guard let inverse = fisher.inverse else { throw .notPositiveDefinite(parameter, criterion: name) }
    return inverse
  }
}

extension SquareMatrix {
  /// The rows and columns of these places alone.
  func among(_ places: [Int]) -> SquareMatrix {
    guard !places.elementsEqual(0..<size) else { return self }
    var result = SquareMatrix(zeros: places.count)
    for (i, row) in places.enumerated() {
      for (j, column) in places.enumerated() { result[i, j] = self[row, column] }
    }
    return result
  }
}
