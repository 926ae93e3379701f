import CoppiceAutodiff
import CoppiceTensors
import CoppiceTerms

/// A network that is trained with a learned mask: the forward pass reads what the gates make of each prunable weight, and the arrays of
/// the mask are trained beside the weights. Declarations of the mask stand behind those of the network, so that these are drawn as before.
package struct LearnedMaskRewrite: NetworkRewrite {
  private let mask: LearnedMask
  /// The weights that it masks, in the order of the network.
  private let weights: [String]
  private let pools: [[Int]]
  /// The groups of what attention heads own.
  private let heads: [AxisGroup]
  private let optimizer: Optimizer
  /// The numbers at the end of the training, by which masks are read.
  private let end: MaskInputs

  /// The rewrite.
  /// - Parameters:
  ///   - weights: the names of the weights that are pruned.
  ///   - pools: those, by place, that compete for one number of survivors, where the count is kept.
  ///   - heads: the groups of the graph, where the mask has a gate for each attention head.
  ///   - optimizer: the trial's.
  ///   - end: the numbers at the end of the training.
  package init(
    _ mask: LearnedMask, of weights: [String], pools: [[Int]] = [], heads: [AxisGroup] = [],
    optimizer: Optimizer, end: MaskInputs
  ) {
    (self.mask, self.weights, self.pools) = (mask, weights, mask.keepsCount ? pools : [])
    (self.heads, self.optimizer, self.end) = (mask.isOfHeads ? heads : [], optimizer, end)
  }

  package var specification: Specification {
    Specification(
      "learned-mask", version: 1,
      [
        ("mask", .component(mask.specification)), ("weights", .list(weights.map { .text($0) })),
        ("pools", .list(pools.map { .list($0.map(Specification.Value.integer)) })),
        ("optimizer", mask.optimizer == nil ? .none : .component(optimizer.specification)),
      ])
  }

  package func apply(to network: Network) throws -> Network {
    let names = Set(weights)
    let own = network.declarations.map { declaration in
      var declaration = declaration
      if !mask.trainsWeights { declaration.isTrained = false }
      if let make = mask.optimizer, names.contains(declaration.name) {
        declaration.training = LeafTraining(
          optimizer: make(declaration.training?.optimizer ?? optimizer),
          rateFactor: declaration.training?.rateFactor ?? 1)
      }
      return declaration
    }
    let shapes = network.declarations.map { ($0.name, $0.shape) }
    let places = self.places(shapes)
    let new = network.declarations.filter { names.contains($0.name) }.flatMap { weight in
      mask.leaves.compactMap { leaf -> ParameterDeclaration? in
        let place = weights.firstIndex(of: weight.name).flatMap { places[$0] }
        // What several weights share is declared with the first of them.
        if leaf.extent == .head, place.map({ weights[$0.owner] }) != weight.name { return nil }
        return ParameterDeclaration(
          Self.name(of: leaf, weight.name), leaf.extent.shape(weight.shape, heads: place), leaf.initializer,
          training: leaf.training)
      }
    }
    let scales = network.normalizationScales
    return try network.rewritten(by: self, declarations: own + new) { graph, isTraining in
      var made: MaskGates?
      func gates(_ builder: GraphBuilder) -> MaskGates {
        if let made { return made }
        let gates = traced(builder, shapes, scales: scales, isTraining: isTraining)
        made = gates
        return gates
      }
      return try graph.rewritten { builder, leaf, _ in
        guard mask.makesMasks, case .parameter(let name) = leaf,
          let place = weights.firstIndex(of: name)
        else { return nil }
        let all = gates(builder).gates
        guard all.indices.contains(place) else { return nil }
        return isTraining ? all[place].read : all[place].left
      } penalty: { builder in
        isTraining ? gates(builder).penalty : nil
      }
    }
  }

  /// What the mask makes of the weights.
  private func traced(
    _ builder: GraphBuilder, _ shapes: [(name: String, shape: Shape)], scales: [String] = [], isTraining: Bool
  ) -> MaskGates {
    builder.within("learned-mask") {
      builder.naming(mask.name) {
        let shapes = Dictionary(shapes.map { ($0.name, $0.shape) }, uniquingKeysWith: { first, _ in first })
        let places = self.places(shapes.map { ($0, $1) })
        let all = weights.enumerated().compactMap { place, name -> MaskTrace.Weight? in
          guard let shape = shapes[name] else { return nil }
          let leaves = mask.leaves.map { leaf in
            let owner = leaf.extent == .head ? places[place].map { weights[$0.owner] } ?? name : name
            return (
              leaf.name,
              (
                leaf.extent,
                builder.parameter(
                  Self.name(of: leaf, owner), leaf.extent.shape(shape, heads: places[place]))
              )
            )
          }
          return MaskTrace.Weight(
            name: name, value: builder.parameter(name, shape), place: place, heads: places[place],
            leaves: Dictionary(leaves, uniquingKeysWith: { first, _ in first }))
        }
        let found = mask.gates(
          MaskTrace(
            builder: builder, weights: all, isTraining: isTraining,
            scales: scales.compactMap { name in shapes[name].map { builder.parameter(name, $0) } },
            pools: pools))
        if mask.makesMasks, found.gates.count != weights.count {
          builder.fail(mask.name, "makes \(found.gates.count) gates for \(weights.count) weights")
        }
        for (weight, gate) in zip(all, found.gates) {
          for value in [gate.read, gate.keep, gate.value, gate.score] where value.shape != weight.shape {
            builder.fail(
              mask.name,
              "gives \(weight.name) an array of shape \(value.shape) where \(weight.shape) is wanted"
            )
          }
        }
        return found
      }
    }
  }

  /// Which heads each weight belongs to.
  private func places(_ shapes: [(name: String, shape: Shape)]) -> HeadPlaces {
    HeadPlaces(
      heads,
      among: weights.map { name in (name, shapes.first { $0.name == name }?.shape.axes ?? []) })
  }

  private static func name(of leaf: MaskLeaf, _ weight: String) -> String { "\(weight).\(leaf.name)" }

  /// The masks at the end, as the gates have them.
  package func masks(in parameters: ParameterSet) -> MaskSet? {
    guard mask.makesMasks, let hardened = try? hardened(parameters, end) else { return nil }
    return hardened.masks
  }

  /// What is left of trained parameters: the gates as they count, without randomness.
  package func hardened(_ parameters: ParameterSet, _ inputs: MaskInputs) throws -> HardenedMask {
    let graph = try Graph.trace { builder in
      let found = traced(builder, parameters.map { ($0.name, $0.tensor.shape) }, isTraining: false)
      for (name, gate) in zip(weights, found.gates) {
        // What is read may be a leaf itself.
        builder.output("keep/\(name)", gate.keep.scaled(by: 1))
        builder.output("value/\(name)", gate.value.scaled(by: 1))
        builder.output("score/\(name)", gate.score.scaled(by: 1))
        builder.output("rescaled/\(name)", builder.constant(gate.isRescaled ? 1 : 0).scaled(by: 1))
      }
    }.simplified
    let executor = Executor(Plan(graph))
    for (name, tensor) in parameters where executor.hasLeaf(name) { executor.write(name, tensor.scalars) }
    inputs.write(to: executor)
    executor.run()
    return HardenedMask(
      weights: weights.map { name in
        let keep = executor.output("keep/\(name)")
        return HardenedMask.Weight(
          name: name, mask: Mask(keep.shape, keep.scalars.map { $0 > 0 ? 1 : 0 }),
          value: executor.output("value/\(name)"), score: executor.output("score/\(name)"),
          isRescaled: executor.scalarOutput("rescaled/\(name)") > 0)
      })
  }
}

extension MaskLeaf.Extent {
  /// The shape of an array of this extent beside a weight `[out, in, …]`.
  fileprivate func shape(_ weight: Shape, heads: HeadPlaces.Place?) -> Shape {
    switch self {
    case .weight: weight
    case .output: [weight.axes.first ?? 1]
    case .input: [weight.axes.dropFirst().first ?? 1]
    case .layer: [1]
    case .head: [heads?.count ?? 1]
    }
  }
}

extension Network {
  /// The scales of batch normalisations, by name: what stands beside a running variance.
  fileprivate var normalizationScales: [String] {
    let suffix = "running_var"
    let scopes = Set(buffers.map(\.name).filter { $0.hasSuffix(suffix) }.map { $0.dropLast(suffix.count) })
    return declarations.map(\.name).filter { name in
      name.hasSuffix("weight") && scopes.contains(name.dropLast("weight".count))
    }
  }
}
