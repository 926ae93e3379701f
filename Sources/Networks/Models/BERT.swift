import CoppiceAutodiff
import CoppiceTensors
import CoppiceTerms

extension Model {
  /// BERT that classifies sequences; by default BERT-base, with a vocabulary of 30,522 tokens 109,482,240 parameters without its
  /// classifier. Devlin et al. 2019; names as in Hugging Face's files. Token, position and segment embeddings, normalised; post-norm
  /// blocks; `pooler`, a linear layer with tanh on the first token; `classifier`.
  ///
  /// All tokens are of the first segment. Padding is attended to like any other token, as the original does without an attention mask.
  ///
  /// - Parameters:
  ///   - width: features of each token.
  ///   - heads: attention heads of each block; divides the width.
  ///   - layers: the number of blocks.
  ///   - feedForward: hidden features of a block's linear part, in widths.
  ///   - positions: rows of the position table, of which a sequence takes as many as it has tokens.
  ///   - dropout: the fraction dropped behind the embedding, each part of a block and the pooler, 0…1; attention weights are not dropped.
  public static func bert(
    width: Int = 768, heads: Int = 12, layers: Int = 12, feedForward: Int = 4, positions: Int = 512,
    dropout: Double = 0.1, initializer: Initializer = .truncatedNormal()
  ) -> Model {
    let encoder = PublishedEncoder(
      width: width, heads: heads, layers: layers, feedForward: feedForward, positions: positions,
      dropout: dropout)
    let names = EncoderBlock.Names(
      query: "attention.self.query", key: "attention.self.key", value: "attention.self.value",
      output: "attention.output.dense", attentionNorm: "attention.output.LayerNorm",
      hidden: "intermediate.dense", contraction: "output.dense", norm: "output.LayerNorm")
    return Model("bert", version: 1, encoder.fields, initializer: initializer) { tokens, interface, scope in
      guard case .sequences = interface else {
        return scope.refuse("bert", interface, needs: "sequences of tokens")
      }
      let part = scope["bert"]
      let embedded = encoder.embedded(tokens, interface, segments: 2, part["embeddings"])
      let x = encoder.encoded(embedded, names, part["encoder"])
      let pooled = Linear(width)(encoder.first(x), part["pooler.dense"]).tanh
      return Linear(interface.classes)(Dropout(dropout)(pooled, part["pooler"]), scope["classifier"])
    }
  }
}

/// What BERT and DistilBERT share.
struct PublishedEncoder: Sendable {
  let width: Int
  let heads: Int
  let layers: Int
  let feedForward: Int
  let positions: Int
  let dropout: Double

  var fields: [(name: String, value: Specification.Value)] {
    [
      ("width", .integer(width)), ("heads", .integer(heads)), ("layers", .integer(layers)),
      ("feed-forward", .integer(feedForward)), ("positions", .integer(positions)),
      ("dropout", .number(dropout)),
    ]
  }

  /// The normalised sum of a row of each table for each token: Int32 `[batch, length]` to `[batch, length, width]`.
  ///
  /// - Parameter segments: rows of the segment table, of which the first is taken; without any there is no table.
  func embedded(_ tokens: Value, _ interface: Interface, segments: Int, _ scope: Scope) -> Value {
    let length = interface.exampleShape[0]
    guard length <= positions else {
      return scope.refuse("position-embedding", "has \(positions) positions, and the data are \(interface)")
    }
    var x = Embedding(interface.vocabulary, width: width)(tokens, scope["word_embeddings"])
    let table = scope["position_embeddings"].parameter("weight", [positions, width], .truncatedNormal())
    x = x + table.sliced(0, 0..<length)
    if segments > 0 {
      let rows = scope["token_type_embeddings"].parameter("weight", [segments, width], .truncatedNormal())
      x = x + rows.sliced(0, 0..<1).mergingAxes(0, count: 2)
    }
    return Dropout(dropout)(LayerNormalization(epsilon: 1e-12)(x, scope["LayerNorm"]), scope)
  }

  /// The blocks `layer.0 …`.
  func encoded(_ x: Value, _ names: EncoderBlock.Names, _ scope: Scope) -> Value {
    let block = EncoderBlock(
      heads: heads, hidden: width.times(feedForward), dropout: dropout, names: names)
    return (0..<max(0, layers)).reduce(x) { block($0, scope["layer.\($1)"]) }
  }

  /// The first token of each sequence: `[batch, length, width]` to `[batch, width]`.
  func first(_ x: Value) -> Value { x.sliced(1, 0..<1).mergingAxes(1, count: 2) }
}

extension Shipped<Model> {
  static let bert: Shipped = .model(
    .bert(), "BERT that classifies sequences, by default BERT-base: 109,482,240 parameters",
    paper: "Devlin et al. 2019"
  ) { fields in
    .bert(
      width: try fields.count("width", default: 768), heads: try fields.count("heads", default: 12),
      layers: try fields.integer("layers", .depth, default: 12),
      feedForward: try fields.count("feed-forward", default: 4),
      positions: try fields.count("positions", default: 512),
      dropout: try fields.number("dropout", in: 0...1, default: 0.1))
  }
}
