import CoppiceTensors

/// How relevance that reaches an output is parted among the inputs that made it.
package enum RelevanceRule: Hashable, Sendable {
  /// In proportion to what each contributes, x · w; ε keeps sums away from 0 and takes a little.
  case epsilon(Float)
  /// α of it in proportion to positive contributions, minus α − 1 of it in proportion to negative ones. Where all have one sign, all of
  /// it in proportion to them.
  case alphaBeta(alpha: Float)
}

/// A primitive that says how relevance goes through it, from an output to inputs (S. Bach et al., "On pixel-wise explanations for
/// non-linear classifier decisions by layer-wise relevance propagation", PLOS ONE 2015).
///
/// Relevance is kept: what inputs and biases are given is what the output had, but for ε. A primitive that says nothing has no rule,
/// and a trace in which relevance would have to pass it fails.
package protocol RelevancePrimitive: Primitive {
  /// The relevance of each input; `nil` where it has none.
  func relevance(_ call: RelevanceCall) -> [Value?]
}

/// What relevance is parted by.
package struct RelevanceCall {
  package let inputs: [Value]
  package let outputs: [Value]
  /// The relevance of the first output.
  package let relevance: Value
  package let rule: RelevanceRule
  /// Whether relevance is wanted of an input, or of what it is made of.
  package let isWanted: [Bool]
}

/// A primitive that moves elements: each has the relevance of the places that it went to.
package protocol RelevanceMovingPrimitive: RelevancePrimitive {}

extension RelevanceMovingPrimitive {
  package func relevance(_ call: RelevanceCall) -> [Value?] {
    pullback(PullbackCall(inputs: call.inputs, outputs: call.outputs, gradients: [call.relevance]))
  }
}

/// A primitive that makes each number of the number at its place: that one has all the relevance.
package protocol RelevanceKeepingPrimitive: RelevancePrimitive {}

extension RelevanceKeepingPrimitive {
  package func relevance(_ call: RelevanceCall) -> [Value?] {
    [call.relevance] + call.inputs.dropFirst().map { _ in nil }
  }
}

/// A primitive that adds up, each addend with a weight of 0 or more: each has relevance in proportion to it. By α and β positive and
/// negative addends share apart, as the positive and the negative products of a layer do (Bach et al. 2015, of which a sum is the case
/// of weights of 1). Some programs part by the plain proportion at sums whatever the rule, which has no bound where addends cancel.
package protocol RelevanceSummingPrimitive: RelevancePrimitive {}

extension RelevanceSummingPrimitive {
  package func relevance(_ call: RelevanceCall) -> [Value?] {
    func pulled(_ shares: Value) -> [Value?] {
      pullback(PullbackCall(inputs: call.inputs, outputs: call.outputs, gradients: [shares]))
    }
    switch call.rule {
    case .epsilon(let epsilon):
      let shares = pulled(call.relevance / call.outputs[0].awayFromZero(by: epsilon))
      return zip(call.inputs, shares).map { input, share in share.map { $0 * input } }
    case .alphaBeta(let alpha):
      let (highs, lows) = (call.inputs.map(\.relu), call.inputs.map { -(-$0).relu })
      let builder = call.relevance.builder
      let (gains, losses) = call.signedShares(
        alpha: alpha, up: builder.applyAll(self, highs)[0], down: builder.applyAll(self, lows)[0])
      return zip(zip(highs, lows), zip(pulled(gains), pulled(losses))).map { part, share in
        guard let gain = share.0, let loss = share.1 else { return nil }
        return gain * part.0 - loss * part.1
      }
    }
  }
}

extension RelevanceCall {
  /// The relevance of the first input of a product with a weight: by the rule.
  /// - Parameters:
  ///   - plain: the product by itself, of x and a weight.
  ///   - bias: what is added to it, shaped like the product.
  func parted(_ plain: any Primitive, weight: Value, bias: Value?) -> Value {
    parted(inputs[0], weight: weight, bias: bias) { $0.builder.applyAll(plain, [$0, $1])[0] }
  }

  /// The relevance of a factor x of a product with a weight: by the rule.
  /// - Parameters:
  ///   - bias: what is added to it, shaped like the product.
  ///   - product: the product by itself, of an array like x and one like the weight.
  func parted(
    _ x: Value, weight: Value, bias: Value?, by product: (_ x: Value, _ weight: Value) -> Value
  ) -> Value {
    func contributed(_ shares: Value, _ part: Value, _ weight: Value) -> Value {
      // A name of its own: x and its parts are made of one another, and the product is derived by the part alone.
      let part = part.alias
      let pulled = x.builder.gradients(of: [product(part, weight)], seeds: [shares], wrt: [part])[0]
      return pulled.map { $0 * part } ?? part.scaled(by: 0)
    }
    switch rule {
    case .epsilon(let epsilon):
      return contributed(relevance / outputs[0].awayFromZero(by: epsilon), x, weight)
    case .alphaBeta(let alpha):
      let (high, low) = (x.relu, -(-x).relu)
      let (more, less) = (weight.relu, -(-weight).relu)
      var (up, down) = (product(high, more) + product(low, less), product(high, less) + product(low, more))
      if let bias {
        up = up + bias.relu
        down = down - (-bias).relu
      }
      let (gains, losses) = signedShares(alpha: alpha, up: up, down: down)
      let positive = contributed(gains, high, more) + contributed(gains, low, less)
      return positive - contributed(losses, high, less) - contributed(losses, low, more)
    }
  }

