import CoppiceAutodiff
import CoppiceTerms

extension Model {
  /// A pre-norm transformer that classifies sequences: token and learned position embedding, `layers` blocks, a last
  /// normalisation, the mean over the tokens that are not padding (token 0), and a linear layer `fc`. Padding is left out of the
  /// mean alone: attention sees it as a token like any other, since sequences of a data set have one length and the network can
  /// learn what its embedding means. A sequence of nothing but padding has the mean 0.
  ///
  /// - Parameters:
  ///   - width: features of each token.
  ///   - heads: attention heads of each block; divides the width.
  ///   - layers: the number of blocks.
  ///   - feedForward: hidden features of a block's linear part, in widths.
  ///   - dropout: the fraction dropped behind the embedding and each part of a block, 0…1.
  public static func encoder(
    width: Int = 128, heads: Int = 4, layers: Int = 4, feedForward: Int = 4, dropout: Double = 0,
    initializer: Initializer = .truncatedNormal()
  ) -> Model {
    let body = Transformer(
      width: width, heads: heads, layers: layers, feedForward: feedForward, dropout: dropout, isCausal: false)
    return Model("encoder", version: 1, body.fields, initializer: initializer) { tokens, interface, scope in
      guard case .sequences = interface else {
        return scope.refuse("encoder", interface, needs: "sequences of tokens")
      }
      let x = body.trace(tokens, interface, scope)
      return Linear(interface.classes)(x.meanOfTokens(tokens), scope["fc"])
    }
  }

  /// A pre-norm transformer that predicts the next token (GPT-2's form, Radford et al. 2019): token and learned position
  /// embedding, `layers` causal blocks, a last normalisation, and a linear layer `lm_head` without bias and not tied to the
  /// embedding. Names are nanoGPT's without the leading `transformer.`.
  ///
  /// - Parameters:
  ///   - width: features of each token.
  ///   - heads: attention heads of each block; divides the width.
  ///   - layers: the number of blocks.
  ///   - feedForward: hidden features of a block's linear part, in widths.
  ///   - dropout: the fraction dropped behind the embedding and each part of a block, 0…1; attention weights are not dropped.
  ///   - approximatesGELU: whether blocks have GPT-2's GELU, which is made of a hyperbolic tangent: its published weights were trained so.
  public static func causalTransformer(
    width: Int = 128, heads: Int = 4, layers: Int = 4, feedForward: Int = 4, dropout: Double = 0,
    approximatesGELU: Bool = false, initializer: Initializer = .truncatedNormal()
  ) -> Model {
    let body = Transformer(
      width: width, heads: heads, layers: layers, feedForward: feedForward, dropout: dropout, isCausal: true,
      approximatesGELU: approximatesGELU)
    return Model("causal-transformer", version: 1, body.fields, initializer: initializer) {
      tokens, interface, scope in
      guard case .language = interface else {
        return scope.refuse("causal-transformer", interface, needs: "text whose next token is asked for")
      }
      let x = body.trace(tokens, interface, scope).mergingAxes(0, count: 2)
      return Linear(interface.classes, hasBias: false)(x, scope["lm_head"])
    }
  }
}

/// What both transformers share: embeddings `wte` and `wpe`, blocks `h.0 …`, the last normalisation `ln_f`; from Int32
/// `[batch, length]` to `[batch, length, width]`.
private struct Transformer {
  let width: Int
  let heads: Int
  let layers: Int
  let feedForward: Int
  let dropout: Double
  let isCausal: Bool
  var approximatesGELU = false

  var fields: [(name: String, value: Specification.Value)] {
    [
      ("width", .integer(width)), ("heads", .integer(heads)), ("layers", .integer(layers)),
      ("feed-forward", .integer(feedForward)), ("dropout", .number(dropout)),
    ] + (approximatesGELU ? [("gelu", .text("tanh"))] : [])
  }

  func trace(_ tokens: Value, _ interface: Interface, _ scope: Scope) -> Value {
    let embedded = Embedding(interface.vocabulary, width: width)(tokens, scope["wte"])
    let places = scope["wpe"].parameter("weight", [interface.exampleShape[0], width], .truncatedNormal())
    var x = Dropout(dropout)(embedded + places, scope["wpe"])
    for layer in 0..<max(0, layers) {
      let block = TransformerBlock(
        heads: heads, feedForward: feedForward, dropout: dropout, isCausal: isCausal,
        activation: approximatesGELU ? .geluTanh : .gelu)
      x = block(x, scope["h.\(layer)"])
    }
    return LayerNormalization()(x, scope["ln_f"])
  }
}

extension Value {
  /// The mean of `[batch, length, width]` over the places whose token (Int32 `[batch, length]`) is not 0: `[batch, width]`.
  fileprivate func meanOfTokens(_ tokens: Value) -> Value {
    guard shape.rank == 3 else { return self }
    let length = shape[1]
    let padding = builder.apply(OneHot(classes: 1), tokens).mergingAxes(1, count: 2)
    let counted = padding.scaled(by: -1).offset(by: 1)
    let count = counted.summed(over: 1)
    // At least 1: a sequence without tokens has the mean 0 and not 0 / 0.
    let divisor = count - count.step.offset(by: -1)
    let shares = (counted / divisor.expanded(at: 1, count: length)).splittingAxis(1, into: [1, length])
    return shares.product(self).mergingAxes(1, count: 2)
  }
}

extension Shipped<Model> {
  static let encoder: Shipped = .model(
    .encoder(), "a pre-norm transformer that classifies sequences of tokens", paper: "Vaswani et al. 2017"
  ) { fields in
    .encoder(
      width: try fields.count("width", default: 128), heads: try fields.count("heads", default: 4),
      layers: try fields.integer("layers", .depth, default: 4),
      feedForward: try fields.count("feed-forward", default: 4),
      dropout: try fields.number("dropout", in: 0...1, default: 0))
  }

  static let causalTransformer: Shipped = .model(
    .causalTransformer(), "a pre-norm transformer that predicts the next token",
    paper: "Radford et al. 2019"
  ) { fields in
    .causalTransformer(
      width: try fields.count("width", default: 128), heads: try fields.count("heads", default: 4),
      layers: try fields.integer("layers", .depth, default: 4),
      feedForward: try fields.count("feed-forward", default: 4),
      dropout: try fields.number("dropout", in: 0...1, default: 0),
      approximatesGELU: try fields.take("gelu", "exact or tanh", default: false) { value in
        ["exact": false, "tanh": true][value.description]
      })
  }
}
