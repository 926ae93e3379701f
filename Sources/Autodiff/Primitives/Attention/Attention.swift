import CKernels
import CoppiceTensors

/// Scaled dot-product attention of `heads` heads, `softmax(q kᵀ / √size) v` for each (Vaswani et al. 2017), without transposes and
/// without ever holding all scores. Inputs: q `[batch, queries, heads · size]`, k and v `[batch, keys, heads · size]`, head h in
/// columns h · size ..< (h + 1) · size; or, packed, the one projection `[batch, time, 3 · heads · size]` of q, k and v side by side.
/// Causal: query i sees keys j ≤ i. Outputs: o laid out as q, and what the gradient needs of each row of scores,
/// `[batch, heads, queries, 2]`: the greatest, and the sum of e^(score − greatest).
package struct Attention: FusedPrimitive, ExamplewisePrimitive {
  package static let name = "attention"
  package let heads: Int
  package let isCausal: Bool
  package let isPacked: Bool

  package init(heads: Int, isCausal: Bool = false, isPacked: Bool = false) {
    self.heads = heads
    self.isCausal = isCausal
    self.isPacked = isPacked
  }

  package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
    guard inputs.allSatisfy({ $0.element == .float32 }), let shape = layout(inputs.map(\.shape)) else {
      throw ShapeError(
        (isPacked
          ? "takes [batch, time, 3 · width]" : "takes [batch, queries, width] and twice [batch, keys, width]")
          + " with a width of \(heads) heads, not \(inputs.listed)")
    }
    return [
      ValueType([shape.batch, shape.queries, heads * shape.head_dim]),
      ValueType([shape.batch, heads, shape.queries, 2]),
    ]
  }

  package func examplewiseInputs(for signature: Signature) -> [Int]? { Array(signature.inputs.indices) }

  /// Where the kernels find everything; `nil` where the shapes do not go together.
  func layout(_ inputs: [Shape]) -> ck_attention_shape? {
    guard inputs.count == (isPacked ? 1 : 3), heads >= 1, inputs.allSatisfy({ $0.rank == 3 && $0.count > 0 })
    else {
      return nil
    }
    let (q, k) = (inputs[0], inputs[inputs.count / 2])
    let width = isPacked ? q[2] / 3 : q[2]
    guard width % heads == 0, q[0] == k[0],
      isPacked ? q[2] == 3 * width : k[2] == width && inputs[2] == k
    else { return nil }
    let size = width / heads
    func strides(_ time: Int, _ row: Int) -> ck_attention_strides {
      ck_attention_strides(batch: time * row, head: size, row: row)
    }
    return ck_attention_shape(
      batch: q[0], heads: heads, queries: q[1], keys: k[1], head_dim: size, causal: isCausal,
      scale: 1 / Float(size).squareRoot(), q: strides(q[1], q[2]), k: strides(k[1], k[2]),
      v: strides(k[1], k[2]),
      o: strides(q[1], width))
  }

  package func kernel(for signature: Signature) -> Kernel {
    guard let shape = layout(signature.inputs.map(\.shape)) else { return Kernel { _, _ in } }
    let attention = self
    return Kernel(
      units: shape.batch * heads, scratch: withUnsafePointer(to: shape) { ck_attention_scratch($0) }
    ) {
      arguments, pairs in
      let (q, k, v) = attention.inputs(arguments, from: 0, shape)
      withUnsafePointer(to: shape) {
        ck_attention_forward(
          $0, pairs.lowerBound, pairs.upperBound, q, k, v, arguments.output(0), arguments.output(1),
          arguments.scratch)
      }
    }
  }

  /// The starts of q, k and v among the inputs from `first` on.
  fileprivate func inputs(_ arguments: KernelArguments, from first: Int, _ shape: ck_attention_shape) -> (
    UnsafePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>
  ) {
    let (q, width) = (arguments.input(first), heads * shape.head_dim)
    return isPacked
      ? (q, q + width, q + 2 * width) : (q, arguments.input(first + 1), arguments.input(first + 2))
  }

  /// The multiply-adds of both products over all pairs of query and key, seen or not, as other counters have it.
  package func flops(for signature: Signature) -> Int {
    guard let shape = layout(signature.inputs.map(\.shape)) else { return 0 }
    return [4, shape.batch, heads, shape.queries, shape.keys, shape.head_dim].product
  }

  /// The output alone; the statistics have no gradient.
  package func definition(_ inputs: [Value]) -> [Value] {
    let width = isPacked ? inputs[0].shape[2] / 3 : inputs[0].shape[2]
    let parts = isPacked ? (0..<3).map { inputs[0].sliced(2, ($0 * width)..<(($0 + 1) * width)) } : inputs
    let (q, k, v) = (parts[0].splitHeads(heads), parts[1].splitHeads(heads), parts[2].splitHeads(heads))
    let scores = q.product(k, transposingOther: true).scaled(by: 1 / Float(q.shape[-1]).squareRoot())
    let weights = (isCausal ? scores.causallyMasked : scores).softmax
    return [weights.product(v).transposed([0, 2, 1, 3]).mergingAxes(2, count: 2)]
  }

  package func pullback(_ call: PullbackCall) -> [Value?] {
    if call.gradients[1] != nil {
      call.inputs[0].builder.fail(Self.name, "has no gradient through the statistics of its scores")
    }
    guard let g = call.gradients[0] else { return call.inputs.map { _ in nil } }
    let gradients = g.builder.applyAll(Gradient(self), [g] + call.inputs + [call.outputs[1]])
    return Array(gradients.prefix(call.inputs.count))
  }

  package func reference(_ inputs: [ReferenceArray], _ signature: Signature) -> [ReferenceArray] {
    let output = Interpreter.evaluate(inputs: inputs, types: signature.inputs) { definition($0) }
    var statistics = ReferenceArray(repeating: 0, signature.output(1))
    guard let s = layout(signature.inputs.map(\.shape)) else { return [] }
    let keys = isPacked ? inputs[0].scalars.dropFirst(heads * s.head_dim) : inputs[1].scalars[...]
    for row in ReferenceArray.coordinates(of: [s.batch, heads, s.queries]) {
      let q = row[0] * s.q.batch + row[1] * s.q.head + row[2] * s.q.row
      let scores = (0..<(isCausal ? min(row[2] + 1, s.keys) : s.keys)).map { key in
        let k = keys.startIndex + row[0] * s.k.batch + row[1] * s.k.head + key * s.k.row
        return (0..<s.head_dim).reduce(0) { $0 + inputs[0].scalars[q + $1] * keys[k + $1] } * Double(s.scale)
      }
      let greatest = scores.max() ?? 0
      statistics[row + [0]] = greatest
      statistics[row + [1]] = scores.reduce(0) { $0 + Exponential().value([$1 - greatest]) }
    }
    return output + [statistics]
  }

  package static let samples = [
    Sample(Attention(heads: 2), .uniform([2, 5, 6]), .uniform([2, 7, 6]), .uniform([2, 7, 6])),
    Sample(
      Attention(heads: 3, isCausal: true), .uniform([1, 6, 12]), .uniform([1, 6, 12]), .uniform([1, 6, 12])),
    Sample(Attention(heads: 2, isPacked: true), .uniform([2, 4, 18])),
    Sample(Attention(heads: 1, isCausal: true, isPacked: true), .within([2, 19, 15], -2...2)),
  ]
}

