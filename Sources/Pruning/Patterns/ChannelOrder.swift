import CoppiceTensors

/// The order of a layer's input channels in which groups of M keep more than they do in the network's own.
package struct ChannelOrder: Hashable, Sendable {
  /// The name of the parameter.
  package let layer: String
  /// The channels in their order: consecutive M of them are a group.
  package let channels: [Int]
  /// Σ of the scores that groups keep in the network's own order, and in this one.
  package let before: Double
  package let after: Double
}

/// The search for an order by swaps: of every two groups the pair of channels whose exchange raises the kept score most is
/// exchanged, group after group, until a pass finds none or the passes are used up. J. Pool, C. Yu, NeurIPS 2021, begin with the same swaps.
///
/// What a group keeps with channel x in the place of i is Σ (Sᵢ + max(x, tᵢ)) over rows and places, where Sᵢ is the sum of the N − 1
/// highest of the others and tᵢ the next one: so a pair costs one pass over two columns.
struct ChannelOrderSearch {
  /// How often all pairs of groups are looked at.
  static let passes = 10

  private let kept: Int
  private let size: Int
  /// Rows times places of a kernel.
  private let height: Int
  /// The scores, one column a channel `[in, out · height · width]`.
  private let columns: [Float]
  /// The channel in every place.
  private var order: [Int]
  /// tᵢ of the channel in every place, a column each.
  private var thresholds: [Float]
  /// Σ Sᵢ of the channel in every place.
  private var bases: [Double]
  /// What every group keeps.
  private var values: [Double]

  /// A search over a weight `[out, in, …]` of which N of every M inputs are kept, 1 ≤ N < M.
  init(_ pattern: GroupPattern, scores: [Float], shape: Shape) {
    (kept, size) = (pattern.kept, pattern.size)
    let (rows, channels) = (shape[0], shape[1])
    let area = shape.axes.dropFirst(2).reduce(1, *)
    height = rows * area
    var columns = [Float](repeating: 0, count: scores.count)
    for row in 0..<rows {
      for channel in 0..<channels {
        for place in 0..<area {
          columns[channel * rows * area + row * area + place] =
            scores[
              (row * channels + channel) * area + place]
        }
      }
    }
    self.columns = columns
    order = Array(0..<channels)
    thresholds = [Float](repeating: 0, count: scores.count)
    bases = [Double](repeating: 0, count: channels)
    values = [Double](repeating: 0, count: channels / pattern.size)
    for group in values.indices { weigh(group) }
  }

  /// The order that is found.
  mutating func order(of layer: String) -> ChannelOrder {
    let before = values.reduce(0, +)
    // Rounding must not keep two channels going back and forth.
    let least = 1e-9 * values.reduce(0) { $0 + $1.magnitude } / Double(max(1, values.count))
    for _ in 0..<Self.passes {
      var isDone = true
      for one in values.indices {
        for other in values.indices where other > one {
          if exchange(one, other, least) { isDone = false }
        }
      }
      if isDone { break }
    }
    return ChannelOrder(layer: layer, channels: order, before: before, after: values.reduce(0, +))
  }

  /// Exchanges the best pair of two groups, if one raises what they keep.
  private mutating func exchange(_ one: Int, _ other: Int, _ least: Double) -> Bool {
    var (best, pair) = (least, (-1, -1))
    for i in (one * size)..<((one + 1) * size) {
      for j in (other * size)..<((other + 1) * size) {
        let gain =
          bases[i] + joined(order[j], i) + bases[j] + joined(order[i], j) - values[one] - values[other]
        if gain > best { (best, pair) = (gain, (i, j)) }
      }
    }
    guard pair.0 >= 0 else { return false }
    order.swapAt(pair.0, pair.1)
    weigh(one)
    weigh(other)
    return true
  }

  /// Σ max(x, t) of the column of a channel and the thresholds of a place.
  private func joined(_ channel: Int, _ place: Int) -> Double {
    columns.withUnsafeBufferPointer { columns in
      thresholds.withUnsafeBufferPointer { thresholds in
        var sum = 0.0
        let (x, t) = (channel * height, place * height)
        for index in 0..<height { sum += Double(max(columns[x + index], thresholds[t + index])) }
        return sum
      }
    }
  }

  /// Notes what a group keeps, and what it would keep without each of its channels.
  private mutating func weigh(_ group: Int) {
    let places = (group * size)..<((group + 1) * size)
    for place in places { bases[place] = 0 }
    values[group] = 0
    var ranked: [(score: Float, place: Int)] = []
    for index in 0..<height {
      ranked.removeAll(keepingCapacity: true)
      for place in places { ranked.append((columns[order[place] * height + index], place)) }
      ranked.sort { $0.score == $1.score ? $0.place < $1.place : $0.score > $1.score }
      let highest = ranked.prefix(kept).reduce(0.0) { $0 + Double($1.score) }
      values[group] += highest
      for (rank, entry) in ranked.enumerated() {
        // Without one of the N highest the next one moves up and is the threshold; without another one the N-th is.
        let last = rank < kept ? rank : kept - 1
        bases[entry.place] += highest - Double(ranked[last].score)
        thresholds[entry.place * height + index] = ranked[rank < kept ? kept : kept - 1].score
      }
    }
  }
}
