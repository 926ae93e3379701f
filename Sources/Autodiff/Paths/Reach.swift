import CoppiceTensors

/// What is known of the elements of an array when paths are followed through a graph: two Float32 arrays of its shape, whose
/// elements are 0 or counts of what comes together there.
package struct Reach {
  /// Above 0 where the element may be other than 0.
  package var alive: Value
  /// Above 0 where a path from an input of the graph ends; `nil` for an array that no input has a part in.
  package var carried: Value?

  package init(alive: Value, carried: Value? = nil) {
    self.alive = alive
    self.carried = carried
  }

  /// What paths are followed by: where they end, or, in an array that no input has a part in, what may be other than 0.
  var track: Value { carried ?? alive }

  /// The same with another track.
  func tracked(by track: Value) -> Reach {
    carried == nil ? Reach(alive: track) : Reach(alive: alive, carried: track)
  }

  /// Both arrays through an operation that moves elements or adds them up.
  func mapped(_ operation: (Value) -> Value) -> Reach {
    Reach(alive: operation(alive), carried: carried.map(operation))
  }

  /// Every element may be other than 0, and paths end where they end here.
  func filled(of shape: Shape) -> Reach { Reach(alive: alive.builder.constant(1, shape), carried: carried) }
}

extension Reach {
  /// The sum, or any other function of elements at one place that depends on each of them.
  static func joined(_ parts: [Reach]) -> Reach? {
    guard let first = parts.first else { return nil }
    let carried = parts.compactMap(\.carried)
    return Reach(
      alive: parts.dropFirst().reduce(first.alive) { $0 + $1.alive },
      carried: carried.first.map { carried.dropFirst().reduce($0, +) })
  }

  /// A product: it carries what one factor carries where the other may be other than 0.
  static func product(_ a: Reach, _ b: Reach, by operation: (Value, Value) -> Value) -> Reach {
    let carried = [
      a.carried.map { operation($0, b.alive) }, b.carried.map { operation(a.alive, $0) },
    ].compactMap { $0 }
    return Reach(
      alive: operation(a.alive, b.alive),
      carried: carried.count == 2 ? carried[0] + carried[1] : carried.first)
  }

  /// An array of which every element depends on every element of the parts.
  static func mixed(_ parts: [Reach], _ shape: Shape, _ builder: GraphBuilder) -> Reach {
    let sums = parts.compactMap { $0.carried?.sum }
    return Reach(
      alive: builder.constant(1, shape),
      carried: sums.isEmpty ? nil : builder.constant(0, shape) + sums.dropFirst().reduce(sums[0], +))
  }
}

extension Value {
  /// 1 where a count is not 0. Counts are whole numbers to within what a transformed convolution loses to rounding.
  var presence: Value { offset(by: -0.5).step }
}
