import CoppiceAutodiff

/// Which attention heads some weights belong to, told by the groups of the graph that are labelled `head`. The heads of one attention
/// share an array, which is declared beside the first of its weights.
struct HeadPlaces {
  /// The heads of one weight.
  struct Place {
    /// The first weight of the same attention, by its place.
    let owner: Int
    /// How many heads the attention has.
    let count: Int
    /// For each axis along which heads own parts, the head of every place, from 0; -1 where no head has it.
    let heads: [(axis: Int, heads: [Int])]
  }

  private let places: [Place?]

  /// The heads among these groups.
  ///
  /// - Parameters:
  ///   - groups: the groups of the graph.
  ///   - weights: the weights that are pruned, with their shapes, in the order of the network.
  init(_ groups: [AxisGroup], among weights: [(name: String, axes: [Int])]) {
    let heads = groups.filter { $0.labels.contains("head") && !$0.isFixed }
    let own = weights.map { weight in
      heads.indices.filter { heads[$0].slices.contains { $0.parameter == weight.name } }
    }
    places = weights.enumerated().map { place, weight in
      guard let first = own[place].first else { return nil }
      var found: [(axis: Int, heads: [Int])] = []
      for (number, head) in own[place].enumerated() {
        for slice in heads[head].slices where slice.parameter == weight.name {
          let at: Int
          if let known = found.firstIndex(where: { $0.axis == slice.axis }) {
            at = known
          } else {
            at = found.count
            found.append((slice.axis, [Int](repeating: -1, count: weight.axes[slice.axis])))
          }
          for index in slice.indices { found[at].heads[index] = number }
        }
      }
      return Place(
        owner: own.firstIndex { $0.contains(first) } ?? place, count: own[place].count, heads: found)
    }
  }

  /// The heads of a weight by its place; `nil` where it belongs to none.
  subscript(place: Int) -> Place? { places.indices.contains(place) ? places[place] : nil }
}

extension HeadPlaces.Place {
  /// An array `[heads]` repeated to the weight's shape: 1 where no head has the place.
  func spread(_ array: Value, to axes: [Int]) -> Value {
    let one = array.builder.constant(1)
    let parts = heads.map { axis, heads in
      // Runs of places of one head.
      var runs: [(head: Int, count: Int)] = []
      for head in heads {
        if runs.last?.head == head { runs[runs.count - 1].count += 1 } else { runs.append((head, 1)) }
      }
      let pieces = runs.map { head, count in
        (head < 0 ? one : array.sliced(0, head..<(head + 1)).sum).expanded(at: 0, count: count)
      }
      let whole = pieces.dropFirst().reduce(pieces[0]) { $0.concatenated(with: $1, axis: 0) }
      // In front of its axis, then behind it.
      let front = (0..<axis).reversed().reduce(whole) { $0.expanded(at: 0, count: axes[$1]) }
      return ((axis + 1)..<axes.count).reduce(front) { $0.expanded(at: $1, count: axes[$1]) }
    }
    return parts.dropFirst().reduce(parts[0], *)
  }
}
