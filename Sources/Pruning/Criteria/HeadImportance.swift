import CoppiceTensors
import CoppiceTerms

extension Criterion {
  /// The mean over examples n of |∂Lₙ/∂ξ| at a gate ξ = 1 on each attention head: one score a head.
  ///
  /// P. Michel, O. Levy, G. Neubig, "Are sixteen heads really better than one?", NeurIPS 2019. The absolute value is taken
  /// example by example; a code that is in use takes that of a whole batch, in which examples cancel. The paper divides the
  /// scores of a layer by their L2 norm: `head(normalised: true)`.
  public static let headImportance = Criterion(
    "head-importance", version: 1, needs: [.structure, .evidence(.headGates)], scoresUnits: true,
    requires: { setup in
      let heads = Set(setup.structure.heads.map { Granularity.Unit($0.slices) })
      guard !heads.isEmpty else {
        throw setup.refuse(
          "the model has no attention heads to score; use a transformer, or a criterion of weights such as taylor",
          for: "head-importance")
      }
      guard !setup.units.isEmpty, setup.units.allSatisfy(heads.contains) else {
        throw setup.refuse(
          "it scores whole attention heads, and granularity \(setup.granularity.name) has other units; use head",
          for: "head-importance")
      }
    }
  ) { context in
    let heads = try context.structure().heads
    let gates = try context.evidence(.headGates)
    var scores = try context.scoreEach { _, weight in Tensor(repeating: 0, weight.shape) }
    // Heads by the weight that reads them.
    let readers = try heads.map { head in
      let columns = head.slices.filter { $0.axis == 1 }
      guard let reader = columns.first(where: { gates[$0.parameter] != nil }) else {
        throw PruningError.missingParameter(
          columns.first?.parameter ?? "reader of an attention head", in: "gates on attention heads")
      }
      return reader.parameter
    }
    var next: [String: Int] = [:]
    for (head, reader) in zip(heads, readers) {
      let count = readers.count { $0 == reader }
      guard let gate = gates[reader], gate.shape == [count] else {
        throw PruningError.unfit(
          "\(reader) reads \(count) attention heads, and the evidence has \(gates[reader]?.shape.count ?? 0) gates for it",
          criterion: "head-importance")
      }
      let place = next[reader, default: 0]
      next[reader] = place + 1
      for slice in head.slices {
        guard let shape = scores[slice.parameter]?.shape, let runs = slice.elements(in: shape) else {
          continue
        }
        for run in runs {
          for element in run { scores[slice.parameter]?.scalars[element] = gate.scalars[place] }
        }
      }
    }
    return scores
  }
}

extension Shipped<Criterion> {
  static let headImportance = Shipped(
    .headImportance, "|gradient at a gate on an attention head|, by example", paper: "Michel et al. 2019")
}
