import CoppiceAutodiff
import CoppiceTerms

extension Model {
  /// DistilBERT that classifies sequences: BERT with half the layers, without segments and without a pooler; with a vocabulary of 30,522
  /// tokens 66,362,880 parameters without its head. Sanh et al. 2019; names as in Hugging Face's files. The head is a linear layer
  /// `pre_classifier` with ReLU on the first token, and `classifier`. Padding is attended to like any other token.
  ///
  /// - Parameters:
  ///   - width: features of each token.
  ///   - heads: attention heads of each block; divides the width.
  ///   - layers: the number of blocks.
  ///   - feedForward: hidden features of a block's linear part, in widths.
  ///   - positions: rows of the position table, of which a sequence takes as many as it has tokens.
  ///   - dropout: the fraction dropped behind the embedding, each part of a block and the head's first layer, 0…1; attention weights are
  ///     not dropped.
  public static func distilBERT(
    width: Int = 768, heads: Int = 12, layers: Int = 6, feedForward: Int = 4, positions: Int = 512,
    dropout: Double = 0.1, initializer: Initializer = .truncatedNormal()
  ) -> Model {
    let encoder = PublishedEncoder(
      width: width, heads: heads, layers: layers, feedForward: feedForward, positions: positions,
      dropout: dropout)
    let names = EncoderBlock.Names(
      query: "attention.q_lin", key: "attention.k_lin", value: "attention.v_lin",
      output: "attention.out_lin", attentionNorm: "sa_layer_norm", hidden: "ffn.lin1",
      contraction: "ffn.lin2", norm: "output_layer_norm")
    return Model("distilbert", version: 1, encoder.fields, initializer: initializer) {
      tokens, interface, scope in
      guard case .sequences = interface else {
        return scope.refuse("distilbert", interface, needs: "sequences of tokens")
      }
      let part = scope["distilbert"]
      let embedded = encoder.embedded(tokens, interface, segments: 0, part["embeddings"])
      let x = encoder.encoded(embedded, names, part["transformer"])
      let hidden = Linear(width, rectifies: true)(encoder.first(x), scope["pre_classifier"])
      return Linear(interface.classes)(Dropout(dropout)(hidden, scope["pre_classifier"]), scope["classifier"])
    }
  }
}

extension Shipped<Model> {
  static let distilBERT: Shipped = .model(
    .distilBERT(), "DistilBERT that classifies sequences: 66,362,880 parameters", paper: "Sanh et al. 2019"
  ) { fields in
    .distilBERT(
      width: try fields.count("width", default: 768), heads: try fields.count("heads", default: 12),
      layers: try fields.integer("layers", .depth, default: 6),
      feedForward: try fields.count("feed-forward", default: 4),
      positions: try fields.count("positions", default: 512),
      dropout: try fields.number("dropout", in: 0...1, default: 0.1))
  }
}
