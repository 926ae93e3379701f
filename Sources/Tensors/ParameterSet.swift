import OrderedCollections

/// Named arrays in a fixed order: weights, gradients, scores, optimizer moments. Names and layouts are PyTorch's
/// (`fc1.weight`, linear `[out, in]`, convolution `[out, in, height, width]`), so that files travel.
public struct ParameterSet: Hashable, Sendable {
  private var tensors: OrderedDictionary<String, Tensor>

  /// An empty set.
  public init() { tensors = [:] }

  /// A set of these arrays; the last one wins where a name comes twice.
  public init(_ pairs: [(name: String, tensor: Tensor)]) {
    tensors = [:]
    for pair in pairs { tensors[pair.name] = pair.tensor }
  }

  /// The names in order.
  public var names: [String] { Array(tensors.keys) }

  /// The number of arrays.
  public var count: Int { tensors.count }

  /// The array of that name, if there is one; setting one of a new name appends it.
  public subscript(name: String) -> Tensor? {
    get { tensors[name] }
    set { tensors[name] = newValue }
  }

  /// The arrays made anew, under the same names.
  public func mapValues<Failure: Error>(
    _ transform: (Tensor) throws(Failure) -> Tensor
  ) throws(Failure) -> ParameterSet {
    var result = ParameterSet()
    for (name, tensor) in tensors { result.tensors[name] = try transform(tensor) }
    return result
  }

  /// Equal names in equal order, equal shapes, equal bits.
  package func hasSameBits(as other: ParameterSet) -> Bool {
    names == other.names && zip(tensors.values, other.tensors.values).allSatisfy { $0.hasSameBits(as: $1) }
  }
}

extension ParameterSet: Sequence {
  /// The arrays with their names, in order.
  public func makeIterator() -> AnyIterator<(name: String, tensor: Tensor)> {
    var iterator = tensors.makeIterator()
    return AnyIterator { iterator.next().map { (name: $0.key, tensor: $0.value) } }
  }
}
