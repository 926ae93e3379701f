import CoppiceAutodiff
import CoppiceTensors
import CoppiceTerms

extension Model {
  /// A vision transformer; by default ViT-S/16, 22,050,664 parameters on ImageNet's 224×224. Dosovitskiy et al. 2021; Touvron et al. 2021
  /// for the small size; names as in Hugging Face's files. Patches of the image, projected; a class token before them; learned position
  /// embeddings; pre-norm blocks; a last normalisation; `classifier` on the class token.
  ///
  /// - Parameters:
  ///   - width: features of each token; 768 for ViT-B.
  ///   - heads: attention heads of each block; divides the width.
  ///   - layers: the number of blocks.
  ///   - feedForward: hidden features of a block's linear part, in widths.
  ///   - patch: the side of a patch, which divides those of the image.
  ///   - dropout: the fraction dropped behind the embedding and each part of a block, 0…1.
  public static func vit(
    width: Int = 384, heads: Int = 6, layers: Int = 12, feedForward: Int = 4, patch: Int = 16,
    dropout: Double = 0, initializer: Initializer = .truncatedNormal()
  ) -> Model {
    let fields: [(name: String, value: Specification.Value)] = [
      ("width", .integer(width)), ("heads", .integer(heads)), ("layers", .integer(layers)),
      ("feed-forward", .integer(feedForward)), ("patch", .integer(patch)), ("dropout", .number(dropout)),
    ]
    let block = EncoderBlock(
      heads: heads, hidden: width.times(feedForward), dropout: dropout, isPreNorm: true,
      names: .init(
        query: "attention.attention.query", key: "attention.attention.key",
        value: "attention.attention.value",
        output: "attention.output.dense", attentionNorm: "layernorm_before", hidden: "intermediate.dense",
        contraction: "output.dense", norm: "layernorm_after"))
    return Model("vit", version: 1, fields, initializer: initializer) { input, interface, scope in
      guard case .images(let shape, let classes) = interface, shape.rank == 3 else {
        return scope.refuse("vit", interface, needs: "images")
      }
      guard patch >= 1, shape[1] % patch == 0, shape[2] % patch == 0 else {
        return scope.refuse("vit", "takes images whose sides are multiples of \(patch), not \(interface)")
      }
      let part = scope["vit"], embeddings = part["embeddings"]
      let patches = Convolution(width, kernel: patch, stride: patch)(
        input, embeddings["patch_embeddings.projection"])
      let rows = patches.flattened(from: 2).transposed([0, 2, 1])
      let token = embeddings.parameter("cls_token", [1, 1, width], .truncatedNormal()).flattened
      let tokens = token.expanded(at: 0, count: 1).expanded(at: 0, count: input.shape[0])
      let length = 1 + (shape[1] / patch) * (shape[2] / patch)
      let places = embeddings.parameter("position_embeddings", [1, length, width], .truncatedNormal())
      var x = tokens.concatenated(with: rows, axis: 1) + places.mergingAxes(0, count: 2)
      x = Dropout(dropout)(x, embeddings)
      for layer in 0..<max(0, layers) { x = block(x, part["encoder.layer.\(layer)"]) }
      x = LayerNormalization(epsilon: 1e-12)(x, part["layernorm"])
      return Linear(classes)(x.sliced(1, 0..<1).mergingAxes(1, count: 2), scope["classifier"])
    }
  }
}

extension Shipped<Model> {
  static let vit: Shipped = .model(
    .vit(), "a vision transformer, by default ViT-S/16 for ImageNet: 22,050,664 parameters",
    paper: "Dosovitskiy et al. 2021"
  ) { fields in
    .vit(
      width: try fields.count("width", default: 384), heads: try fields.count("heads", default: 6),
      layers: try fields.integer("layers", .depth, default: 12),
      feedForward: try fields.count("feed-forward", default: 4),
      patch: try fields.count("patch", default: 16),
      dropout: try fields.number("dropout", in: 0...1, default: 0))
  }
}
