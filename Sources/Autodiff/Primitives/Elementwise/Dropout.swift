import CKernels
import CoppiceTensors

/// Dropout (Srivastava et al. 2014), inverted: `y = uniform < rate ? 0 : x / (1 − rate)`. The second input is the key, Int32
/// `[4]`: the seed's low and high word, the step's low and high word. Each step draws from its own 2³⁴ places of the stream
/// `dropout` with the layer's ordinal as substream, so that nothing depends on the size of earlier batches.
package struct Dropout: Primitive {
  package static let name = "dropout"
  package let rate: Float
  /// Which dropout of the model this is, in the order of the trace.
  package let ordinal: UInt32

  package init(rate: Float, ordinal: UInt32) {
    self.rate = rate
    self.ordinal = ordinal
  }

  package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
    guard inputs.count == 2, inputs[0].element == .float32, inputs[1] == ValueType([4], .int32),
      (0...1).contains(rate)
    else {
      throw ShapeError(
        "takes an array and a key int32[4], and a rate in 0…1, not \(inputs.listed) and \(rate)")
    }
    return [inputs[0]]
  }

  package func kernel(for signature: Signature) -> Kernel {
    let (rate, ordinal, stream) = (rate, ordinal, RandomStreamKind.dropout.rawValue)
    return Kernel(units: signature.input(0).count) { arguments, range in
      let key = arguments.integers(1)
      let (seed, step) = (word(key[0], key[1]), word(key[2], key[3]))
      ck_dropout(
        range.count, rate, seed, stream, ordinal, step << 34 + UInt64(range.lowerBound),
        arguments.input(0) + range.lowerBound, arguments.output() + range.lowerBound)
    }
  }

  package var donations: [(input: Int, output: Int)] { [(0, 0)] }

  package func pullback(_ call: PullbackCall) -> [Value?] {
    guard let g = call.gradient else { return [nil, nil] }
    return [g.builder.apply(self, g, call.inputs[1]), nil]
  }

  package func reference(_ inputs: [ReferenceArray], _ signature: Signature) -> [ReferenceArray] {
    let key = inputs[1].scalars.map { Int32($0) }
    var random = RandomStream(
      seed: word(key[0], key[1]), stream: .dropout, substream: ordinal,
      block: (word(key[2], key[3]) << 34) >> 2)
    return [inputs[0].map { random.uniform() < rate ? 0 : $0 / (1 - Double(rate)) }]
  }

  package static let samples = [
    Sample(Dropout(rate: 0.5, ordinal: 0), .uniform([7, 31]), .indices([4], [1, 2, 3, 0])),
    Sample(Dropout(rate: 0.1, ordinal: 5), .uniform([3, 5, 9]), .indices([4], [-1, 2, -3, 1])),
    Sample(Dropout(rate: 0, ordinal: 1), .uniform([5]), .indices([4], [0, 0, 0, 0])),
  ]
}

/// Two 32-bit halves as one word.
private func word(_ low: Int32, _ high: Int32) -> UInt64 {
  UInt64(UInt32(bitPattern: low)) | UInt64(UInt32(bitPattern: high)) << 32
}

extension Value {
  /// The value with a fraction `rate` of its elements dropped and the rest scaled up; `key` as `Dropout` says.
  public func dropout(rate: Float, ordinal: UInt32, key: Value) -> Value {
    rate == 0 ? self : builder.apply(Dropout(rate: rate, ordinal: ordinal), self, key)
  }
}

extension Dropout: AxisTied {
  /// Elements are drawn by their place, so that a smaller array is dropped otherwise: the same in distribution, not in value.
  package func ties(for signature: Signature) -> [AxisTie] { AxisTie.same(signature.output().axes.indices) }

  package var keepsZeros: Bool { true }
}

extension Dropout: PathKeepingPrimitive {}
