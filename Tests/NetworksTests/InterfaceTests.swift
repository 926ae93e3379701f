import CoppiceAutodiff
import CoppiceNetworks
import CoppiceTensors
import Testing

/// A model and a task that do not go together end in an error that says so.
@Suite struct InterfaceTests {
  private func failure(_ model: Model, _ interface: Interface) -> String? {
    do {
      _ = try Network(model, interface)
      return nil
    } catch {
      return "\(error)"
    }
  }

  static let images = Interface.images([1, 28, 28], classes: 10)
  static let sequences = Interface.sequences(length: 48, vocabulary: 100, classes: 2)
  static let text = Interface.language(length: 64, vocabulary: 65)

  @Test func tokensForAPerceptron() {
    #expect(
      failure(.lenet300100, Self.sequences)
        == "lenet-300-100: takes arrays of numbers, and the data are sequences of 48 tokens below 100, of 2 classes"
    )
  }

  @Test func imagesForATransformer() {
    #expect(
      failure(.encoder(), Self.images)
        == "encoder: takes sequences of tokens, and the data are images [1, 28, 28] of 10 classes")
    #expect(
      failure(.causalTransformer(), Self.sequences)
        == "causal-transformer: takes text whose next token is asked for, and the data are sequences of 48 tokens "
        + "below 100, of 2 classes")
  }

  @Test func everyModelRefusesTheOtherTasks() {
    for model in Model.all {
      // Five maxima or patches of 16 want more than 28 places.
      let images = PublishedModel.named(model.name) == nil ? Self.images : .images([3, 32, 32], classes: 10)
      let fitting = [images, Self.sequences, Self.text].filter { failure(model, $0) == nil }
      #expect(fitting.count == 1, "\(model.name)")
    }
  }

  @Test func imagesTooSmall() throws {
    let message = try #require(failure(.lenet5, .images([1, 4, 4], classes: 10)))
    #expect(message.hasPrefix("convolution in conv1: "))
    #expect(message.contains("[1, 1, 4, 4]") && message.contains("[20, 1, 5, 5]"))
    let pooled = try #require(failure(.conv6, .images([3, 4, 4], classes: 10)))
    #expect(pooled.hasPrefix("max-pool in conv6: ") && pooled.contains("[1, 256, 1, 1]"))
  }

  @Test func vectorsForAConvolution() throws {
    let message = try #require(failure(.resnet20, .images([784], classes: 10)))
    #expect(
      message
        == "convolution in conv: takes [batch, channels, height, width] in 1 group or more, not [1, 784] in 1"
    )
  }

  @Test func headsThatDoNotDivideTheWidth() {
    #expect(
      failure(.encoder(width: 10, heads: 3), Self.sequences)
        == "attention in h.0.attn: takes [batch, time, width] with a width of 3 equal heads, not [1, 48, 10]")
  }

  @Test func extentsOfNothing() {
    #expect(
      failure(.mlp([-3]), Self.images)
        == "parameter in fc1: fc1.weight would have the shape [-3, 784]: every extent must be at least 1")
    #expect(failure(.mlp([0]), Self.images)?.hasPrefix("parameter in fc1: ") == true)
    #expect(failure(.resnet([], blocks: 1), Self.images)?.contains("at least one width") == true)
    #expect(failure(.encoder(width: 0), Self.sequences) != nil)
    #expect(failure(.encoder(heads: 0), Self.sequences) != nil)
    #expect(failure(.encoder(feedForward: 0), Self.sequences) != nil)
    #expect(failure(.lenet300100, .images([1, 28, 28], classes: 0)) != nil)
    #expect(failure(.causalTransformer(), .language(length: 0, vocabulary: 65)) != nil)
    #expect(failure(.encoder(dropout: 1.5), Self.sequences)?.hasPrefix("dropout in wpe: ") == true)
  }

  @Test func aBatchOfNothing() throws {
    let model = try Network(.lenet300100, Self.images)
    #expect(throws: TraceError.self) { try model.evaluationGraph(batch: 0) }
    #expect(throws: TraceError.self) {
      try model.trainingGraph(batch: -1, optimizer: .sgd(), masked: [])
    }
  }

  @Test func aModelOfOnesOwnWithTheWrongLogits() {
    let model = Model("own", initializer: .glorotNormal) { input, _, scope in
      Linear(7)(input.flattened(from: 1), scope["fc"])
    }
    #expect(
      failure(model, Self.images) == "own: gives logits of shape [1, 7] where the task needs [1, 10]")
    #expect(model.specification.version == nil)
  }

  @Test func logitsAndLabels() {
    #expect(Self.images.labelsPerExample == 1 && Self.images.classes == 10 && !Self.images.hasTokens)
    #expect(Self.sequences.labelsPerExample == 1 && Self.sequences.classes == 2 && Self.sequences.hasTokens)
    #expect(Self.text.labelsPerExample == 64 && Self.text.classes == 65 && Self.text.exampleShape == [64])
    #expect(Self.text.specification.isVersioned)
  }
}
