import CoppiceAutodiff

/// A transformer block of the encoders published in Hugging Face's form, on `[batch, time, width]`: attention with a projection each for
/// queries, keys and values, and two linear layers with a GELU between them (the exact form). With the normalisations before both,
/// `y = x + attention(norm(x))`, `y + mlp(norm(y))` (ViT); behind the sums, `y = norm(x + attention(x))`, `norm(y + mlp(y))` (BERT).
public struct EncoderBlock: Layer {
  /// What the parts of a block are called.
  public struct Names: Hashable, Sendable {
    /// The projection to queries.
    public var query: String
    /// The projection to keys.
    public var key: String
    /// The projection to values.
    public var value: String
    /// The projection back.
    public var output: String
    /// The normalisation of the attention.
    public var attentionNorm: String
    /// The linear layer to hidden features.
    public var hidden: String
    /// The linear layer back.
    public var contraction: String
    /// The normalisation of the linear layers.
    public var norm: String
  }

  /// The number of attention heads, which divides the width.
  public var heads: Int
  /// Hidden features of the linear part.
  public var hidden: Int
  /// The fraction of each part's output that is dropped while training, 0…1.
  public var dropout: Double
  /// Whether the normalisations stand before both parts, and not behind the sums.
  public var isPreNorm: Bool
  /// What its parts are called.
  public var names: Names

  /// A block of `heads` heads and `hidden` hidden features.
  public init(heads: Int, hidden: Int, dropout: Double = 0, isPreNorm: Bool = false, names: Names) {
    self.heads = heads
    self.hidden = hidden
    self.dropout = dropout
    self.isPreNorm = isPreNorm
    self.names = names
  }

  /// Adds both parts to the trace.
  public func trace(_ x: Value, _ scope: Scope) -> Value {
    guard let width = x.shape.axes.last, x.shape.rank == 3, heads >= 1, width % heads == 0 else {
      return scope.refuse(
        "encoder-block", "takes [batch, time, width] with a width of \(heads) equal heads, not \(x.shape)")
    }
    func normalized(_ x: Value, _ name: String) -> Value {
      LayerNormalization(epsilon: 1e-12)(x, scope[name])
    }
    func added(_ x: Value, _ name: String, _ part: (Value) -> Value) -> Value {
      let y = x + Dropout(dropout)(part(isPreNorm ? normalized(x, name) : x), scope[name])
      return isPreNorm ? y : normalized(y, name)
    }
    let y = added(x, names.attentionNorm) { x in
      let projected = [names.query, names.key, names.value].map { Linear(width)(x, scope[$0]) }
      return Linear(width)(
        projected[0].attention(to: projected[1], projected[2], heads: heads), scope[names.output])
    }
    return added(y, names.norm) { y in
      Linear(width)(Linear(hidden)(y, scope[names.hidden]).gelu, scope[names.contraction])
    }
  }
}
