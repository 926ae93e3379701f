import CoppiceAutodiff
import CoppiceNetworks
import CoppiceTensors
import Testing

/// Smaller networks beside the masked ones they are made from, and beside networks that were made small.
@Suite struct CompactedTests {
  // MARK: What is removed

  /// The units of a network of which all can go: slices that the graph ties together.
  private func units(_ network: Network) throws -> [[AxisSlice]] {
    try network.forward(batch: 1, isTraining: false).axisGroups().filter { !$0.isFixed }.map(\.slices)
  }

  /// Every third unit.
  private func someUnits(_ network: Network) throws -> [AxisSlice] {
    try units(network).enumerated().filter { $0.offset % 3 == 1 }.flatMap(\.element)
  }

  /// The units that own a slice of a parameter at these places.
  private func units(_ network: Network, _ parameter: String, axis: Int = 0, _ places: [Int]) throws
    -> [AxisSlice]
  {
    try units(network).filter { slices in
      slices.contains {
        $0.parameter == parameter && $0.axis == axis && !Set($0.indices).isDisjoint(with: places)
      }
    }.flatMap(\.self)
  }

  /// Masks of a network without these slices, those of biases, scales and embeddings as companions.
  private func masks(_ network: Network, without slices: [AxisSlice]) -> MaskSet {
    var masks = MaskSet()
    for declaration in network.declarations {
      var mask = Mask(keepingAll: declaration.shape)
      for slice in slices where slice.parameter == declaration.name {
        let inner = declaration.shape.axes[(slice.axis + 1)...].reduce(1, *)
        let extent = declaration.shape[slice.axis]
        for element in mask.bytes.indices where slice.indices.contains(element / inner % extent) {
          mask.bytes[element] = 0
        }
      }
      if declaration.isPrunable {
        masks[declaration.name] = mask
      } else {
        masks.setCompanion(declaration.name, mask)
      }
    }
    return masks
  }

  /// Numbers for every parameter and buffer, none of them 0.
  private func numbers(_ network: Network) -> (parameters: ParameterSet, buffers: ParameterSet) {
    let parameters = ParameterSet(
      ReferenceNumbers.parameters(network).enumerated().map { index, one in
        let noise = ReferenceNumbers.numbers(UInt32(index + 7), one.tensor.scalars.count, scale: 0.2)
        return (one.name, Tensor(one.tensor.shape, zip(one.tensor.scalars, noise).map { $0 + $1 }))
      })
    let buffers = ParameterSet(
      network.buffers.enumerated().map { index, buffer in
        let noise = ReferenceNumbers.numbers(UInt32(index + 70), buffer.shape.count, scale: 0.4)
        return (buffer.name, Tensor(buffer.shape, noise.map { $0 + buffer.initial }))
      })
    return (parameters, buffers)
  }

