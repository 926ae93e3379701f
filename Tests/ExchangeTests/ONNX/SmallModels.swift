import CoppiceAutodiff
import CoppiceNetworks
import CoppiceTensors
import Testing

/// A shipped model in a size that tests run, and at full size.
struct SmallModel: Sendable, CustomTestStringConvertible {
  let model: Model
  let interface: Interface
  let full: (model: Model, interface: Interface)

  var testDescription: String { model.name }

  private init(
    _ model: Model, _ interface: Interface, full: Model? = nil, _ whole: Interface? = nil
  ) {
    (self.model, self.interface) = (model, interface)
    self.full = (full ?? model, whole ?? interface)
  }

  private static func images(_ side: Int, _ channels: Int = 3, classes: Int = 5) -> Interface {
    .images([channels, side, side], classes: classes)
  }

  private static let large = images(224, classes: 1_000)
  private static let cifar = images(32, classes: 10)
  private static let tokens = Interface.sequences(length: 7, vocabulary: 17, classes: 3)
  private static let sentences = Interface.sequences(length: 128, vocabulary: 30_522, classes: 2)

  /// One of every name in the catalogue.
  static let all: [SmallModel] = [
    SmallModel(.lenet300100, images(9, 1), full: .lenet300100, images(28, 1, classes: 10)),
    SmallModel(.mlp([7, 5]), images(4, 1)),
    SmallModel(.lenet5, images(28, 1), full: .lenet5, images(28, 1, classes: 10)),
    SmallModel(.lenet([3, 4], hidden: 6), images(28, 1)),
    SmallModel(.conv2, images(8), full: .conv2, cifar), SmallModel(.conv4, images(8), full: .conv4, cifar),
    SmallModel(.conv6, images(8), full: .conv6, cifar),
    SmallModel(.conv([[3, 4], [5]], hidden: [6]), images(8)),
    SmallModel(.resnet20, images(8), full: .resnet20, cifar),
    SmallModel(.resnet56, images(8), full: .resnet56, cifar),
    SmallModel(.resnet([3, 4], blocks: 2), images(8)),
    SmallModel(.resnet18(width: 4, blocks: [1, 2, 1, 1]), images(32), full: .resnet18(), large),
    SmallModel(.resnet50(width: 4, blocks: [2, 1, 1, 1]), images(32), full: .resnet50(), large),
    SmallModel(.vgg16(width: 4, blocks: [1, 2, 2, 1, 1]), images(32), full: .vgg16(), cifar),
    SmallModel(.vgg19(width: 2, blocks: [2, 1, 3, 1, 2]), images(32), full: .vgg19(), cifar),
    SmallModel(.mobileNetV2(width: 0.25), images(32), full: .mobileNetV2(), large),
    SmallModel(.efficientNetB0(width: 0.25, depth: 0.5), images(32), full: .efficientNetB0(), large),
    SmallModel(.denseNet121(growth: 4, blocks: [2, 1, 2, 1]), images(32), full: .denseNet121(), large),
    SmallModel(.denseNet(growth: 3, blocks: [2, 3]), images(8), full: .denseNet(), cifar),
    SmallModel(.vit(width: 12, heads: 3, layers: 2, patch: 4), images(16), full: .vit(), large),
    SmallModel(.encoder(width: 12, heads: 3, layers: 2), tokens, full: .encoder(), sentences),
    SmallModel(
      .causalTransformer(width: 12, heads: 3, layers: 2), .language(length: 6, vocabulary: 11),
      full: .causalTransformer(), .language(length: 64, vocabulary: 65)),
    SmallModel(.bert(width: 12, heads: 3, layers: 2, positions: 9), tokens, full: .bert(), sentences),
    SmallModel(
      .distilBERT(width: 12, heads: 2, layers: 2, positions: 9), tokens, full: .distilBERT(), sentences),
  ]
}

/// A network with numbers in all its arrays, none of them as it begins.
struct DrawnNetwork {
  let network: Network
  let parameters: ParameterSet
  let buffers: ParameterSet

  init(_ model: Model, _ interface: Interface, seed: UInt64 = 3) throws {
    network = try Network(model, interface)
    var random = RandomStream(seed: seed, stream: .generation)
    func moved(_ tensor: Tensor) -> Tensor {
      guard tensor.shape.rank == 1 else { return tensor }
      return Tensor(tensor.shape, tensor.scalars.map { $0 + random.uniform(from: -0.2, to: 0.4) })
    }
    parameters = network.initialParameters(seed: seed).mapValues { moved($0) }
    buffers = network.initialBuffers.mapValues { moved($0) }
  }

  init(_ network: Network, _ parameters: ParameterSet, _ buffers: ParameterSet) {
    (self.network, self.parameters, self.buffers) = (network, parameters, buffers)
  }

  /// Masks that keep about so much of every prunable weight.
  func masks(density: Float, seed: UInt64 = 5) -> MaskSet {
    var random = RandomStream(seed: seed, stream: .mask)
    return MaskSet(
      network.declarations.filter(\.isPrunable).map { declared in
        (
          declared.name,
          Mask(declared.shape, (0..<declared.shape.count).map { _ in random.uniform() < density ? 1 : 0 })
        )
      })
  }

  /// Examples of the task.
  func examples(_ batch: Int, seed: UInt64 = 9) -> RuntimeCheck.Array {
    var random = RandomStream(seed: seed, stream: .generation)
    let shape = Shape([batch] + network.interface.exampleShape.axes)
    switch network.interface {
    case .images:
      return RuntimeCheck.Array(shape, (0..<shape.count).map { _ in random.uniform(from: -1, to: 1) })
    case .sequences(_, let vocabulary, _), .language(_, let vocabulary):
      let tokens = (0..<shape.count).map { _ in Double(random.integer(below: UInt32(vocabulary))) }
      return RuntimeCheck.Array(ValueType(shape, .int32), ReferenceArray(shape, tokens))
    }
  }

  /// The logits of some examples.
  func logits(_ inputs: RuntimeCheck.Array, masks: MaskSet? = nil) throws -> RuntimeCheck.Array {
    let graph = try network.forward(batch: inputs.shape[0], isTraining: false).withoutUpdates.simplified
    let executor = Executor(Plan(graph))
    let parameters = masks?.applied(to: parameters) ?? parameters
    for (name, tensor) in Swift.Array(parameters) + Swift.Array(buffers) where executor.hasLeaf(name) {
      executor.write(name, tensor.scalars)
    }
    executor.write(
      "inputs", ValueType(inputs.shape, network.interface.hasTokens ? .int32 : .float32),
      ReferenceArray(inputs.shape, inputs.data))
    executor.run()
    let logits = executor.output("logits")
    return RuntimeCheck.Array(logits.shape, logits.scalars)
  }

  /// A run of it.
  func run(_ batch: Int, masks: MaskSet? = nil) throws -> RuntimeCheck.Run {
    let inputs = examples(batch)
    return (["inputs": inputs], ["logits": try logits(inputs, masks: masks)])
  }
}