extension Attention {
  /// The gradients by q, k and v, or by their packed projection, laid out as these are. Inputs: g, the inputs of the attention, and
  /// its statistics. The statistics are a function of the inputs; they are given so that they are not computed twice.
  package struct Gradient: FusedPrimitive {
    package static let name = "attention-gradient"
    package let attention: Attention

    package init(_ attention: Attention) { self.attention = attention }

    package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
      let primals = Array(inputs.dropFirst().dropLast())
      let made = try attention.outputs(for: primals)
      guard inputs[0] == made[0], inputs[inputs.count - 1] == made[1] else {
        throw ShapeError("takes a gradient, what was attended and the statistics, not \(inputs.listed)")
      }
      return primals
    }

    package func kernel(for signature: Signature) -> Kernel {
      guard let shape = attention.layout(signature.outputs.map(\.shape)) else { return Kernel { _, _ in } }
      let (attention, statistics) = (attention, signature.inputs.count - 1)
      let width = shape.heads * shape.head_dim
      let scratch = withUnsafePointer(to: shape) { ck_attention_scratch($0) }
      return Kernel(units: shape.batch * shape.heads, scratch: scratch) { arguments, pairs in
        let (q, k, v) = attention.inputs(arguments, from: 1, shape)
        let gq = arguments.output(0)
        let (gk, gv) =
          attention.isPacked ? (gq + width, gq + 2 * width) : (arguments.output(1), arguments.output(2))
        withUnsafePointer(to: shape) {
          ck_attention_backward(
            $0, pairs.lowerBound, pairs.upperBound, q, k, v, arguments.input(0), arguments.input(statistics),
            gq,
            gk, gv, arguments.scratch)
        }
      }
    }

    /// Five products where the forward pass has two.
    package func flops(for signature: Signature) -> Int {
      let forward = Signature(inputs: signature.outputs, outputs: [signature.inputs[0]])
      return attention.flops(for: forward) / 2 * 5
    }

    package func definition(_ inputs: [Value]) -> [Value] {
      let primals = Array(inputs.dropFirst().dropLast())
      let builder = primals[0].builder
      let gradients = builder.gradients(of: attention.definition, at: primals, seeds: [inputs[0]])
      return zip(gradients, primals).map { $0 ?? builder.constant(0, $1.shape) }
    }

