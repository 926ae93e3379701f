import CoppiceAutodiff
import CoppicePruning
import CoppiceTensors
import Testing

/// A network of 24 weights whose Hessian is known by brute force: the products that the graph gives are its columns, and what criteria
/// take in its place is held against it. All in Double.
@Suite struct HessianTests {
  /// 3 inputs, 4 rectified units, 3 classes; 8 examples, so that their mean is exact in Float.
  struct Tiny {
    static let names = ["fc1.weight", "fc2.weight"]
    static let shapes: [(String, Shape)] = [
      ("fc1.weight", [4, 3]), ("fc1.bias", [4]), ("fc2.weight", [3, 4]), ("fc2.bias", [3]),
    ]
    var weights: [String: [Double]] = [:]
    var inputs: [[Double]] = []
    var labels = [0, 2, 1, 1, 0, 2, 2, 1]

    init() {
      var generator = Generator(state: 21)
      for (name, shape) in Self.shapes {
        weights[name] = (0..<shape.count).map { _ in Double(generator.float()) }
      }
      inputs = labels.map { _ in (0..<3).map { _ in 2 * Double(generator.float()) } }
    }

    /// What an evidence computes of these examples at once.
    func values(
      of evidence: Evidence, given: [String: [Double]] = [:], examples: [Int]? = nil, labels: [Int]? = nil
    ) throws -> [String: [Double]] {
      let examples = examples ?? Array(inputs.indices)
      let graph = try Graph.trace { builder in
        let tracer = Tracer(builder)
        for (name, shape) in Self.shapes { tracer.weights.append((name, builder.parameter(name, shape))) }
        let x = builder.input("inputs", [examples.count, 3])
        let hidden = tracer.apply(Affine(hasBias: true, rectifies: true), x, "fc1")
        let logits = tracer.apply(Affine(hasBias: true), hidden, "fc2")
        for (name, value) in try evidence.values(of: tracer.loss(of: logits, batch: examples.count)) {
          builder.output(name, value)
        }
      }
      let labels = labels ?? examples.map { self.labels[$0] }
      var leaves = [
        "inputs": ReferenceArray([examples.count, 3], examples.flatMap { inputs[$0] }),
        "labels": ReferenceArray([examples.count], labels.map { Double($0) }),
      ]
      for (name, shape) in Self.shapes { leaves[name] = ReferenceArray(shape, weights[name] ?? []) }
      for (name, scalars) in given {
        let shape = Self.shapes.first { $0.0 == name }?.1 ?? []
        leaves["given/\(Evidence.gradients)/\(name)"] = ReferenceArray(shape, scalars)
      }
      return try Interpreter.outputs(of: graph, leaves).mapValues(\.scalars)
    }

    private func layer(_ weight: [Double], _ bias: [Double], _ x: [Double]) -> [Double] {
      var y = bias
      for row in y.indices {
        for (column, number) in x.enumerated() { y[row] += weight[row * x.count + column] * number }
      }
      return y
    }

    /// The mean loss by hand, and the probabilities of every example.
    func forward() -> (loss: Double, probabilities: [[Double]]) {
      let (w1, b1) = (weights["fc1.weight"] ?? [], weights["fc1.bias"] ?? [])
      let (w2, b2) = (weights["fc2.weight"] ?? [], weights["fc2.bias"] ?? [])
      var (loss, probabilities) = (0.0, [[Double]]())
      for (x, label) in zip(inputs, labels) {
        let hidden = layer(w1, b1, x).map { max(0, $0) }
        let logits = layer(w2, b2, hidden)
        let powers = logits.map { Elementary.exp($0) }
        let sum = powers.reduce(0, +)
        probabilities.append(powers.map { $0 / sum })
        loss -= Elementary.log(powers[label] / sum) / Double(labels.count)
      }
      return (loss, probabilities)
    }

    /// The same with some weights moved; places count through both matrices.
    func moved(_ moves: [(place: Int, by: Double)]) -> Tiny {
      var result = self
      for (place, step) in moves { result.weights[Self.names[place / 12]]?[place % 12] += step }
      return result
    }

    /// The weights that can be pruned, one after the other.
    var flat: [Double] { Self.names.flatMap { weights[$0] ?? [] } }

    /// The Hessian of the mean loss by these weights, by differences of losses.
    func bruteForce(step h: Double = 1e-4) -> [[Double]] {
      func loss(_ i: Int, _ a: Double, _ j: Int, _ b: Double) -> Double {
        moved([(i, a * h), (j, b * h)]).forward().loss
      }
      var hessian = [[Double]](repeating: [Double](repeating: 0, count: 24), count: 24)
      for i in 0..<24 {
        for j in 0..<24 {
          let ahead: Double = loss(i, 1, j, 1) - loss(i, 1, j, -1)
          let behind: Double = loss(i, -1, j, 1) - loss(i, -1, j, -1)
          hessian[i][j] = (ahead - behind) / (4 * h * h)
        }
      }
      return hessian
    }