  /// The relevance of x where the output is linear in it once all else stands still, but for a bias: by the rule.
  /// - Parameters:
  ///   - bias: what is added to it, shaped like the output.
  ///   - linear: the output without the bias, of an array like x.
  ///   - signed: the sums of the positive and of the negative contributions, from the positive and the negative parts of x.
  func parted(
    _ x: Value, bias: Value? = nil, linear: (Value) -> Value,
    signed: (_ high: Value, _ low: Value) -> (up: Value, down: Value)
  ) -> Value {
    func contributed(_ shares: Value, _ sum: Value, _ parts: [Value]) -> Value {
      let pulled = x.builder.gradients(of: [sum], seeds: [shares], wrt: parts)
      let products = zip(pulled, parts).compactMap { gradient, part in gradient.map { $0 * part } }
      guard let first = products.first else { return x.scaled(by: 0) }
      return products.dropFirst().reduce(first, +)
    }
    switch rule {
    case .epsilon(let epsilon):
      let x = x.alias
      return contributed(relevance / outputs[0].awayFromZero(by: epsilon), linear(x), [x])
    case .alphaBeta(let alpha):
      let (high, low) = (x.relu.alias, (-(-x).relu).alias)
      let (up, down) = signed(high, low)
      let (gains, losses) = signedShares(
        alpha: alpha, up: bias.map { up + $0.relu } ?? up, down: bias.map { down - (-$0).relu } ?? down)
      return contributed(gains, up, [high, low]) - contributed(losses, down, [high, low])
    }
  }

  /// The relevance of one contribution to an output that is its sum with a bias, place by place: by the rule. Under α and β each of
  /// the two is a positive or a negative part as a whole.
  func share(of contribution: Value, bias: Value) -> Value {
    switch rule {
    case .epsilon(let epsilon):
      return contribution * (relevance / outputs[0].awayFromZero(by: epsilon))
    case .alphaBeta(let alpha):
      let (high, low) = (contribution.relu, -(-contribution).relu)
      let (gains, losses) = signedShares(alpha: alpha, up: high + bias.relu, down: low - (-bias).relu)
      return gains * high - losses * low
    }
  }

  /// What the rule of α and β gives for each unit of a positive contribution, and takes for each unit of a negative one.
  /// - Parameters:
  ///   - up: the sum of the positive contributions.
  ///   - down: the sum of the negative ones.
  fileprivate func signedShares(alpha: Float, up: Value, down: Value) -> (gains: Value, losses: Value) {
    // α − 1 where there are contributions of both signs, 0 without negative ones, −1 without positive ones.
    let beta = down.magnitude.step * up.magnitude.step.scaled(by: alpha).offset(by: -1)
    return (
      relevance * beta.offset(by: 1) / up.awayFromZero(by: 0), relevance * beta / down.awayFromZero(by: 0)
    )
  }
}

extension Value {
  /// What can be divided by: ε further from 0 than this is, and 1 or so where this is 0.
  fileprivate func awayFromZero(by epsilon: Float) -> Value {
    let away = self + magnitude.step.scaled(by: -1).offset(by: 1)
    return epsilon == 0 ? away : away + step.scaled(by: 2 * epsilon).offset(by: -epsilon)
  }
}

extension GraphBuilder {
  /// The relevance of some values for an output whose own is given, as further nodes of the graph; `nil` where it does not depend on
  /// one. A primitive without a rule on the way is a failure.
  package func relevance(
    of output: Value, _ seed: Value, by rule: RelevanceRule, for values: [Value]
  ) -> [Value?] {
    guard failure == nil else { return values.map { _ in nil } }
    var found = [output.id: seed]
    let (wanted, last) = (Set(values.map(\.id)), output.id.node)
    var depends = [Bool](repeating: false, count: last + 1)
    for node in 0...last {
      depends[node] =
        graph.nodes[node].inputs.contains { depends[$0.node] }
        || graph.nodes[node].outputs.indices.contains { wanted.contains(ValueID(node: node, output: $0)) }
    }
    for index in stride(from: last, through: 0, by: -1) {
      let node = graph.nodes[index]
      guard node.inputs.contains(where: { depends[$0.node] }), let primitive = node.primitive,
        let relevance = found[ValueID(node: index)]
      else { continue }
      guard let passing = primitive as? any RelevancePrimitive else {
        within(node.scope) {
          fail(primitive.name, "has no rule for relevance, and some would have to go through it")
        }
        return values.map { _ in nil }
      }
      let call = RelevanceCall(
        inputs: node.inputs.map(value),
        outputs: node.outputs.indices.map { value(ValueID(node: index, output: $0)) },
        relevance: relevance, rule: rule, isWanted: node.inputs.map { depends[$0.node] })
      let parted = within(node.scope) { passing.relevance(call) }
      guard failure == nil else { return values.map { _ in nil } }
      for (input, part) in zip(node.inputs, parted) where depends[input.node] {
        guard let part else { continue }
        found[input] = found[input].map { $0 + part } ?? part
      }
    }
    return values.map { found[$0.id] }
  }
}
