import CoppiceAutodiff
import CoppiceNetworks
import CoppiceTensors
import Testing

/// Residual branches and blocks: what the graph says of them, and networks without some.
@Suite struct GraphPartsTests {
  private func parts(_ model: Model, _ task: Interface) throws -> GraphParts {
    GraphParts(try Network(model, task).forward(batch: 2, isTraining: false))
  }

  private static let images = Interface.images([2, 8, 8], classes: 4)
  private static let tokens = Interface.sequences(length: 7, vocabulary: 11, classes: 3)

  // MARK: What there is

  @Test func aResidualNetworkHasABranchWhereShapesAreEqual() throws {
    let parts = try parts(.resnet([4, 6], blocks: 2), Self.images)
    #expect(parts.branches.map(\.part.scope) == ["blocks.0", "blocks.1", "blocks.3"])
    let own = ["conv1.weight", "bn1.weight", "bn1.bias", "conv2.weight", "bn2.weight", "bn2.bias"]
    #expect(Set(parts.branches[1].part.parameters) == Set(own.map { "blocks.1.\($0)" }))
    #expect(
      Set(parts.branches[1].part.states)
        == Set(["bn1", "bn2"].flatMap { ["blocks.1.\($0).running_mean", "blocks.1.\($0).running_var"] }))
    #expect(parts.blocks.map(\.part.scope) == (0..<4).map { "blocks.\($0)" })
    #expect(parts.blocks.map(\.reason).map { $0 == nil } == [true, true, false, true])
    #expect(
      parts.blocks[2].reason == "it has no identity: it makes [4, 8, 8] of each example into [6, 4, 4]")
    #expect(parts.blocks.map(\.branches) == [[0], [1], [], [2]])
    #expect(parts.blocks[1].part.parameters == parts.branches[1].part.parameters)
  }

  /// In pre-norm blocks the normalisation goes with the branch, in post-norm blocks it stays. A block takes all of it.
  @Test func normalisationsBeforeABranchAreItsOwn() throws {
    let before = try parts(.encoder(width: 8, heads: 2, layers: 2), Self.tokens)
    #expect(before.branches.map(\.part.scope) == ["h.0", "h.0", "h.1", "h.1"])
    let attention = ["ln_1", "attn.c_attn", "attn.c_proj"], hidden = ["ln_2", "mlp.c_fc", "mlp.c_proj"]
    func names(_ layers: [String], _ scope: String) -> Set<String> {
      Set(layers.flatMap { ["\(scope).\($0).weight", "\(scope).\($0).bias"] })
    }
    #expect(Set(before.branches[2].part.parameters) == names(attention, "h.1"))
    #expect(Set(before.branches[3].part.parameters) == names(hidden, "h.1"))
    #expect(Set(before.blocks[1].part.parameters) == names(attention + hidden, "h.1"))

    let behind = try parts(.distilBERT(width: 12, heads: 2, layers: 2, positions: 9), Self.tokens)
    let scope = "distilbert.transformer.layer.1"
    let linear = ["q_lin", "k_lin", "v_lin", "out_lin"].map { "attention.\($0)" }
    #expect(behind.branches.count == 4 && behind.blocks.map(\.part.scope).last == scope)
    #expect(Set(behind.branches[2].part.parameters) == names(linear, scope))
    #expect(
      Set(behind.blocks[1].part.parameters)
        == names(linear + ["sa_layer_norm", "ffn.lin1", "ffn.lin2", "output_layer_norm"], scope))
  }

  /// Branches, blocks, and blocks that can be left out, of the models of published shape in their small forms.
  @Test(arguments: PublishedModel.all) func partsOfPublishedModels(published: PublishedModel) throws {
    let expected: [String: [Int]] = [
      // Two blocks change shape.
      "resnet-56": [25, 27, 25],
      // [1, 2, 1, 1] blocks of 4 … 32 channels: the first of each later stage changes shape.
      "resnet-18": [2, 5, 2],
      // [2, 1, 1, 1]: the first of each stage does.
      "resnet-50": [1, 5, 1],
      "vgg-16": [0, 0, 0], "vgg-19": [0, 0, 0], "densenet-121": [0, 0, 0], "densenet": [0, 0, 0],
      // Blocks of stride 1 that keep their channels: the first too, since the stem has as many.
      "mobilenet-v2": [11, 11, 11],
      // Stages of 1, 1, 1, 2, 2, 2 and 1 blocks: the second of three stages, the first, and the first of the third stage of 80 … .
      "efficientnet-b0": [4, 4, 4],
      "vit": [4, 2, 2], "bert": [4, 2, 2], "distilbert": [4, 2, 2],
    ]
    let parts = try parts(published.small, published.smallTask)
    let found = [parts.branches.count, parts.blocks.count, parts.blocks.count { $0.reason == nil }]
    #expect(found == expected[published.name], "\(parts.blocks.map { ($0.part.scope, $0.reason) })")
    // Of one that trains they are the same.
    let training = GraphParts(
      try Network(published.small, published.smallTask).forward(batch: 3, isTraining: true))
    #expect(training.branches.map(\.part) == parts.branches.map(\.part))
    #expect(training.blocks.map(\.part) == parts.blocks.map(\.part))
  }

  /// `x + f(x) + g(x)` has two branches, and a sum with a table has none.
  @Test func parallelBranchesAreTwo() throws {
    let model = Model("parallel", initializer: .glorotNormal) { x, interface, scope in
      let x = Linear(5)(x.flattened(from: 1), scope["in"])
      let places = scope["places"].parameter("weight", [5])
      let y = (x + places.expanded(at: 0, count: x.shape[0])).relu
      let sum = y + Linear(5)(y, scope["f"]).relu + Linear(5)(y, scope["g"])
      return Linear(interface.classes)(sum, scope["out"])
    }
    let parts = try parts(model, .images([3], classes: 2))
    #expect(
      parts.branches.map(\.part.parameters) == [["f.weight", "f.bias"], ["g.weight", "g.bias"]])
    #expect(parts.blocks.isEmpty)
  }

  // MARK: Networks without them

  private func numbers(_ network: Network) -> (parameters: ParameterSet, buffers: ParameterSet) {
    let buffers = ParameterSet(
      network.buffers.enumerated().map { index, buffer in
        let noise = ReferenceNumbers.numbers(UInt32(index + 70), buffer.shape.count, scale: 0.4)
        return (buffer.name, Tensor(buffer.shape, noise.map { $0 + buffer.initial }))
      })
    return (ReferenceNumbers.parameters(network), buffers)
  }

  private func logits(
    _ network: Network, _ parameters: ParameterSet, _ buffers: ParameterSet, isTraining: Bool
  ) throws -> [Float] {
    let forward = try network.forward(batch: 3, isTraining: isTraining).withoutUpdates
    let executor = Executor(Plan(forward.simplified))
    for (name, tensor) in Array(parameters) + Array(buffers) where executor.hasLeaf(name) {
      executor.write(name, tensor.scalars)
    }
    let count = 3 * network.interface.exampleShape.count
    switch network.interface {
    case .images: executor.write("inputs", ReferenceNumbers.numbers(5, count, scale: 2))
    case .sequences(_, let vocabulary, _), .language(_, let vocabulary):
      executor.write("inputs", integers: ReferenceNumbers.integers(5, count, below: vocabulary))
    }
    executor.run()
    return executor.output("logits").scalars
  }

  /// A network without blocks has the logits, to the bit, of the model that was built without them.
  @Test func withoutBlocksItIsTheShallowerModel() throws {
    let side = Interface.images([3, 32, 32], classes: 5)
    let pairs: [(Model, Model, Interface, [String], rename: [(String, String)])] = [
      (
        .encoder(width: 8, heads: 2, layers: 4), .encoder(width: 8, heads: 2, layers: 3), Self.tokens,
        ["h.2"],
        [("h.3.", "h.2.")]
      ),
      (
        .distilBERT(width: 12, heads: 2, layers: 6, positions: 9, dropout: 0),
        .distilBERT(width: 12, heads: 2, layers: 4, positions: 9, dropout: 0), Self.tokens,
        ["distilbert.transformer.layer.1", "distilbert.transformer.layer.4"],
        [("layer.2.", "layer.1."), ("layer.3.", "layer.2."), ("layer.5.", "layer.3.")]
      ),
      (
        .distilBERT(width: 12, heads: 2, layers: 6, positions: 9, dropout: 0),
        .distilBERT(width: 12, heads: 2, layers: 3, positions: 9, dropout: 0), Self.tokens,
        (3...5).map { "distilbert.transformer.layer.\($0)" }, []
      ),
      (
        .resnet50(width: 4, blocks: [2, 1, 2, 1]), .resnet50(width: 4, blocks: [2, 1, 1, 1]), side,
        ["layer3.1"], []
      ),
      (
        .resnet18(width: 4, blocks: [1, 2, 2, 1]), .resnet18(width: 4, blocks: [1, 1, 1, 1]), side,
        ["layer3.1", "layer2.1"], []
      ),
    ]
    for (large, small, task, blocks, rename) in pairs {
      let (network, made) = (try Network(large, task), try Network(small, task))
      let compacted = try Compacted(network, withoutBlocks: blocks)
      let cut = try compacted.apply(to: network)
      #expect(cut.declarations.map(\.shape) == made.declarations.map(\.shape), "\(small)")
      #expect(cut.buffers.map(\.shape) == made.buffers.map(\.shape))
      let (parameters, buffers) = numbers(network)
      func renamed(_ set: ParameterSet) -> ParameterSet {
        ParameterSet(
          set.map { name, tensor in
            let pair = rename.first { name.contains($0.0) }
            return (pair.map { name.replacing($0.0, with: $0.1) } ?? name, tensor)
          })
      }
      let (left, leftBuffers) = (compacted.sliced(parameters), compacted.sliced(buffers))
      #expect(cut.fault(inParameters: left) == nil && cut.fault(inBuffers: leftBuffers) == nil)
      for isTraining in [false, true] {
        let found = try logits(cut, left, leftBuffers, isTraining: isTraining)
        #expect(
          try found == logits(made, renamed(left), renamed(leftBuffers), isTraining: isTraining), "\(small)")
        #expect(try found != logits(network, parameters, buffers, isTraining: isTraining))
      }
    }
  }

  @Test func whatHasNoIdentityIsRefused() throws {
    let network = try Network(.resnet([4, 6], blocks: 2), Self.images)
    func refusal(_ network: Network, _ blocks: [String]) -> String {
      do {
        _ = try Compacted(network, withoutBlocks: blocks)
        return ""
      } catch { return "\(error)" }
    }
    #expect(
      refusal(network, ["blocks.0", "blocks.2"]).contains(
        "the block cannot be left out: it has no identity: it makes [4, 8, 8] of each example into [6, 4, 4]")
    )
    #expect(
      refusal(network, ["blocks.4"])
        == "compacted: resnet has no block blocks.4, but blocks.0, blocks.1, blocks.2, blocks.3")
    let plain = try Family.all[0].traced()
    #expect(refusal(plain, ["fc1"]).contains("mlp has no blocks with shortcuts"))
  }

  /// Masks that keep nothing of some parameters.
  private func masks(_ network: Network, without names: [String]) -> MaskSet {
    var masks = MaskSet()
    for declaration in network.declarations {
      let isGone = names.contains(declaration.name)
      let mask =
        isGone
        ? Mask(declaration.shape, [UInt8](repeating: 0, count: declaration.shape.count))
        : Mask(keepingAll: declaration.shape)
      if declaration.isPrunable {
        masks[declaration.name] = mask
      } else if isGone {
        masks.setCompanion(declaration.name, mask)
      }
    }
    return masks
  }

  private static let families: [(model: Model, task: Interface)] =
    PublishedModel.all.map { ($0.small, $0.smallTask) } + Family.all.map { ($0.model, $0.interface) }

  /// A branch that says nothing is cut out: its parameters, its running statistics and its operations.
  @Test(arguments: families.indices) func silentBranchesAreCutOut(index: Int) throws {
    let (model, task) = Self.families[index]
    let network = try Network(model, task)
    let parts = GraphParts(try network.forward(batch: 1, isTraining: false))
    for removed in Set([0, parts.branches.count / 2]) where parts.branches.indices.contains(removed) {
      let part = parts.branches[removed].part
      let masks = masks(network, without: part.parameters)
      let compacted = try Compacted(network, masks: masks)
      #expect(compacted.parts == [part] && compacted.kept.isEmpty)
      let smaller = try compacted.apply(to: network)
      #expect(
        smaller.declarations.map(\.name)
          == network.declarations.map(\.name).filter { !part.parameters.contains($0) })
      #expect(smaller.buffers.count == network.buffers.count - part.states.count)
      let (before, after) = try (
        network.forward(batch: 1, isTraining: false).flops, smaller.forward(batch: 1, isTraining: false).flops
      )
      #expect(after < before)
      let cost = CompactionCost(try network.forward(batch: 1, isTraining: false))
      let paths = try PathProbe(network.forward(batch: 1, isTraining: false)).paths(under: masks)
      #expect(cost.flops(keeping: paths.weights, under: masks) == after)
      let (parameters, buffers) = numbers(network)
      for isTraining in [false, true] {
        let agreement = try compacted.agreement(
          of: network, parameters, buffers, masks: masks, batch: 3, isTraining: isTraining
        ) { ReferenceNumbers.fill(0, task, batch: 3, $0, $1) }
        #expect(agreement?.isHeld ?? isTraining, "\(String(describing: agreement))")
      }
      // One that says something stays.
      let half = self.masks(network, without: Array(part.parameters.dropLast(2)))
      #expect(try Compacted(network, masks: half).parts.isEmpty)
    }
  }

  /// A network without a branch trains as the masked one does, from weights, statistics and moments that are sliced and put back.
  @Test func itTrainsOnWithoutItsBranch() throws {
    for family in Family.all[3...] {
      let network = try family.traced()
      let part = try #require(
        GraphParts(try network.forward(batch: 1, isTraining: false)).branches.last?.part)
      let masks = masks(network, without: part.parameters)
      let compacted = try Compacted(network, masks: masks)
      let smaller = try compacted.apply(to: network)
      let (parameters, buffers) = numbers(network)
      func trainer(_ network: Network, _ state: TrainingState, _ masks: MaskSet?) throws -> Trainer {
        try Trainer(
          network, state, masks: masks, execution: .never, optimizer: family.optimizer, batch: family.batch,
          clipping: family.clipping, seed: 1)
      }
      let whole = try trainer(network, TrainingState(parameters: parameters, buffers: buffers), masks)
      try family.run(whole, steps: 4, rate: 0.004)
      let half = try trainer(smaller, compacted.sliced(whole.state), nil)
      let losses = try [whole, half].map { try family.run($0, steps: 6, rate: 0.004) }
      #expect(zip(losses[0], losses[1]).allSatisfy { abs($0 - $1) <= 1e-4 * abs($0) }, "\(losses)")
      var before = TrainingState(parameters: masks.applied(to: parameters), buffers: buffers)
      before.moments = network.zeroMoments(of: family.optimizer)
      let expanded = compacted.expanded(half.state, into: before)
      #expect(network.fault(inParameters: expanded.parameters) == nil)
      #expect(network.fault(inBuffers: expanded.buffers) == nil)
      #expect(network.fault(inMoments: expanded.moments, of: family.optimizer) == nil)
      for (name, tensor) in whole.parameters {
        let largest = tensor.scalars.reduce(1e-6) { max($0, abs($1)) }
        let found = try #require(expanded.parameters[name]).scalars
        #expect(zip(tensor.scalars, found).allSatisfy { abs($0 - $1) <= 2e-3 * largest }, "\(name)")
      }
      // Again: another branch of what is left, and units beside.
      let left = GraphParts(try smaller.forward(batch: 1, isTraining: false)).branches
      guard let next = left.last?.part else { continue }
      let second = try Compacted(smaller, masks: self.masks(smaller, without: next.parameters))
      #expect(second.parts == [next] && next != part)
      #expect(try second.apply(to: smaller).rewrites.count == 2)
    }
  }
}
