import CoppiceTensors

extension Evidence {
  /// Combines the parts of an evidence, one after the other, in Double precision, and rounds once at the end. Where there is one
  /// part, `sum`, `mean`, `maximum` and `each` give it back with its own bits.
  package struct Accumulator: Sendable {
    /// One array of every part.
    private struct Entry: Sendable {
      let name: String
      let shape: Shape
      /// The first part, as long as there is no second one to be added or compared.
      var first: [Float]?
      var sums: [Double] = []
      /// Parts that are kept as they are, one behind the other: all of them, or those that no product was made of yet.
      var parts: [Float] = []
    }

    /// Products are made of so many parts at once, so that sums are read and written less often. The order of a sum is that of the
    /// parts whatever this is.
    private static let partsAtOnce = 16

    /// The evidence whose parts these are.
    package let evidence: Evidence
    /// How many parts were taken in.
    package private(set) var parts = 0
    private var entries: [Entry] = []

    /// An accumulator without parts.
    package init(_ evidence: Evidence) { self.evidence = evidence }

    /// Takes in the arrays of one part.
    /// - Throws: `PruningError.evidencePart` where they are not named and shaped like those of the part before.
    package mutating func add(_ part: ParameterSet) throws(PruningError) {
      if parts == 0 {
        entries = part.map { name, tensor in
          Entry(name: name, shape: tensor.shape, sums: zeros(tensor.shape.count))
        }
      }
      guard part.names == entries.map(\.name), zip(part, entries).allSatisfy({ $0.tensor.shape == $1.shape })
      else { throw .evidencePart(parts + 1, evidence: evidence.name) }
      for (index, entry) in part.enumerated() { add(entry.tensor.scalars, to: index) }
      parts += 1
    }

    /// What the sums of an array of `count` elements begin at, where that is not its first part.
    private func zeros(_ count: Int) -> [Double] {
      switch evidence.combine {
      case .sum, .mean, .maximum, .each: []
      case .sumOfSquares, .meanOfSquares: [Double](repeating: 0, count: count)
      case .meanOfProducts(let size): [Double](repeating: 0, count: Runs(count, size: size).shape.count)
      }
    }

    private mutating func add(_ scalars: [Float], to index: Int) {
      switch evidence.combine {
      case .each: entries[index].parts += scalars
      case .meanOfProducts:
        entries[index].parts += scalars
        if (parts + 1) % Self.partsAtOnce == 0 { multiply(index) }
      case .sum, .mean:
        // The first part is no addend of +0: that would turn −0 into +0.
        combine(scalars, index) { sum, value in sum += value }
      case .sumOfSquares, .meanOfSquares:
        // The square of a Float is exact in Double.
        entries[index].sums.withUnsafeMutableBufferPointer { sums in
          for element in sums.indices { sums[element] += Double(scalars[element]) * Double(scalars[element]) }
        }
      case .maximum: combine(scalars, index) { if $1 > $0 || $1.isNaN { $0 = $1 } }
      }
    }

    /// Combines an array of a part with those before it, element by element; the first one is kept as it is.
    private mutating func combine(
      _ scalars: [Float], _ index: Int, _ operation: (_ sum: inout Double, _ value: Double) -> Void
    ) {
      guard parts > 0 else {
        entries[index].first = scalars
        return
      }
      if let first = entries[index].first {
        entries[index].sums = first.map(Double.init)
        entries[index].first = nil
      }
      entries[index].sums.withUnsafeMutableBufferPointer { sums in
        for element in sums.indices { operation(&sums[element], Double(scalars[element])) }
      }
    }

    /// Adds the products of the parts that are kept to the sums.
    private mutating func multiply(_ index: Int) {
      guard case .meanOfProducts(let size) = evidence.combine else { return }
      let runs = Runs(entries[index].shape.count, size: size)
      let parts = entries[index].parts
      entries[index].parts.removeAll(keepingCapacity: true)
      entries[index].sums.withUnsafeMutableBufferPointer { sums in
        parts.withUnsafeBufferPointer { runs.addProducts(of: $0, to: sums) }
      }
    }

    /// All parts combined.
    /// - Throws: `PruningError.evidencePart` where there was none.
    package mutating func result() throws(PruningError) -> ParameterSet {
      guard parts > 0 else { throw .evidencePart(0, evidence: evidence.name) }
      for index in entries.indices { multiply(index) }
      return ParameterSet(entries.map { ($0.name, combined($0)) })
    }

    private func combined(_ entry: Entry) -> Tensor {
      if let first = entry.first { return Tensor(entry.shape, first) }
      let count = Double(parts)
      return switch evidence.combine {
      case .each: Tensor(Shape([parts] + entry.shape.axes), entry.parts)
      case .meanOfProducts(let size):
        Tensor(Runs(entry.shape.count, size: size).shape, entry.sums.map { Float($0 / count) })
      case .mean, .meanOfSquares: Tensor(entry.shape, entry.sums.map { Float($0 / count) })
      case .sum, .sumOfSquares, .maximum: Tensor(entry.shape, entry.sums.map { Float($0) })
      }
    }
  }
}
