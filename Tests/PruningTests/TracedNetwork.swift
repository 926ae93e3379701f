import CoppiceAutodiff
import CoppicePruning
import CoppiceTensors
import Foundation

/// The network of Tests/Reference/criteria.py, traced by hand: two convolutions (padding 1; stride 2 and two groups) and two linear
/// layers, with biases and rectifiers.
struct TracedNetwork {
  let weights: ParameterSet
  /// `[examples, 2, 5, 5]`.
  let inputs: Tensor
  let labels: [Int32]
  /// Which weights survive; `nil` for all.
  var survivors: MaskSet? = nil

  /// The masks of its weights, all kept.
  var masks: MaskSet {
    MaskSet(
      weights.filter { $0.name.hasSuffix("weight") }.map { ($0.name, Mask(keepingAll: $0.tensor.shape)) })
  }

  /// What an evidence finds, over batches of so many examples where it takes whole ones.
  func measure(
    _ evidence: Evidence, batch: Int? = nil, given: [(Evidence, ParameterSet)] = [], threads: Int = 1
  ) throws -> ParameterSet {
    let count: Int =
      switch evidence.batch {
      case .whole: batch ?? labels.count
      case .examples(let count): count
      case .none: 1
      }
    // What it is given is measured first.
    let given = try evidence.given.map { other in
      (other, try given.first { $0.0 == other }?.1 ?? measure(other, batch: batch))
    }
    // So small a network is not worth a second thread: several share all they can.
    let executor = Executor(
      Plan(try graph(of: evidence, batch: count)), threads: threads, handover: threads > 1 ? 0 : nil)
    for (name, tensor) in weights where executor.hasLeaf(name) { executor.write(name, tensor.scalars) }
    for (evidence, values) in given {
      for (name, tensor) in values where executor.hasLeaf("given/\(evidence)/\(name)") {
        executor.write("given/\(evidence)/\(name)", tensor.scalars)
      }
    }
    for (name, tensor) in weights where executor.hasLeaf("survivors/\(name)") {
      let ones = [Float](repeating: 1, count: tensor.shape.count)
      executor.write("survivors/\(name)", survivors?[name]?.bytes.map { Float($0) } ?? ones)
    }
    let size = inputs.shape.count / labels.count
    var accumulator = Evidence.Accumulator(evidence)
    for start in stride(from: 0, to: evidence.batch == .none ? 1 : labels.count, by: count) {
      executor.write("inputs", Array(inputs.scalars[(start * size)..<((start + count) * size)]))
      executor.write("labels", integers: Array(labels[start..<(start + count)]))
      executor.run()
      let names = executor.plan.graph.outputs.map(\.name)
      try accumulator.add(ParameterSet(names.map { ($0, executor.output($0)) }))
    }
    return try accumulator.result()
  }

  func graph(of evidence: Evidence, batch: Int) throws -> Graph {
    try Graph.trace { builder in
      let tracer = Tracer(builder)
      for (name, tensor) in weights { tracer.weights.append((name, builder.parameter(name, tensor.shape))) }
      let axes = inputs.shape.axes
      var x = builder.input("inputs", Shape([batch] + axes.dropFirst()))
      x = tracer.apply(Convolution(.init(padding: 1), hasBias: true, rectifies: true), x, "conv1")
      x = tracer.apply(
        Convolution(.init(stride: 2, padding: 1, groups: 2), hasBias: true, rectifies: true), x, "conv2")
      x = tracer.apply(Affine(hasBias: true, rectifies: true), x.flattened(from: 1), "fc1")
      let logits = tracer.apply(Affine(hasBias: true), x, "fc2")
      for (name, value) in try evidence.values(of: tracer.loss(of: logits, batch: batch)) {
        builder.output(name, value)
      }
    }.simplified
  }
}

/// Notes the places where weights are read.
final class Tracer {
  let builder: GraphBuilder
  var weights: [(name: String, value: Value)] = []
  var sites: [Site] = []

  init(_ builder: GraphBuilder) { self.builder = builder }

  func apply(_ primitive: some Primitive, _ x: Value, _ scope: String) -> Value {
    let names = ["\(scope).weight", "\(scope).bias"]
    let inputs = [x] + names.compactMap { name in weights.first { $0.name == name }?.value }
    let output = builder.applyAll(primitive, inputs)[0]
    sites.append(
      Site(
        parameter: names[0], weight: inputs[1], input: x, output: output, primitive: primitive, inputs: inputs
      ))
    return output
  }

  func loss(of logits: Value, batch: Int, groups: [AxisGroup] = []) -> LossTrace {
    let labels = builder.input("labels", [batch], .int32)
    return LossTrace(
      builder: builder, logits: logits, labels: labels, loss: logits.softmaxCrossEntropy(labels).mean,
      weights: weights, sites: sites, meanLoss: { $0.softmaxCrossEntropy(labels).mean },
      axisGroups: { groups }
    ) { [builder] evidence, name, shape in builder.input("given/\(evidence)/\(name)", shape) }
  }
}

/// What Tests/Reference/criteria.py wrote.
struct CriteriaFixture: Decodable, Sendable {
  struct Array: Decodable, Sendable {
    let name: String?
    let shape: [Int]
    let scalars: [Double]
  }
  let weights: [Array]
  let inputs: Array
  let labels: [Int32]
  let evidence: [String: [Array]]
  let criteria: [String: [Array]]
  /// The scores of the rows of every weight by `taylor-gate`.
  let units: [Array]
  let heads: Heads

  /// A small attention and the importance of its two heads.
  struct Heads: Decodable, Sendable {
    let weights: [Array]
    let inputs: Array
    let labels: [Int32]
    let importance: Array
  }

  static let shared = try? JSONDecoder().decode(
    CriteriaFixture.self,
    from: Data(
      contentsOf: Bundle.module.resourceURL?.appending(path: "Fixtures/criteria.json") ?? URL(filePath: "")))

  var network: TracedNetwork {
    TracedNetwork(
      weights: ParameterSet(weights.map { ($0.name ?? "", $0.tensor) }), inputs: inputs.tensor, labels: labels
    )
  }
}

/// What Tests/Reference/second_order.py wrote, of the same network.
struct SecondOrderFixture: Decodable, Sendable {
  let evidence: [String: [CriteriaFixture.Array]]
  let scores: [String: [CriteriaFixture.Array]]
  /// Weights after the cut.
  let moved: [String: [CriteriaFixture.Array]]

  static let shared = try? JSONDecoder().decode(
    SecondOrderFixture.self,
    from: Data(
      contentsOf: Bundle.module.resourceURL?.appending(path: "Fixtures/second_order.json")
        ?? URL(filePath: "")))
}

extension CriteriaFixture.Array {
  var tensor: Tensor { Tensor(Shape(shape), scalars.map { Float($0) }) }
}
