import CoppiceTensors

/// A place where a network reads a prunable weight.
public struct Site {
  /// The weight's name: `fc1.weight`.
  public let parameter: String
  /// The weight `[out, in]` or `[out, in / groups, height, width]`.
  public let weight: Value
  /// What is multiplied by the weight: `[…, in]` or `[batch, in, height, width]`.
  public let input: Value
  /// What comes out, with bias and rectifier where the operation has them: `[…, out]` or `[batch, out, height, width]`.
  public let output: Value
  /// The operation itself, to be applied to other arrays of the same types.
  package let primitive: any Primitive
  /// All its inputs in order; the weight is the second.
  package let inputs: [Value]

  package init(
    parameter: String, weight: Value, input: Value, output: Value, primitive: any Primitive, inputs: [Value]
  ) {
    self.parameter = parameter
    self.weight = weight
    self.input = input
    self.output = output
    self.primitive = primitive
    self.inputs = inputs
  }
}

/// A network's loss on a batch while it is traced: what evidence for a criterion is made from.
public struct LossTrace {
  /// The graph being built.
  package let builder: GraphBuilder
  /// One row a label, `[batch · labelsPerExample, classes]`.
  public let logits: Value
  /// Int32 `[batch · labelsPerExample]`; −1 does not count.
  public let labels: Value
  /// The mean loss over the labels that count, a scalar.
  public let loss: Value
  /// Every trained parameter, by name, in order.
  public let weights: [(name: String, value: Value)]
  /// Where the prunable weights are read, in the order of the graph.
  public let sites: [Site]
  /// An array that was computed before, for a parameter, by the name of what computed it.
  package let knownArray: (_ source: String, _ parameter: String, _ shape: Shape) -> Value
  /// The mean loss of other logits with the same labels.
  private let meanLoss: (_ logits: Value) -> Value
  private let axisGroups: () -> [AxisGroup]

  package init(
    builder: GraphBuilder, logits: Value, labels: Value, loss: Value,
    weights: [(name: String, value: Value)], sites: [Site],
    meanLoss: @escaping (_ logits: Value) -> Value, axisGroups: @escaping () -> [AxisGroup],
    knownArray: @escaping (_ source: String, _ parameter: String, _ shape: Shape) -> Value
  ) {
    self.builder = builder
    self.logits = logits
    self.labels = labels
    self.loss = loss
    self.weights = weights
    self.sites = sites
    self.meanLoss = meanLoss
    self.axisGroups = axisGroups
    self.knownArray = knownArray
  }

  /// The prunable weights, in the order of `weights`.
  public var prunable: [(name: String, value: Value)] {
    let read = Set(sites.map(\.parameter))
    return weights.filter { read.contains($0.name) }
  }

  /// Slices of parameters that the graph ties together; asking takes a while.
  public var groups: [AxisGroup] { axisGroups() }

  /// 1 where a weight survives and 0 where it is pruned, for a parameter; 1 everywhere without masks.
  package func survivors(of parameter: String, _ shape: Shape) -> Value {
    builder.input("survivors/\(parameter)", shape)
  }

  /// The mean loss of other logits, with the same labels: of the logits divided by a temperature.
  public func loss(of logits: Value) -> Value { meanLoss(logits) }

  /// The gradients of a scalar with respect to some values; gradients of gradients work.
  public func gradients(of scalar: Value, wrt values: [Value]) -> [Value] {
    builder.gradients(of: scalar, wrt: values)
  }

  /// The gradient of the loss with respect to every trained parameter, by name.
  public var weightGradients: [(name: String, value: Value)] {
    zip(weights, gradients(of: loss, wrt: weights.map(\.value))).map { ($0.name, $1) }
  }
}
