import CoppiceTensors

/// 1 at the largest elements of some arrays together, else 0, with the gradient of the identity (straight through). Inputs: the
/// arrays, and behind them Int32 `[1]`, how many are kept. Outputs: one array for each, of its shape. Of equal elements that are
/// not all kept, the first ones go, in the order of arrays and indices.
package struct KeepLargest: SurrogatePrimitive {
  package static let name = "keep-largest"

  package init() {}

  package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
    let arrays = inputs.dropLast()
    guard !arrays.isEmpty, arrays.allSatisfy({ $0.element == .float32 }),
      inputs.last == ValueType([1], .int32)
    else { throw ShapeError("takes arrays and a number int32[1], not \(inputs.listed)") }
    return Array(arrays)
  }

  /// Three counting passes over eleven bits of a key each find the last one that goes; a fourth writes in order.
  package func kernel(for signature: Signature) -> Kernel {
    let counts = signature.outputs.map(\.shape.count)
    let total = counts.reduce(0, +)
    return Kernel(scratch: 2_048) { arguments, _ in
      let kept = Int(arguments.integers(counts.count)[0])
      let removed = min(max(0, total - kept), total)
      let buckets = UnsafeMutableRawPointer(arguments.scratch).assumingMemoryBound(to: UInt32.self)
      // The bits of the key that are known, and how many elements go that have just these.
      var (known, mask, open) = (UInt32(0), UInt32(0), removed)
      for (shift, width) in [(21, 11), (10, 11), (0, 10)] as [(UInt32, UInt32)] where removed > 0 {
        buckets.update(repeating: 0, count: 1 << Int(width))
        let digits = UInt32(1) << width - 1
        for (array, count) in counts.enumerated() {
          let scores = arguments.input(array)
          for index in 0..<count {
            let key = Self.key(scores[index])
            if key & mask == known { buckets[Int(key >> shift & digits)] += 1 }
          }
        }
        var digit = 0
        while open > Int(buckets[digit]) {
          open -= Int(buckets[digit])
          digit += 1
        }
        known |= UInt32(digit) << shift
        mask |= digits << shift
      }
      for (array, count) in counts.enumerated() {
        let (scores, gates) = (arguments.input(array), arguments.output(array))
        for index in 0..<count {
          let key = Self.key(scores[index])
          if removed == 0 || key > known {
            gates[index] = 1
          } else if key == known, open == 0 {
            gates[index] = 1
          } else {
            if key == known { open -= 1 }
            gates[index] = 0
          }
        }
      }
    }
  }

  package func flops(for signature: Signature) -> Int { 0 }

  package func surrogate(_ inputs: [Value]) -> [Value] { Array(inputs.dropLast()) }

  package func reference(_ inputs: [ReferenceArray], _ signature: Signature) -> [ReferenceArray] {
    let all = inputs.dropLast().flatMap(\.scalars)
    let kept = min(max(0, Int(inputs.last?.scalars.first ?? 0)), all.count)
    var gates = [Double](repeating: 0, count: all.count)
    for index in all.indices.sorted(by: { (all[$0], $0) > (all[$1], $1) }).prefix(kept) { gates[index] = 1 }
    var start = 0
    return inputs.dropLast().map { array in
      defer { start += array.shape.count }
      return ReferenceArray(array.shape, Array(gates[start..<(start + array.shape.count)]))
    }
  }

  /// The order of floats as the order of unsigned integers; −0 equals +0.
  @inline(__always)
  private static func key(_ score: Float) -> UInt32 {
    let bits = (score == 0 ? 0 : score).bitPattern
    return bits & 0x8000_0000 == 0 ? bits | 0x8000_0000 : ~bits
  }

  package static let samples = [
    Sample(KeepLargest(), .uniform([5, 33]), .indices([1], [40])),
    Sample(KeepLargest(), .uniform([5, 33]), .uniform([7]), .indices([1], [9])),
    Sample(KeepLargest(), .values([6], [0, 1, -0.0, 1, 1, -2]), .values([2], [1, 0]), .indices([1], [3])),
    Sample(KeepLargest(), .uniform([4]), .indices([1], [4])),
    Sample(KeepLargest(), .uniform([4]), .indices([1], [0])),
  ]
}
