import CoppiceAutodiff
import CoppicePruning
import CoppiceTensors
import Foundation
import Testing

/// Relevance in a transformer block, in Double, against PyTorch's numbers on the same weights: Tests/Reference/relevance.py.
@Suite struct RelevanceReferenceTests {
  /// What the script wrote.
  struct Fixture: Decodable {
    let weights: [CriteriaFixture.Array]
    let inputs: CriteriaFixture.Array
    let labels: [Int32]
    /// What the mean over time weighs each place by.
    let shares: CriteriaFixture.Array
    let epsilon: [CriteriaFixture.Array]
    let alpha: [CriteriaFixture.Array]
  }

  let fixture: Fixture
  init() throws {
    let file = try #require(Bundle.module.resourceURL).appending(path: "Fixtures/relevance.json")
    fixture = try JSONDecoder().decode(Fixture.self, from: Data(contentsOf: file))
  }

  /// The block: both normalisations ahead of their parts, two heads, a weighted mean over time.
  private func logits(_ tracer: Tracer, isPacked: Bool) throws -> Value {
    let builder = tracer.builder
    func weight(_ name: String) throws -> Value {
      try #require(tracer.weights.first { $0.name == name }).value
    }
    func normalized(_ x: Value, _ name: String) throws -> Value {
      x.layerNormalized(gamma: try weight("\(name).weight"), beta: try weight("\(name).bias"))
    }
    func linear(_ x: Value, _ name: String) -> Value { tracer.apply(Affine(hasBias: true), x, name) }
    let x = linear(builder.input("inputs", [2, 4, 6]), "embed")
    let packed = linear(try normalized(x, "ln1"), "attn")
    let parts = (0..<3).map { packed.sliced(2, (6 * $0)..<(6 * $0 + 6)) }
    let attended =
      isPacked ? packed.selfAttention(heads: 2) : parts[0].attention(to: parts[1], parts[2], heads: 2)
    let y = x + linear(attended, "proj")
    let z = y + linear(linear(try normalized(y, "ln2"), "fc1").gelu, "fc2")
    let mean = builder.input("shares", [2, 1, 4]).product(try normalized(z, "ln_f"))
    return linear(mean.mergingAxes(1, count: 2), "fc")
  }

  private func measured(_ evidence: Evidence, isPacked: Bool = true) throws -> [String: ReferenceArray] {
    let graph = try Graph.trace { builder in
      let tracer = Tracer(builder)
      for array in fixture.weights {
        tracer.weights.append((array.name ?? "", builder.parameter(array.name ?? "", Shape(array.shape))))
      }
      let trace = tracer.loss(of: try logits(tracer, isPacked: isPacked), batch: 2)
      for (name, value) in try evidence.values(of: trace) { builder.output(name, value) }
    }.simplified
    var leaves = [
      "inputs": ReferenceArray(Shape(fixture.inputs.shape), fixture.inputs.scalars),
      "labels": ReferenceArray([2], fixture.labels.map { Double($0) }),
      "shares": ReferenceArray([2, 1, 4], fixture.shares.scalars + fixture.shares.scalars),
    ]
    for array in fixture.weights {
      leaves[array.name ?? ""] = ReferenceArray(Shape(array.shape), array.scalars)
    }
    return try Interpreter.outputs(of: graph, leaves)
  }

  @Test(arguments: [true, false]) func itIsPyTorchs(isPacked: Bool) throws {
    for (evidence, expected) in [
      (Evidence.relevance(epsilon: 1e-12), fixture.epsilon), (.relevance(alpha: 2), fixture.alpha),
    ] {
      let found = try measured(evidence, isPacked: isPacked)
      #expect(found.count == 6)
      for array in expected {
        let units = try #require(found["\(array.name ?? "").weight"]).scalars
        let scale = array.scalars.map(abs).max() ?? 0
        #expect(units.count == array.scalars.count && scale > 0.01)
        for (a, b) in zip(units, array.scalars) {
          #expect(abs(a - b) < 1e-6 * scale, "\(evidence) of \(array.name ?? ""): \(a), not \(b)")
        }
      }
    }
  }

  /// Queries and keys have none; the values of a head have what the head gave.
  @Test func valuesHaveAll() throws {
    for evidence in [Evidence.relevance(epsilon: 1e-12), .relevance(alpha: 2)] {
      let units = try #require(try measured(evidence)["attn.weight"]).scalars
      #expect(units.prefix(12).allSatisfy { $0 == 0 })
      #expect(units.suffix(6).allSatisfy { $0 != 0 })
    }
  }
}
