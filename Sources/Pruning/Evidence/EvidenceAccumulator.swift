import CoppiceTensors

extension Evidence {
  /// Combines the parts of an evidence, one after the other, in Double precision, and rounds once at the end. Where there is one
  /// part, `sum`, `mean` and `maximum` give it back with its own bits.
  package struct Accumulator: Sendable {
    /// The evidence whose parts these are.
    package let evidence: Evidence
    /// How many parts were taken in.
    package private(set) var parts = 0
    private var arrays: [(name: String, shape: Shape, sums: [Double])] = []

    /// An accumulator without parts.
    package init(_ evidence: Evidence) { self.evidence = evidence }

    /// Takes in the arrays of one part.
    /// - Throws: `PruningError.evidencePart` where they are not named and shaped like those of the part before.
    package mutating func add(_ part: ParameterSet) throws(PruningError) {
      if parts == 0 {
        arrays = part.map { ($0.name, $0.tensor.shape, [Double](repeating: 0, count: $0.tensor.shape.count)) }
      }
      guard part.names == arrays.map(\.name), zip(part, arrays).allSatisfy({ $0.tensor.shape == $1.shape })
      else { throw .evidencePart(parts + 1, evidence: evidence.name) }
      for (index, entry) in part.enumerated() { add(entry.tensor.scalars, to: index) }
      parts += 1
    }

    private mutating func add(_ scalars: [Float], to index: Int) {
      let isFirst = parts == 0
      arrays[index].sums.withUnsafeMutableBufferPointer { sums in
        switch evidence.combine {
        case .sum, .mean:
          // The first part is no addend of +0: that would turn −0 into +0.
          for element in sums.indices {
            sums[element] = isFirst ? Double(scalars[element]) : sums[element] + Double(scalars[element])
          }
        case .sumOfSquares, .meanOfSquares:
          // The square of a Float is exact in Double.
          for element in sums.indices { sums[element] += Double(scalars[element]) * Double(scalars[element]) }
        case .maximum:
          for element in sums.indices {
            let value = Double(scalars[element])
            if isFirst || value > sums[element] || value.isNaN { sums[element] = value }
          }
        }
      }
    }

    /// All parts combined.
    /// - Throws: `PruningError.evidencePart` where there was none.
    package func result() throws(PruningError) -> ParameterSet {
      guard parts > 0 else { throw .evidencePart(0, evidence: evidence.name) }
      let divisor =
        switch evidence.combine {
        case .mean, .meanOfSquares: Double(parts)
        case .sum, .sumOfSquares, .maximum: 1.0
        }
      return ParameterSet(
        arrays.map { name, shape, sums in (name, Tensor(shape, sums.map { Float($0 / divisor) })) })
    }
  }
}
