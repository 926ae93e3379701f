import CoppiceAutodiff

/// A part of a model: hyper-parameters and the way it traces. Weights live in a `ParameterSet`, never in a layer.
public protocol Layer: Sendable {
  /// Adds the layer's operations to the trace; parameters come from `scope`.
  func trace(_ x: Value, _ scope: Scope) -> Value
}

extension Layer {
  /// Traces the layer under the scope's path, by which errors and profiles name it.
  public func callAsFunction(_ x: Value, _ scope: Scope) -> Value {
    scope.trace.builder.within(scope.path) { trace(x, scope) }
  }
}
