import CoppiceAutodiff
import CoppiceTensors

/// An array of a network that is drawn afresh and, as a rule, trained: as it was declared while the model traced.
public struct ParameterDeclaration: Sendable {
  /// PyTorch's name: `fc1.weight`.
  public let name: String
  /// PyTorch's layout: linear `[out, in]`, convolution `[out, in, height, width]`.
  public let shape: Shape
  /// How it is drawn afresh.
  package(set) public var initializer: Initializer
  /// Whether pruning may remove its elements: weights of linear, convolution and attention layers. Biases, normalisation
  /// and embeddings are not prunable.
  package(set) public var isPrunable: Bool
  /// Whether the optimizer moves it.
  package(set) public var isTrained: Bool
  /// How it is trained; `nil` where as the trial says.
  package(set) public var training: LeafTraining?

  package init(
    _ name: String, _ shape: Shape, _ initializer: Initializer, isPrunable: Bool = false,
    isTrained: Bool = true, training: LeafTraining? = nil
  ) {
    self.name = name
    self.shape = shape
    self.initializer = initializer
    self.isPrunable = isPrunable
    self.isTrained = isTrained
    self.training = training
  }
}

/// How one parameter is trained where it has settings of its own: the score of a learned mask, for one.
public struct LeafTraining: Hashable, Sendable {
  /// Its optimizer; `nil` for the trial's.
  public var optimizer: Optimizer?
  /// What its learning rate is, as a multiple of the trial's.
  public var rateFactor: Double

  /// Settings of one parameter.
  public init(optimizer: Optimizer? = nil, rateFactor: Double = 1) {
    self.optimizer = optimizer
    self.rateFactor = rateFactor
  }
}