    package static let samples: [Sample] = []
  }
}

extension Value {
  /// `[batch, time, heads · size]` as `[batch, heads, time, size]`.
  fileprivate func splitHeads(_ heads: Int) -> Value {
    splittingAxis(2, into: [heads, shape[2] / heads]).transposed([0, 2, 1, 3])
  }

  /// The attention of these queries `[batch, queries, heads · size]` to keys and values.
  public func attention(to keys: Value, _ values: Value, heads: Int, isCausal: Bool = false) -> Value {
    builder.applyAll(Attention(heads: heads, isCausal: isCausal), [self, keys, values])[0]
  }

  /// The attention of a packed projection `[batch, time, 3 · heads · size]` of queries, keys and values to itself.
  public func selfAttention(heads: Int, isCausal: Bool = false) -> Value {
    builder.applyAll(Attention(heads: heads, isCausal: isCausal, isPacked: true), [self])[0]
  }
}

extension Attention: AxisTied {
  /// Examples, and heads: all features of a head in q, k, v and o are one, and so is its place among the statistics. Queries and keys
  /// are untied: a query's place says what it sees, and a key of zeros is attended to.
  package func ties(for signature: Signature) -> [AxisTie] {
    let width = signature.output()[2], size = width / heads
    let o = PortAxis.output(axis: 2)
    func whole(_ end: PortAxis, parts: Int = 1) -> AxisTie {
      AxisTie(
        end, o, pairs: (0..<parts * width).map { .init($0, $0 % width / size * size) }, label: "head")
    }
    let inputs = signature.inputs.indices
    return inputs.flatMap { AxisTie.same(0..<1, input: $0) } + AxisTie.same(0..<1, output: 1)
      + inputs.map { whole(.input($0, axis: 2), parts: isPacked ? 3 : 1) }
      + [whole(o), .blocks(of: size, count: heads, .output(1, axis: 1), o)]
  }

  package func resized(keeping kept: KeptPlaces, for signature: Signature) -> Attention? {
    Attention(heads: kept[.output(1, axis: 1)].count, isCausal: isCausal, isPacked: isPacked)
  }
}

extension Attention: PathPrimitive {
  /// Values are carried to every query that sees them. Queries and keys weigh them and carry nothing themselves. They have a part
  /// where they meet and there are values to be weighed.
  package func reach(_ inputs: [Reach], _ signature: Signature) -> [Reach] {
    let width = signature.output()[2]
    let parts =
      isPacked
      ? (0..<3).map { part in inputs[0].mapped { $0.sliced(2, (part * width)..<((part + 1) * width)) } }
      : inputs
    let heads = parts.map { $0.mapped { $0.splitHeads(self.heads) } }
    let builder = inputs[0].alive.builder
    let scores = Reach.product(heads[0], heads[1]) { $0.product($1, transposingOther: true) }
    let ones = builder.constant(1, scores.alive.shape)
    let seen = isCausal ? builder.apply(CausalMask(hidden: 0), ones) : ones
    func gathered(_ weights: Value, _ values: Value) -> Value {
      weights.product(values).transposed([0, 2, 1, 3]).mergingAxes(2, count: 2)
    }
    let carried = heads[2].carried.map { values in
      let weighed = scores.carried.map { gathered(seen * $0, values) }
      return gathered(seen, values) + (weighed ?? builder.constant(0, signature.output()))
    }
    return [
      Reach(alive: gathered(seen, heads[2].alive), carried: carried),
      Reach(alive: builder.constant(1, signature.output(1))),
    ]
  }
}

extension Attention: RelevancePrimitive {
  /// All of it goes to the values, which each output is a weighted mean of. The softmax's weights stand still, so that queries and
  /// keys have none and relevance is kept (A. Ali et al., "XAI for transformers: better explanations through conservative
  /// propagation", ICML 2022). R. Achtibat et al., "AttnLRP", ICML 2024, give half of it to the softmax's weights instead.
  package func relevance(_ call: RelevanceCall) -> [Value?] {
    let width = call.relevance.shape[2]
    let parts =
      isPacked
      ? (0..<3).map { call.inputs[0].sliced(2, ($0 * width)..<(($0 + 1) * width)) } : call.inputs
    func attended(_ values: Value) -> Value {
      parts[0].attention(to: parts[1], values, heads: heads, isCausal: isCausal)
    }
    // Weights are positive.
    let ofValues = call.parted(parts[2], linear: attended) { (attended($0), attended($1)) }
    return isPacked ? [ofValues.padded(2, before: 2 * width, after: 0)] : [nil, nil, ofValues]
  }
}

extension Attention: ExportablePrimitive {}
