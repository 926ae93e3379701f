/// The loss of a network whose layers are pruned one at a time.
public struct LayerSensitivity: Hashable, Sendable {
  /// The sparsities of a layer at which the loss is measured: 0, 0.1, …, 0.9, 0.95, 0.98, 0.99, 1.
  public static let levels = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 1]

  /// The loss of every layer at every level, in the order of the layers.
  public struct Layer: Hashable, Sendable {
    /// The name of the parameter.
    public let name: String
    /// The mean loss at each level, the first one that of the network as it is.
    public let losses: [Double]

    /// A layer with these losses.
    public init(_ name: String, losses: [Double]) { (self.name, self.losses) = (name, losses) }
  }

  /// The sparsities, ascending from 0 to 1.
  public let levels: [Double]
  /// The layers in order.
  public let layers: [Layer]

  /// The losses of some layers at these levels.
  public init(levels: [Double] = Self.levels, layers: [Layer]) {
    (self.levels, self.layers) = (levels, layers)
  }

  /// The losses of one layer.
  public func losses(of name: String) -> [Double]? { layers.first { $0.name == name }?.losses }
}