  private func agreement(
    _ compacted: Compacted, _ network: Network, _ masks: MaskSet, batch: Int, isTraining: Bool
  ) throws -> CompactionAgreement {
    let (parameters, buffers) = numbers(network)
    return try #require(
      try compacted.agreement(
        of: network, parameters, buffers, masks: masks, batch: batch, isTraining: isTraining
      ) { ReferenceNumbers.fill(0, network.interface, batch: batch, $0, $1) })
  }

  private func count(_ network: Network) -> Int { network.declarations.reduce(0) { $0 + $1.shape.count } }

  // MARK: What comes out

  @Test(arguments: Family.all) func logitsAreThoseOfTheMaskedNetwork(family: Family) throws {
    let network = try family.traced()
    let slices = try someUnits(network)
    let masks = masks(network, without: slices)
    let compacted = try Compacted(network, masks: masks)
    #expect(try compacted == Compacted(network, without: slices))
    let smaller = try compacted.apply(to: network)
    #expect(count(smaller) < count(network) * 3 / 4 && smaller.rewrites.count == 1)
    for isTraining in [false, true] {
      let agreement = try agreement(
        compacted, network, masks, batch: family.batch, isTraining: isTraining)
      #expect(agreement.isHeld && agreement.largest > 0.01, "\(agreement)")
      // Nothing agrees that is another network.
      let whole = try self.agreement(
        compacted, network, network.fullMasks, batch: family.batch, isTraining: isTraining)
      #expect(!whole.isHeld && whole.ratio > 1e-2, "\(whole)")
    }
  }

  @Test func resNet20WithoutAChannelOfItsStem() throws {
    let network = try Network(.resnet20, .images([3, 32, 32], classes: 10))
    let slices = try units(network, "conv.weight", [5])
    let smaller = try Compacted(network, without: slices).apply(to: network)
    #expect(count(network) == 272_474 && count(smaller) == 271_255)
    let masks = masks(network, without: slices)
    for isTraining in [false, true] {
      let compacted = try Compacted(network, masks: masks)
      #expect(try agreement(compacted, network, masks, batch: 2, isTraining: isTraining).isHeld)
    }
  }

  @Test func leNet5WithoutAFilter() throws {
    let network = try Network(.lenet5, .images([1, 28, 28], classes: 10))
    let slices = try units(network, "conv2.weight", [11])
    let compacted = try Compacted(network, without: slices)
    #expect(try count(network) == 431_080 && count(compacted.apply(to: network)) == 422_579)
    let masks = masks(network, without: slices)
    #expect(try agreement(compacted, network, masks, batch: 2, isTraining: false).isHeld)
  }

  @Test func anEncoderWithoutAHead() throws {
    let network = try Network(
      .encoder(width: 64, heads: 4, layers: 2), .sequences(length: 6, vocabulary: 11, classes: 3))
    let slices = try units(network, "h.1.attn.c_proj.weight", axis: 1, [20])
    let compacted = try Compacted(network, without: slices)
    let smaller = try compacted.apply(to: network)
    #expect(count(network) - count(smaller) == 4_144)
    #expect(
      try smaller.forward(batch: 1, isTraining: false).nodes.compactMap {
        ($0.primitive as? Attention)?.heads
      }
        == [4, 3])
    let masks = masks(network, without: slices)
    #expect(try agreement(compacted, network, masks, batch: 3, isTraining: true).isHeld)
  }

  // MARK: What says nothing

  /// Rows and biases go, and columns that read them only multiply zeros.
  @Test func columnsOfZerosNeedNoMask() throws {
    let network = try Family.all[1].traced()
    var masks = network.fullMasks
    for (weight, bias, row) in [("conv2.weight", "conv2.bias", 1), ("fc1.weight", "fc1.bias", 4)] {
      let length = try #require(masks[weight]).count / #require(masks[weight]).shape[0]
      for element in (row * length)..<((row + 1) * length) { masks[weight]?.bytes[element] = 0 }
      var companion = Mask(keepingAll: [try #require(masks[weight]).shape[0]])
      companion.bytes[row] = 0
      masks.setCompanion(bias, companion)
    }
    let compacted = try Compacted(network, masks: masks)
    let expected = try Compacted(
      network, without: units(network, "conv2.weight", [1]) + units(network, "fc1.weight", [4]))
    #expect(compacted == expected)
    #expect(try agreement(compacted, network, masks, batch: 4, isTraining: false).isHeld)
  }

  /// A unit whose bias stays is a constant, and what only reads constants is one too.
  @Test func aConstantSaysSomething() throws {
    let network = try Family.all[0].traced()
    var masks = network.fullMasks
    let width = try #require(masks["fc1.weight"]).shape[1]
    for element in 0..<width { masks["fc1.weight"]?.bytes[element] = 0 }
    #expect(try Compacted(network, masks: masks).isEmpty)
    // Unit 3 of the second layer reads unit 0 of the first alone, and has no bias.
    let columns = try #require(masks["fc2.weight"]).shape[1]
    for column in 1..<columns { masks["fc2.weight"]?.bytes[3 * columns + column] = 0 }
    var bias = Mask(keepingAll: [try #require(masks["fc2.weight"]).shape[0]])
    bias.bytes[3] = 0
    masks.setCompanion("fc2.bias", bias)
    #expect(try Compacted(network, masks: masks).isEmpty)
    // Without its bias the first says nothing, and so neither does the second.
    var first = Mask(keepingAll: [columns])
    first.bytes[0] = 0
    masks.setCompanion("fc1.bias", first)
    let compacted = try Compacted(network, masks: masks)
    #expect(
      try compacted
        == Compacted(network, without: units(network, "fc1.weight", [0]) + units(network, "fc2.weight", [3])))
    #expect(try agreement(compacted, network, masks, batch: 4, isTraining: false).isHeld)
  }

  /// A mask of a weight without some places along an axis.
  private func drop(_ places: [Int], axis: Int, of name: String, in masks: inout MaskSet) throws {
    let shape = try #require(masks[name]).shape
    let inner = shape.axes[(axis + 1)...].reduce(1, *)
    for element in 0..<shape.count where places.contains(element / inner % shape[axis]) {
      masks[name]?.bytes[element] = 0
    }
  }

  /// A unit that no weight reads goes, however alive what makes it is, and with it what only it reads.
  @Test func whatNobodyReadsGoes() throws {
    let network = try Family.all[0].traced()
    var masks = network.fullMasks
    try drop([3], axis: 1, of: "fc2.weight", in: &masks)
    try drop([5], axis: 1, of: "fc3.weight", in: &masks)
    // Unit 7 of the first layer is read by unit 5 of the second alone.
    let columns = try #require(masks["fc2.weight"]).shape[1]
    for row in 0..<12 where row != 5 { masks["fc2.weight"]?.bytes[row * columns + 7] = 0 }
    let compacted = try Compacted(network, masks: masks)
    #expect(
      try compacted
        == Compacted(
          network, without: units(network, "fc1.weight", [3, 7]) + units(network, "fc2.weight", [5])))
    #expect(try agreement(compacted, network, masks, batch: 4, isTraining: false).isHeld)
  }

  /// The same of channels behind a normalisation of each by itself.
  @Test func whatNoFilterReadsGoes() throws {
    let network = try Family.all[3].traced()
    var masks = network.fullMasks
    try drop([2], axis: 1, of: "blocks.0.conv2.weight", in: &masks)
    let compacted = try Compacted(network, masks: masks)
    #expect(
      try compacted == Compacted(network, without: units(network, "blocks.0.conv1.weight", [2])))
    for isTraining in [false, true] {
      #expect(try agreement(compacted, network, masks, batch: 4, isTraining: isTraining).isHeld)
    }
    // A channel of a stream is read by whatever reads the stream.
    var stream = network.fullMasks
    for name in ["blocks.0.conv1.weight", "blocks.1.conv1.weight"] {
      try drop([1], axis: 1, of: name, in: &stream)
    }
    #expect(try Compacted(network, masks: stream).isEmpty)
    try drop([1], axis: 1, of: "blocks.1.shortcut.0.weight", in: &stream)
    let narrower = try Compacted(network, masks: stream)
    #expect(try narrower == Compacted(network, without: units(network, "conv.weight", [1])))
    #expect(try agreement(narrower, network, stream, batch: 4, isTraining: true).isHeld)
  }

  /// A normalisation across features reads each of them: its mean and variance are those of all.
  @Test func aNormalisationAcrossFeaturesReadsThem() throws {
    let network = try Family.all[4].traced()
    var masks = network.fullMasks
    for name in ["h.0.attn.c_attn.weight", "h.0.mlp.c_fc.weight", "fc.weight"] {
      try drop([3], axis: 1, of: name, in: &masks)
    }
    #expect(try Compacted(network, masks: masks).isEmpty)
    // A head that nobody reads goes.
    try drop([4, 5, 6, 7], axis: 1, of: "h.0.attn.c_proj.weight", in: &masks)
    let compacted = try Compacted(network, masks: masks)
    #expect(
      try compacted == Compacted(network, without: units(network, "h.0.attn.c_proj.weight", axis: 1, [4])))
    #expect(try agreement(compacted, network, masks, batch: 4, isTraining: true).isHeld)
  }

  @Test func ofAnEmptiedLayerOnePlaceStays() throws {
    let network = try Family.all[3].traced()
    let slices = try units(network, "blocks.0.conv1.weight", [0, 1, 2, 3])
    let masks = masks(network, without: slices)
    let compacted = try Compacted(network, masks: masks)
    let smaller = try compacted.apply(to: network)
    #expect(smaller.declarations.first { $0.name == "blocks.0.conv1.weight" }?.shape == [1, 4, 3, 3])
    #expect(try agreement(compacted, network, masks, batch: 4, isTraining: true).isHeld)
  }

  @Test func whatCannotGoIsRefused() throws {
    let network = try Family.all[0].traced()
    func refusal(_ slices: [AxisSlice]) -> String {
      do {
        _ = try Compacted(network, without: slices)
        return ""
      } catch { return "\(error)" }
    }
    #expect(
      refusal([AxisSlice("fc3.weight", axis: 0, [2])])
        == "compacted: place 2 along axis 0 of fc3.weight cannot be removed")
    #expect(refusal([AxisSlice("fc9.weight", axis: 0, [2])]) == "compacted: there is no axis 0 of fc9.weight")
    #expect(
      refusal([AxisSlice("fc1.weight", axis: 0, Array(0..<16))])
        == "compacted: nothing would be left of an axis")
    // Half of what goes together.
    let half = KeptAxes([.init("fc1.weight", axis: 0, of: 16, Array(1..<16))])
    #expect(throws: TraceError.self) { try Compacted(half).apply(to: network) }
    let other = KeptAxes([.init("fc1.weight", axis: 0, of: 15, Array(1..<15))])
    #expect(throws: TraceError.self) { try Compacted(other).apply(to: network) }
  }

  // MARK: A network like any other

  /// Everything of two plans that decides what runs and where its arrays lie.
  private func isSame(_ a: Graph, _ b: Graph) -> Bool {
    let (first, second) = (Plan(a.simplified), Plan(b.simplified))
    return first.graph.description == second.graph.description && first.leafSize == second.leafSize
      && first.arenaSize == second.arenaSize && first.scratch == second.scratch
      && first.locations == second.locations && first.steps.map(\.operands) == second.steps.map(\.operands)
      && first.steps.map(\.work) == second.steps.map(\.work)
  }

  @Test func plansAreThoseOfNetworksMadeSmall() throws {
    let images = Interface.images([2, 16, 16], classes: 4)
    let tokens = Interface.sequences(length: 5, vocabulary: 9, classes: 3)
    let pairs: [(large: Model, small: Model, task: Interface, removed: [(String, [Int])])] = [
      (.mlp([9, 7]), .mlp([6, 5]), images, [("fc1.weight", [0, 4, 8]), ("fc2.weight", [1, 2])]),
      (
        .lenet([6, 8], hidden: 10), .lenet([5, 6], hidden: 7), images,
        [("conv1.weight", [2]), ("conv2.weight", [0, 7]), ("fc1.weight", [3, 4, 5])]
      ),
      (
        .resnet([4, 6], blocks: 1), .resnet([3, 4], blocks: 1), images,
        [
          ("conv.weight", [1]), ("blocks.0.conv1.weight", [3]), ("blocks.1.conv1.weight", [0, 5]),
          ("blocks.1.conv2.weight", [2, 3]),
        ]
      ),
      (
        .encoder(width: 8, heads: 2, layers: 1, feedForward: 3),
        .encoder(width: 8, heads: 2, layers: 1, feedForward: 2), tokens,
        [("h.0.mlp.c_fc.weight", [0, 1, 2, 9, 10, 11, 22, 23])]
      ),
    ]
    for pair in pairs {
      let network = try Network(pair.large, pair.task)
      let slices = try pair.removed.flatMap { try units(network, $0, $1) }
      let smaller = try Compacted(network, without: slices).apply(to: network)
      let made = try Network(pair.small, pair.task)
      #expect(smaller.declarations.map(\.shape) == made.declarations.map(\.shape))
      #expect(smaller.buffers.map(\.shape) == made.buffers.map(\.shape))
      #expect(try isSame(smaller.evaluationGraph(batch: 3), made.evaluationGraph(batch: 3)), "\(pair.small)")
      let steps = try [smaller, made, network].map {
        try $0.trainingGraph(batch: 3, optimizer: .sgd(momentum: 0.9), masked: ["fc3.weight"])
      }
      #expect(isSame(steps[0], steps[1]) && !isSame(steps[0], steps[2]), "\(pair.small)")
    }
  }

  /// Families that are made in other sizes, at a large and at a small one.
  private static let sizes: [(large: Model, small: Model, task: Interface)] = {
    let (small, large) = (
      Interface.images([3, 16, 16], classes: 4), Interface.images([3, 32, 32], classes: 5)
    )
    let tokens = Interface.sequences(length: 7, vocabulary: 17, classes: 3)
    func bert(_ hidden: Int) -> Model {
      .bert(width: 12, heads: 3, layers: 2, feedForward: hidden, positions: 9)
    }
    func distilBERT(_ hidden: Int) -> Model {
      .distilBERT(width: 12, heads: 2, layers: 2, feedForward: hidden, positions: 9)
    }
    func vit(_ hidden: Int) -> Model {
      .vit(width: 12, heads: 3, layers: 2, feedForward: hidden, patch: 4)
    }
    func causal(_ hidden: Int) -> Model {
      .causalTransformer(width: 8, heads: 2, layers: 2, feedForward: hidden)
    }
    return [
      (.conv([[4, 6], [5]], hidden: [8]), .conv([[3, 4], [5]], hidden: [5]), small),
      (.vgg16(width: 4, blocks: [1, 2, 1, 1, 1]), .vgg16(width: 2, blocks: [1, 2, 1, 1, 1]), large),
      (.vgg19(width: 4, blocks: [2, 1, 1]), .vgg19(width: 3, blocks: [2, 1, 1]), large),
      (.resnet([4, 6, 9], blocks: 2), .resnet([2, 5, 6], blocks: 2), small),
      (.resnet18(width: 4, blocks: [2, 1, 1, 1]), .resnet18(width: 3, blocks: [2, 1, 1, 1]), large),
      (.resnet50(width: 4, blocks: [2, 1, 1, 1]), .resnet50(width: 2, blocks: [2, 1, 1, 1]), large),
      (.mobileNetV2(depth: 0.5), .mobileNetV2(width: 0.5, depth: 0.5), large),
      (.efficientNetB0(depth: 0.5), .efficientNetB0(width: 0.5, depth: 0.5), large),
      (.denseNet(growth: 4, blocks: [2, 2]), .denseNet(growth: 2, blocks: [2, 2]), small),
      (.denseNet121(growth: 4, blocks: [2, 1]), .denseNet121(growth: 2, blocks: [2, 1]), large),
      (vit(4), vit(3), small), (bert(4), bert(2), tokens), (distilBERT(4), distilBERT(1), tokens),
      (causal(4), causal(2), .language(length: 6, vocabulary: 9)),
    ]
  }()

  /// Of every family as many units go as the smaller model has fewer: then its plan is that of the smaller model.
  @Test(arguments: sizes.indices) func plansAreThoseOfSmallerModels(index: Int) throws {
    let (large, small, task) = Self.sizes[index]
    let (network, made) = (try Network(large, task), try Network(small, task))
    let shapes = Dictionary(
      uniqueKeysWithValues: zip(network.declarations, made.declarations).map {
        ($0.name, ($0.shape, $1.shape))
      })
    var families: [(parts: [AxisSlice], units: [[AxisSlice]])] = []
    for unit in try units(network) {
      let parts = unit.map { AxisSlice($0.parameter, axis: $0.axis, [$0.indices.count]) }
      if let place = families.firstIndex(where: { $0.parts == parts }) {
        families[place].units.append(unit)
      } else {
        families.append((parts, [unit]))
      }
    }
    var removed: [AxisSlice] = []
    for (parts, units) in families {
      // What makes the units has a row for each, and nothing else.
      let maker = parts.first { part in
        shapes[part.parameter].map { $0.0[part.axis] == part.indices[0] * units.count } ?? false
      }
      guard let maker, let (_, after) = shapes[maker.parameter] else { continue }
      removed += units.dropFirst(after[maker.axis] / maker.indices[0]).flatMap(\.self)
    }
    let smaller = try Compacted(network, without: removed).apply(to: network)
    #expect(smaller.declarations.map(\.shape) == made.declarations.map(\.shape))
    #expect(smaller.buffers.map(\.shape) == made.buffers.map(\.shape))
    #expect(try isSame(smaller.evaluationGraph(batch: 3), made.evaluationGraph(batch: 3)))
    let steps = try [smaller, made, network].map {
      try $0.trainingGraph(batch: 3, optimizer: .sgd(momentum: 0.9), masked: [])
    }
    #expect(isSame(steps[0], steps[1]) && !isSame(steps[0], steps[2]))
  }

  /// Steps of the masked network and of the compacted one, which begins in the middle with what is left of weights, running
  /// statistics and moments.
  @Test(arguments: Family.all) func itTrainsOn(family: Family) throws {
    let network = try family.traced()
    let slices = try someUnits(network)
    let masks = masks(network, without: slices)
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
    #expect(half.step == 4 && half.state.moments.names == whole.state.moments.names)
    let losses = try [whole, half].map { try family.run($0, steps: 6, rate: 0.004) }
    #expect(zip(losses[0], losses[1]).allSatisfy { abs($0 - $1) <= 1e-4 * abs($0) }, "\(losses)")
    // Nothing has become other than 0 where it was removed.
    let found = compacted.expanded(half.parameters, into: masks.applied(to: parameters))
    for (name, tensor) in whole.parameters {
      let largest = tensor.scalars.reduce(0) { max($0, abs($1)) }
      for (a, b) in zip(tensor.scalars, try #require(found[name]).scalars) {
        #expect(abs(a - b) <= 2e-3 * largest, "\(name)")
      }
    }
    #expect(
      zip(half.parameters, compacted.sliced(whole.parameters)).allSatisfy {
        $0.tensor.shape == $1.tensor.shape
      })
  }

  @Test(arguments: Family.all) func itIsCompactedAgain(family: Family) throws {
    let network = try family.traced()
    let some = try units(network).enumerated().filter { $0.offset % 5 == 1 }.flatMap(\.element)
    let first = try Compacted(network, without: some)
    let smaller = try first.apply(to: network)
    // The same units by their places in the smaller network: those that are left after every third has gone as well.
    let all = masks(network, without: some + (try someUnits(network)))
    let second = try Compacted(smaller, masks: first.sliced(all))
    let twice = try second.apply(to: smaller)
    let atOnce = try Compacted(network, masks: all)
    let once = try atOnce.apply(to: network)
    #expect(twice.rewrites.count == 2 && count(twice) < count(smaller))
    #expect(
      try twice.forward(batch: 2, isTraining: true).description
        == once.forward(batch: 2, isTraining: true).description)
    let (parameters, buffers) = numbers(network)
    #expect(
      second.sliced(first.sliced(parameters)).hasSameBits(as: atOnce.sliced(parameters))
        && second.sliced(first.sliced(buffers)).hasSameBits(as: atOnce.sliced(buffers)))
    #expect(second.sliced(first.sliced(all)) == atOnce.sliced(all) && atOnce.sliced(all).sparsity == 0)
  }

  @Test func itsSpecificationSaysWhatIsKept() throws {
    let network = try Family.all[0].traced()
    let compacted = try Compacted(
      network, without: units(network, "fc2.weight", [0, 1, 2, 3, 4, 5, 6, 7, 8]))
    #expect(
      compacted.specification.description
        == "compacted(kept: [[fc2.weight, 0, 12, [9, 10, 11]], [fc2.bias, 0, 12, [9, 10, 11]], "
        + "[fc3.weight, 1, 12, [9, 10, 11]]])")
  }
}
