import CoppiceTensors
import CoppiceTerms

/// How a fresh weight is drawn. Each one stands in Initializers/.
public struct Initializer: Component {
  /// The name, the version and every field of the initializer.
  public let specification: Specification
  private let fill:
    @Sendable (_ fan: Fan, _ random: inout RandomStream, UnsafeMutableBufferPointer<Float>) -> Void

  /// How many connections lead into and out of one unit: for a linear weight `[out, in]` in and out, for a convolution
  /// `[out, in, height, width]` those times height · width.
  public struct Fan: Hashable, Sendable {
    /// Connections into one unit.
    public let incoming: Int
    /// Connections out of one unit.
    public let outgoing: Int

    /// The fan of a weight of this shape; a vector has its length both ways.
    public init(_ shape: Shape) {
      let field = shape.axes.dropFirst(2).product
      incoming = shape.rank >= 2 ? shape[1] * field : shape.count
      outgoing = shape.rank >= 2 ? shape[0] * field : shape.count
    }
  }

  /// An initializer of one's own: `fill` writes every element, drawing from `random` alone.
  public init(
    _ name: String, version: Int? = nil, _ fields: [(name: String, value: Specification.Value)] = [],
    fill: @escaping @Sendable (Fan, inout RandomStream, UnsafeMutableBufferPointer<Float>) -> Void
  ) {
    specification = Specification(name, version: version, fields)
    self.fill = fill
  }

  /// A fresh weight, a function of the seed and the parameter's place alone.
  ///
  /// - Parameter ordinal: the place of the parameter in the model; each has a stream of its own.
  public func tensor(_ shape: Shape, seed: UInt64, ordinal: Int) -> Tensor {
    var random = RandomStream(seed: seed, stream: .initialisation, substream: UInt32(ordinal))
    var tensor = Tensor(repeating: 0, shape)
    tensor.scalars.withUnsafeMutableBufferPointer { fill(Fan(shape), &random, $0) }
    return tensor
  }
}