    /// The same, column after column, by products of the graph.
    func byProducts() throws -> [[Double]] {
      try (0..<24).map { column in
        var along = Self.shapes.reduce(into: [String: [Double]]()) {
          $0[$1.0] = [Double](repeating: 0, count: $1.1.count)
        }
        along[Self.names[column / 12]]?[column % 12] = 1
        let found = try values(of: EvidenceReferenceTests.hessianProduct, given: along)
        return Self.names.flatMap { found[$0] ?? [] }
      }
    }
  }

  private let tiny = Tiny()

  @Test func productsAreColumns() throws {
    let (exact, differences) = (try tiny.byProducts(), tiny.bruteForce())
    let largest = differences.joined().map(abs).max() ?? 0
    #expect(largest > 0.1)
    for (column, row) in zip(exact, differences) {
      #expect(column.count == 24)
      for (a, b) in zip(column, row) { #expect(abs(a - b) < 1e-6) }
    }
    for i in 0..<24 { for j in 0..<i { #expect(abs(exact[i][j] - exact[j][i]) < 1e-12) } }
  }

  /// The curvature that optimal brain damage takes is the diagonal, the mean over examples.
  @Test func theCurvatureIsTheDiagonal() throws {
    let exact = try tiny.byProducts()
    var sums = [Double](repeating: 0, count: 24)
    for example in tiny.inputs.indices {
      let found = try tiny.values(of: .curvatureDiagonal, examples: [example])
      for (place, value) in Tiny.names.flatMap({ found[$0] ?? [] }).enumerated() {
        sums[place] += value / Double(tiny.inputs.count)
      }
    }
    for place in 0..<24 { #expect(abs(sums[place] - exact[place][place]) < 1e-9) }
    #expect(sums.filter { $0 > 1e-3 }.count > 15)
  }

  /// What is lost when a hundredth of a weight goes: Taylor's product to first order, optimal brain damage's score to second.
  @Test func scoresAreTheTermsOfTheLoss() throws {
    let exact = try tiny.byProducts()
    let found = try tiny.values(of: .gradients)
    let gradients = Tiny.names.flatMap { found[$0] ?? [] }
    let (before, share) = (tiny.forward().loss, 0.01)
    for (place, weight) in tiny.flat.enumerated() {
      let risen = tiny.moved([(place, -share * weight)]).forward().loss - before
      let first: Double = -share * weight * gradients[place]
      let removed = share * weight
      let second: Double = removed * removed * exact[place][place] / 2
      #expect(abs(risen - first - second) <= 0.02 * second + 1e-12, "\(place)")
    }
  }

  /// Under labels that are drawn from the network's own probabilities the mean of ggᵀ is the Hessian, where logits are linear in
  /// weights: the last layer. So blocks of the Fisher information stand in for it.
  @Test func theFisherInformationOfItsOwnLabelsIsTheHessian() throws {
    let exact = try tiny.byProducts()
    let (_, probabilities) = tiny.forward()
    var fisher = [[Double]](repeating: [Double](repeating: 0, count: 12), count: 12)
    for example in tiny.inputs.indices {
      for label in 0..<3 {
        let found = try tiny.values(of: .exampleGradients, examples: [example], labels: [label])
        let g = try #require(found["fc2.weight"])
        let share = probabilities[example][label] / Double(tiny.inputs.count)
        for i in 0..<12 { for j in 0..<12 { fisher[i][j] += share * g[i] * g[j] } }
      }
    }
    for i in 0..<12 { for j in 0..<12 { #expect(abs(fisher[i][j] - exact[12 + i][12 + j]) < 1e-9) } }
  }

  /// The least loss of a cut, to second order, is what optimal brain surgeon says of each weight of the last layer.
  @Test func theSurgeonsScoreIsTheLeastOfTheQuadratic() throws {
    let exact = try tiny.byProducts()
    let optimum = Array(tiny.flat[12...])
    // Damped, so that it has an inverse: one class can be moved by what moves the others the other way.
    var damped: [[Double]] = exact[12...].map { Array($0[12...]) }
    for i in 0..<12 { damped[i][i] += 0.01 }
    let quadratic = Quadratic(hessian: damped, optimum: optimum)
    let inverse = try #require(SquareMatrix(12, damped.flatMap { $0 }).inverse)
    for q in 0..<12 {
      var fixed = optimum
      fixed[q] = 0
      let others = (0..<12).filter { $0 != q }
      let least: Double = quadratic.value(quadratic.least(free: others, fixed: fixed))
      let (square, diagonal) = (optimum[q] * optimum[q], damped[q][q])
      let score: Double = square / (2 * inverse[q, q])
      #expect(abs(least - score) < 1e-9)
      // Moving the others makes up for something: never more than optimal brain damage says.
      #expect(score <= square * diagonal / 2 + 1e-12)
    }
  }
}
