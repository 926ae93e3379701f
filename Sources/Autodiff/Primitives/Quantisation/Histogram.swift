import CoppiceTensors

/// How many numbers of an array lie in each of equal bins of a range, `[bins]`. Inputs: x, and how far the range reaches below and above
/// 0, `[2]`. What lies outside is counted in the bin at its end; in an empty range all is counted in the first.
package struct Histogram: ZeroGradientPrimitive {
  package static let name = "histogram"

  /// How many bins there are.
  let bins: Int

  package init(bins: Int) { self.bins = bins }

  package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
    guard inputs.count == 2, inputs[0].element == .float32, inputs[1] == ValueType([2]), bins > 0 else {
      throw ShapeError("takes an array and a range [2], not \(inputs.listed)")
    }
    return [ValueType([bins])]
  }

  /// Counts are whole numbers of 32 bits until the end, where they are rounded to a Float.
  package func kernel(for signature: Signature) -> Kernel {
    let count = signature.input(0).count
    return Kernel(scratch: bins) { arguments, _ in
      let (x, range) = (arguments.input(0), arguments.input(1))
      let counts = UnsafeMutableRawPointer(arguments.scratch).assumingMemoryBound(to: UInt32.self)
      counts.update(repeating: 0, count: bins)
      let (below, width, last) = (range[0], range[0] + range[1], Float(bins - 1))
      for place in 0..<count {
        let position = (x[place] + below) / width * Float(bins)
        // In an empty range the position is no number.
        let bin = position > last ? last : position > 0 ? position : 0
        counts[Int(bin)] += 1
      }
      for bin in 0..<bins { arguments.output()[bin] = Float(counts[bin]) }
    }
  }

  package func flops(for signature: Signature) -> Int { 0 }

  package func reference(_ inputs: [ReferenceArray], _ signature: Signature) -> [ReferenceArray] {
    let (below, width) = (inputs[1].scalars[0], inputs[1].scalars[0] + inputs[1].scalars[1])
    var counts = ReferenceArray(repeating: 0, [bins])
    for number in inputs[0].scalars {
      let position = width > 0 ? ((number + below) / width * Double(bins)).rounded(.down) : 0
      counts.scalars[Int(min(Double(bins - 1), max(0, position)))] += 1
    }
    return [counts]
  }

  package static let samples = [
    Sample(Histogram(bins: 7), .uniform([5, 33]), .values([2], [0.75, 1])),
    Sample(Histogram(bins: 16), .within([40], 0...2), .values([2], [0, 1.5])),
    Sample(Histogram(bins: 3), .values([4], [0, 0, 0, 0]), .values([2], [0, 0])),
  ]
}

extension Histogram: AxisTied {
  /// None: every number is counted.
  package func ties(for signature: Signature) -> [AxisTie] { [] }
}
