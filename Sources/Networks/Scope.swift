import CoppiceAutodiff
import CoppiceTensors

/// Where a layer stands in a model while it is traced: gives it its parameters and its name.
public struct Scope {
  let trace: ModelTrace
  /// The path of the part of the model being traced: `blocks.0.conv1`.
  public let path: String

  /// Whether the trace is of a training step (dropout, batch statistics) or of an evaluation.
  public var isTraining: Bool { trace.isTraining }

  /// The scope of a part of this one.
  public subscript(_ name: String) -> Scope {
    Scope(trace: trace, path: path.isEmpty ? name : "\(path).\(name)")
  }

  /// A trained array of this layer. Without an initializer, the model's own for weights.
  ///
  /// - Parameters:
  ///   - isPrunable: whether pruning may remove its elements.
  ///   - isTrained: whether the optimizer moves it.
  ///   - training: how it is trained; `nil` where as the trial says.
  public func parameter(
    _ name: String, _ shape: Shape, _ initializer: Initializer? = nil, isPrunable: Bool = false,
    isTrained: Bool = true, training: LeafTraining? = nil
  ) -> Value {
    let full = self[name].path
    guard isPossible(shape, of: full, "parameter") else { return trace.builder.poison[0] }
    trace.declare(
      ParameterDeclaration(
        full, shape, initializer ?? trace.weightInitializer, isPrunable: isPrunable, isTrained: isTrained,
        training: training))
    return trace.builder.parameter(full, shape)
  }

  /// An array kept from step to step that is not trained, as running statistics are. A training step says with
  /// `update(_:with:)` what follows it; an evaluation reads it as the training has left it.
  public func state(_ name: String, _ shape: Shape, initial: Float) -> Value {
    let full = self[name].path
    guard isPossible(shape, of: full, "state") else { return trace.builder.poison[0] }
    trace.keep(full, shape, initial: initial)
    return trace.builder.state(full, shape, initial: initial)
  }

  /// Lets a state take a new value, of the same shape, at the end of each training step. In an evaluation it does nothing.
  public func update(_ state: Value, with value: Value) {
    if isTraining { trace.builder.within(path) { trace.builder.update(state, with: value.detached) } }
  }

  /// The number `value` in every element of `shape`.
  public func constant(_ value: Float, _ shape: Shape = .scalar) -> Value {
    guard isPossible(shape, of: path, "constant") else { return trace.builder.poison[0] }
    return trace.builder.constant(value, shape)
  }

  /// Whether an array can have this shape; where not, the trace fails.
  private func isPossible(_ shape: Shape, of name: String, _ kind: String) -> Bool {
    let problem: String? =
      if !shape.axes.allSatisfy({ $0 > 0 }) {
        "every extent must be at least 1"
      } else if shape.count > GraphBuilder.mostElements { "more elements than fit in memory" } else { nil }
    guard let problem else { return true }
    trace.builder.within(path) {
      trace.builder.fail(kind, "\(name) would have the shape \(shape): \(problem)")
    }
    return false
  }

  /// Says what is wrong with this part of the model; the trace ends with the first such `TraceError`. Gives a value to return.
  ///
  /// - Parameter part: the layer or model that objects.
  public func refuse(_ part: String, _ problem: String) -> Value {
    trace.builder.within(path) { trace.builder.fail(part, problem) }
    return trace.builder.poison[0]
  }

  /// Says that a model cannot do a task; the trace ends with a `TraceError`.
  func refuse(_ model: String, _ interface: Interface, needs: String) -> Value {
    refuse(model, "takes \(needs), and the data are \(interface)")
  }

  /// The random key of dropout, int32 `[4]`: seed and step, written before each step.
  var dropoutKey: Value { trace.builder.input("dropout_key", [4], .int32) }

  /// A number of its own for each layer that draws random numbers while training.
  func nextRandomOrdinal() -> Int {
    defer { trace.randomOrdinals += 1 }
    return trace.randomOrdinals
  }
}

/// What a model's trace has collected.
final class ModelTrace {
  let builder: GraphBuilder
  let isTraining: Bool
  let weightInitializer: Initializer
  private(set) var declarations: [ParameterDeclaration] = []
  private(set) var states: [(name: String, shape: Shape, initial: Float)] = []
  private var names: Set<String> = []
  var randomOrdinals = 0

  init(_ builder: GraphBuilder, isTraining: Bool, weightInitializer: Initializer) {
    self.builder = builder
    self.isTraining = isTraining
    self.weightInitializer = weightInitializer
  }

  // A layer that is traced twice under one name is one layer in two places: it has its parameters and states once.

  func declare(_ parameter: ParameterDeclaration) {
    if names.insert(parameter.name).inserted { declarations.append(parameter) }
  }

  func keep(_ state: String, _ shape: Shape, initial: Float) {
    if names.insert(state).inserted { states.append((state, shape, initial)) }
  }
}
