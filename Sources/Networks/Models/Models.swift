import CoppiceTerms

extension Model: Catalogued {
  /// Every shipped model with its default parameters: what `coppice list models` prints and `--set model=` takes.
  public static let catalogue = Catalogue<Model>(
    "model",
    [
      .lenet300100,
      .lenet5,
      .conv2,
      .conv4,
      .conv6,
      .resnet20,
      .resnet56,
      .resnet18,
      .resnet50,
      .vgg16,
      .vgg19,
      .mobileNetV2,
      .efficientNetB0,
      .denseNet121,
      .mlp,
      .lenet,
      .conv,
      .resnet,
      .denseNet,
      .vit,
      .encoder,
      .causalTransformer,
      .bert,
      .distilBERT,
    ])
}

extension Shipped<Model> {
  /// A model whose own fields `read` takes out. Every model has the field `initializer` beside them.
  public init(
    _ model: Model, _ summary: String, paper: String? = nil, aliases: [String] = [],
    read: @escaping @Sendable (inout SpecificationReader) throws -> Model
  ) {
    let reading: @Sendable (inout SpecificationReader) throws -> Model = { fields in
      let model = try read(&fields)
      return model.initialized(
        by: try fields.component("initializer", from: Initializer.catalogue, default: model.initializer))
    }
    self.init(reading: reading, model, summary, paper, aliases)
  }

  /// A model that is read as it is, but for its initializer.
  public init(_ model: Model, _ summary: String, paper: String? = nil, aliases: [String] = []) {
    let fields = model.specification.fields.filter { $0.name != "initializer" }
    self.init(model, summary, paper: paper, aliases: aliases) { reader in
      for (name, value) in fields { try reader.require(name, value) }
      return model
    }
  }

  /// A shipped model without fields of its own.
  static func model(_ model: Model, _ summary: String, paper: String? = nil) -> Shipped {
    Shipped(model, summary, paper: paper)
  }

  /// A shipped model whose own fields `read` takes out.
  static func model(
    _ model: Model, _ summary: String, paper: String? = nil,
    read: @escaping @Sendable (inout SpecificationReader) throws -> Model
  ) -> Shipped {
    Shipped(model, summary, paper: paper, read: read)
  }
}
