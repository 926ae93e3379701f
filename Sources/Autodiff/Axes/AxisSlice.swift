/// Some places along one axis of one parameter: rows 3 and 7 of `fc1.weight`.
public struct AxisSlice: Hashable, Sendable {
  /// The parameter's name: `fc1.weight`.
  public let parameter: String
  /// The axis, counted from 0.
  public let axis: Int
  /// The places along it, ascending.
  public let indices: [Int]

  /// The slice at these places.
  public init(_ parameter: String, axis: Int, _ indices: [Int]) {
    self.parameter = parameter
    self.axis = axis
    self.indices = indices
  }
}

/// Slices of parameters that the graph ties together: none can be removed without the others.
public struct AxisGroup: Hashable, Sendable {
  /// The slices, in the order of the parameters, then of the axes.
  public let slices: [AxisSlice]
  /// What primitives call the tie: `head` for what an attention head owns.
  public let labels: Set<String>
  /// Whether the group reaches an input or an output of the network, so that none of it can be removed.
  public let isFixed: Bool

  /// A group of these slices.
  public init(_ slices: [AxisSlice], labels: Set<String> = [], isFixed: Bool = false) {
    self.slices = slices
    self.labels = labels
    self.isFixed = isFixed
  }
}
