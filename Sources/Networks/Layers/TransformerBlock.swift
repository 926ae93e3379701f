import CoppiceAutodiff

/// A pre-norm transformer block on `[batch, time, width]`: `x + attention(norm(x))`, then `x + mlp(norm(x))` with a GELU between
/// the two linear layers (Xiong et al. 2020; Radford et al. 2019). Parts, named as nanoGPT does: `ln_1`, `attn`, `ln_2`,
/// `mlp.c_fc`, `mlp.c_proj`.
public struct TransformerBlock: Layer {
  /// The number of attention heads, which divides the width.
  public var heads: Int
  /// Hidden features of the linear part, in widths.
  public var feedForward: Int
  /// The fraction of each part's output that is dropped while training, 0…1.
  public var dropout: Double
  /// Whether each place sees only itself and what came before.
  public var isCausal: Bool
  /// What stands between the two linear layers.
  public var activation: Activation

  /// A block of `heads` heads.
  public init(
    heads: Int, feedForward: Int = 4, dropout: Double = 0, isCausal: Bool = false,
    activation: Activation = .gelu
  ) {
    self.heads = heads
    self.feedForward = feedForward
    self.dropout = dropout
    self.isCausal = isCausal
    self.activation = activation
  }

  /// Adds both parts to the trace.
  public func trace(_ x: Value, _ scope: Scope) -> Value {
    guard let width = x.shape.axes.last else {
      return scope.refuse("transformer-block", "takes [batch, time, width], not a single number")
    }
    guard (1...1_000_000).contains(feedForward) else {
      return scope.refuse("transformer-block", "takes 1 width of hidden features or more, not \(feedForward)")
    }
    let attention = MultiHeadAttention(heads: heads, isCausal: isCausal)
    let attended = attention(LayerNormalization()(x, scope["ln_1"]), scope["attn"])
    let y = x + Dropout(dropout)(attended, scope["attn"])
    let hidden = activation(
      Linear(feedForward * width)(LayerNormalization()(y, scope["ln_2"]), scope["mlp.c_fc"]))
    return y + Dropout(dropout)(Linear(width)(hidden, scope["mlp.c_proj"]), scope["mlp"])
  }
}
