import CKernels
import Testing

/// The weights and gradients of Tests/Reference/optimizers.py.
private func fraction(_ i: Int) -> Float { Float(i * 37 % 101 - 50) / 64 }

@Suite("Optimizer kernels") struct OptimizerTests {
  /// What a step changes.
  struct State {
    var w: [Float]
    var m: [Float]
    var v: [Float]

    var all: [Float] { w + m + v }
    init(_ w: [Float]) {
      self.w = w
      m = w.map { _ in 0 }
      v = m
    }
  }

  struct Rule: Sendable, CustomStringConvertible {
    let description: String
    let moments: Int
    let numbers: [Double]
    let step: @Sendable (inout State, [Float], [UInt8]?, Int) -> Void

    static func sgd(_ name: String, _ momentum: Double, nesterov: Int32, decay: Double, _ numbers: [Double])
      -> Rule
    {
      Rule(description: name, moments: momentum == 0 ? 0 : 1, numbers: numbers) { s, g, mask, _ in
        if momentum == 0 {
          ck_sgd(g.count, &s.w, g, nil, mask, 0.1, 0, 0, decay, 0.5)
        } else {
          ck_sgd(g.count, &s.w, g, &s.m, mask, 0.1, momentum, nesterov, decay, 0.5)
        }
      }
    }

    static func adam(_ name: String, decay: Double, decoupled: Int32, _ numbers: [Double]) -> Rule {
      Rule(description: name, moments: 2, numbers: numbers) { s, g, mask, t in
        let power = { (beta: Double) in (0..<t).reduce(1) { product, _ in product * beta } }
        ck_adam(
          g.count, &s.w, g, &s.m, &s.v, mask, 0.01, 0.9, 0.999, 1e-8, 1 - power(0.9), 1 - power(0.999), decay,
          decoupled, 0.5)
      }
    }
  }

  static let rules: [Rule] = [
    .sgd("SGD", 0, nesterov: 0, decay: 0, OptimizerNumbers.sgd),
    .sgd("SGD, weight decay", 0, nesterov: 0, decay: 0.05, OptimizerNumbers.sgdWeightDecay),
    .sgd("momentum", 0.9, nesterov: 0, decay: 0.05, OptimizerNumbers.momentum),
    .sgd("Nesterov", 0.9, nesterov: 1, decay: 0.05, OptimizerNumbers.nesterov),
    .adam("Adam", decay: 0, decoupled: 0, OptimizerNumbers.adam),
    .adam("Adam, weight decay", decay: 0.05, decoupled: 0, OptimizerNumbers.adamWeightDecay),
    .adam("AdamW", decay: 0.05, decoupled: 1, OptimizerNumbers.adamw),
  ]

  private func train(_ rule: Rule, _ n: Int, mask: [UInt8]? = nil) -> State {
    var state = State((0..<n).map(fraction))
    for step in 0..<5 { rule.step(&state, (0..<n).map { fraction($0 + 7 * step + 3) }, mask, step + 1) }
    return state
  }

  @Test("PyTorch's weights after five steps", arguments: rules) func reference(_ rule: Rule) {
    let state = train(rule, 6)
    for (value, expected) in zip(state.w, rule.numbers) { #expect(abs(Double(value) - expected) < 3e-7) }
  }

  @Test("the same bits on every instruction set, in any range, with and without mask", arguments: rules)
  func sizes(_ rule: Rule) {
    let long = train(rule, 1000).w
    for n in raggedSizes {
      let whole = onEveryVariant { train(rule, n).all }
      #expect(Array(whole.prefix(n)) == Array(long.prefix(n)))
      #expect(train(rule, n, mask: [UInt8](repeating: 1, count: n)).all == whole)
    }
  }

  @Test("a masked weight and its moments end exactly +0, whatever they were", arguments: rules)
  func masked(_ rule: Rule) {
    for n in raggedSizes {
      let mask = (0..<n).map { UInt8($0 % 3 == 1 ? 0 : 1) }
      let free = train(rule, n)
      let result = onEveryVariant {
        var state = train(rule, n, mask: mask)
        for i in 0..<n where mask[i] == 0 { (state.w[i], state.m[i], state.v[i]) = (.nan, .infinity, -1) }
        rule.step(&state, (0..<n).map(fraction), mask, 6)
        return state.all
      }
      for i in 0..<n where mask[i] == 0 {
        #expect(result[i].bitPattern == 0)
        if rule.moments > 0 { #expect(result[n + i].bitPattern == 0) }
        if rule.moments > 1 { #expect(result[2 * n + i].bitPattern == 0) }
      }
      let kept = train(rule, n, mask: mask)
      for i in 0..<n where mask[i] == 1 { #expect(kept.w[i] == free.w[i]) }
    }
  }

  @Test("a training that has ended leaves no subnormal anywhere", arguments: rules) func flushed(_ rule: Rule)
  {
    let n = 40
    var state = train(rule, n)
    let tiny: [Float] = [0, 1e-44, 1e-38, 1e-33, 1e-30, 1e-28, 1e-25, 1e-20, 1e-15, 1e-13]
    let gradient = (0..<n).map { tiny[$0 % tiny.count] * ($0 % 2 == 0 ? 1 : -1) }
    for i in 0..<n { (state.w[i], state.m[i]) = (state.w[i] * 1e-25, state.m[i] * 1e-25) }
    for step in 0..<3000 {
      rule.step(&state, gradient, nil, step + 6)
      let bad = state.all.first { $0.isSubnormal }
      #expect(bad == nil)
      if bad != nil { break }
    }
  }

  @Test("the documented flush thresholds") func thresholds() {
    // a gradient just below and at 2⁻⁴⁸ (after the scale)
    var state = State([0, 0])
    ck_adam(
      2, &state.w, [0x1.fffffep-49, 0x1p-48], &state.m, &state.v, nil, 0, 0.5, 0.5, 1e-8, 0.5, 0.5, 0, 0, 1)
    #expect(state.m == [0, 0x1p-49])
    #expect(state.v == [0, 0x1p-97])
    // a velocity and a weight
    state = State([0x1.fffffep-91, 0x1p-90])
    state.m = [0x1.fffffep-90, 0x1p-89]
    ck_sgd(2, &state.w, [0, 0], &state.m, nil, 0, 0.5, 0, 0, 1)
    #expect(state.w == [0, 0x1p-90])
    #expect(state.m == [0, 0x1p-90])
  }

  @Test("NaN stays") func notANumber() {
    var state = State([1, 1])
    ck_adam(2, &state.w, [.nan, 0], &state.m, &state.v, nil, 0.1, 0.9, 0.999, 1e-8, 0.1, 0.001, 0, 0, 1)
    #expect(state.w[0].isNaN && state.m[0].isNaN && state.v[0].isNaN && state.w[1] == 1)
    state = State([1, 1])
    ck_sgd(2, &state.w, [.nan, 0], &state.m, nil, 0.1, 0.9, 0, 0, 1)
    #expect(state.w[0].isNaN && state.m[0].isNaN && state.w[1] == 1)
  }
}
