import CoppiceAutodiff

/// Self-attention of several heads on `[batch, time, width]` (Vaswani et al. 2017): one projection to queries, keys and values
/// side by side, scaled dot-product attention, one projection back. Parameters, named as nanoGPT does: `c_attn.weight`
/// `[3 · width, width]`, `c_attn.bias`, `c_proj.weight` `[width, width]`, `c_proj.bias`; both weights are prunable, head h owning
/// rows h · width / heads onwards of each third of `c_attn.weight` and the same columns of `c_proj.weight`.
public struct MultiHeadAttention: Layer {
  /// The number of heads, which divides the width.
  public var heads: Int
  /// Whether each place sees only itself and what came before.
  public var isCausal: Bool

  /// An attention of `heads` heads.
  public init(heads: Int, isCausal: Bool = false) {
    self.heads = heads
    self.isCausal = isCausal
  }

  /// Adds both projections and the attention to the trace.
  public func trace(_ x: Value, _ scope: Scope) -> Value {
    guard let width = x.shape.axes.last, x.shape.rank == 3, heads >= 1, width % heads == 0 else {
      return scope.refuse(
        "attention", "takes [batch, time, width] with a width of \(heads) equal heads, not \(x.shape)")
    }
    let projected = Linear(3 * width)(x, scope["c_attn"])
    return Linear(width)(projected.selfAttention(heads: heads, isCausal: isCausal), scope["c_proj"])
  }
}
