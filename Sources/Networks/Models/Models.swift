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
      .mlp,
      .lenet,
      .conv,
      .resnet,
      .encoder,
      .causalTransformer,
    ])
}

extension Shipped<Model> {
  /// A model without fields of its own. Every model has the field `initializer`.
  static func model(_ model: Model, _ summary: String, paper: String? = nil) -> Shipped {
    self.model(model, summary, paper: paper) { _ in model }
  }

  /// A model whose own fields `read` takes out. Every model has the field `initializer`.
  static func model(
    _ model: Model, _ summary: String, paper: String? = nil,
    read: @escaping @Sendable (inout SpecificationReader) throws -> Model
  ) -> Shipped {
    Shipped(model, summary, paper: paper) { fields in
      let model = try read(&fields)
      return model.initialized(
        by: try fields.component("initializer", from: Initializer.catalogue, default: model.initializer))
    }
  }
}
