import CKernels
import CoppiceTensors

/// Random numbers, uniform in (0, 1) without its ends: `(k + ½) · 2⁻²³` with the upper 23 bits k of a word. The input is the key,
/// Int32 `[4]`: the seed's low and high word, the step's low and high word. Each step draws from its own 2³⁴ places of the stream
/// `gates` with the ordinal as substream, as dropout does from its own stream.
package struct UniformNoise: ZeroGradientPrimitive {
  package static let name = "uniform-noise"
  package let shape: Shape
  /// Which noise of the network this is.
  package let ordinal: UInt32

  package init(_ shape: Shape, ordinal: UInt32) {
    self.shape = shape
    self.ordinal = ordinal
  }

  package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
    guard inputs == [ValueType([4], .int32)] else {
      throw ShapeError("takes a key int32[4], not \(inputs.listed)")
    }
    return [ValueType(shape)]
  }

  package func kernel(for signature: Signature) -> Kernel {
    let (ordinal, stream) = (ordinal, RandomStreamKind.gates.rawValue)
    return Kernel(units: shape.count) { arguments, range in
      let key = RandomKey(arguments.integers(0))
      ck_uniform(
        range.count, key.seed, stream, ordinal, key.step << 34 + UInt64(range.lowerBound),
        arguments.output() + range.lowerBound)
    }
  }

  package func flops(for signature: Signature) -> Int { 0 }

  package func reference(_ inputs: [ReferenceArray], _ signature: Signature) -> [ReferenceArray] {
    let key = inputs[0].scalars.map { Int32($0) }.withUnsafeBufferPointer { words in
      words.baseAddress.map(RandomKey.init) ?? RandomKey(seed: 0, step: 0)
    }
    var random = RandomStream(
      seed: key.seed, stream: .gates, substream: ordinal, block: (key.step << 34) >> 2)
    return [
      ReferenceArray(shape, (0..<shape.count).map { _ in (Double(random.next() >> 9) + 0.5) * 0x1p-23 })
    ]
  }

  package static let samples = [
    Sample(UniformNoise([7, 31], ordinal: 0), .indices([4], [1, 2, 3, 0])),
    Sample(UniformNoise([3, 5, 9], ordinal: 5), .indices([4], [-1, 2, -3, 1])),
  ]
}

/// The key of random numbers that change from step to step.
private struct RandomKey {
  let seed: UInt64
  let step: UInt64

  init(seed: UInt64, step: UInt64) { (self.seed, self.step) = (seed, step) }

  init(_ words: UnsafePointer<Int32>) {
    func word(_ low: Int32, _ high: Int32) -> UInt64 {
      UInt64(UInt32(bitPattern: low)) | UInt64(UInt32(bitPattern: high)) << 32
    }
    self.init(seed: word(words[0], words[1]), step: word(words[2], words[3]))
  }
}
