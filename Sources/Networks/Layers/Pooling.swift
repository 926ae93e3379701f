import CoppiceAutodiff

/// The greatest element of each square window of `[batch, channels, height, width]`.
public struct MaxPool: Layer {
  /// The side of a window.
  public var side: Int
  /// Places between neighbouring windows.
  public var stride: Int
  /// Rows and columns around each channel that never win, at most half a side.
  public var padding: Int

  /// Windows side by side unless a stride is given.
  public init(_ side: Int, stride: Int? = nil, padding: Int = 0) {
    self.side = side
    self.stride = stride ?? side
    self.padding = padding
  }

  /// Adds the pooling to the trace.
  public func trace(_ x: Value, _ scope: Scope) -> Value {
    x.maxPooled(side, stride: stride, padding: padding)
  }
}

/// The mean of each square window of `[batch, channels, height, width]`; padding counts as zeros.
public struct AveragePool: Layer {
  /// The side of a window.
  public var side: Int
  /// Places between neighbouring windows.
  public var stride: Int
  /// Rows and columns of zeros around each channel, at most half a side.
  public var padding: Int

  /// Windows side by side unless a stride is given.
  public init(_ side: Int, stride: Int? = nil, padding: Int = 0) {
    self.side = side
    self.stride = stride ?? side
    self.padding = padding
  }

  /// Adds the pooling to the trace.
  public func trace(_ x: Value, _ scope: Scope) -> Value {
    x.averagePooled(side, stride: stride, padding: padding)
  }
}

/// The mean of each channel: `[batch, channels, height, width]` to `[batch, channels]`.
public struct GlobalAveragePool: Layer {
  /// The layer; it has no parameters.
  public init() {}

  /// Adds the mean to the trace.
  public func trace(_ x: Value, _ scope: Scope) -> Value {
    guard x.shape.rank == 4 else {
      return scope.refuse("global-average-pool", "takes [batch, channels, height, width], not \(x.shape)")
    }
    return x.globalAveragePooled
  }
}
