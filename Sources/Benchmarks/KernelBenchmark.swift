import CoppiceAutodiff
import CoppiceNetworks
import CoppiceTensors

/// Measures the kernels that a model's training step spends its time in, each alone, on the shapes it has there.
struct KernelBenchmark {
  let threads: Int
  /// Seconds of each run of a figure.
  let seconds: Double

  /// Kernels with less than this share of the step's estimated cost are left out.
  static let leastShare = 0.02
  /// A kernel that makes less than this many floating-point operations with each byte it touches is bound by memory, whatever
  /// the processor: its figure is GB/s, and it has no share of the multiply-add limit.
  static let leastIntensity = 4.0

  /// The costliest node of each primitive that matters to the step.
  func run(_ subject: BenchmarkModel) throws -> [BenchmarkRow] {
    let traced = try Network(subject.model, subject.interface)
    let graph = try traced.trainingGraph(batch: subject.batch, optimizer: subject.optimizer, masked: [])
    var byPrimitive: [(name: String, nodes: [Int])] = []
    for step in Plan(graph).steps {
      guard let name = graph.nodes[step.node].primitive?.name else { continue }
      if let index = byPrimitive.firstIndex(where: { $0.name == name }) {
        byPrimitive[index].nodes.append(step.node)
      } else {
        byPrimitive.append((name, [step.node]))
      }
    }
    let costs = byPrimitive.map { $0.nodes.reduce(0) { $0 + graph.cost(of: $1) } }
    let least = costs.reduce(0, +) * Self.leastShare
    return try zip(byPrimitive, costs).filter { $1 >= least }.compactMap { primitive, _ in
      guard let node = primitive.nodes.max(by: { graph.cost(of: $0) < graph.cost(of: $1) }) else {
        return nil
      }
      return try measure(node, of: graph, subject)
    }
  }

  private func measure(_ node: Int, of graph: Graph, _ subject: BenchmarkModel) throws -> BenchmarkRow {
    let executor = Executor(Plan(try graph.alone(node)), threads: threads)
    // Integers stay 0, which is an index of everything.
    var random = RandomStream(seed: 0, stream: .generation)
    for name in executor.plan.graph.nodes.compactMap(\.leaf?.name) {
      guard executor.plan.graph.isFloat(name) else { continue }
      executor.withFloats(name) { random.fillUniform($0) }
    }
    let (calls, limit) = MultiplyAddLimit.around(threads: threads) {
      Rates(seconds: seconds) { executor.run() }
    }
    let isBoundByMemory = Double(graph.flops(of: node)) < Self.leastIntensity * Double(graph.bytes(of: node))
    let rates = calls.scaled(
      by: Double(isBoundByMemory ? graph.bytes(of: node) : graph.flops(of: node)) / 1e9)
    let scope = graph.nodes[node].scope
    return BenchmarkRow(
      key: .init(
        benchmark: (graph.nodes[node].primitive?.name ?? "") + (scope.isEmpty ? "" : " \(scope)"),
        model: subject.name, batch: subject.batch, threads: threads, density: nil),
      rates: rates, unit: isBoundByMemory ? "GB/s" : "GFLOP/s",
      fractionOfLimit: isBoundByMemory ? nil : rates.median * 1e9 / limit)
  }
}

extension Graph {
  fileprivate func flops(of node: Int) -> Int { nodes[node].primitive?.flops(for: signature(of: node)) ?? 0 }

  /// Bytes a node reads and writes, each once.
  fileprivate func bytes(of node: Int) -> Int {
    let signature = signature(of: node)
    return (signature.inputs + signature.outputs).reduce(0) { $0 + $1.size }
  }

  /// An estimate of the time a node takes, in floating-point operations: a byte takes as long as eight.
  fileprivate func cost(of node: Int) -> Double { Double(max(flops(of: node), 8 * bytes(of: node))) }

  fileprivate func isFloat(_ name: String) -> Bool {
    nodes.contains { $0.leaf?.name == name && $0.outputs[0].element == .float32 }
  }

  /// A graph of one node of this one: what it reads are leaves, and what it updates in place it updates in place.
  fileprivate func alone(_ index: Int) throws -> Graph {
    guard let primitive = nodes[index].primitive else { return self }
    return try Graph.trace { builder in
      let inputs = nodes[index].inputs.enumerated().map { place, input in
        let type = type(of: input)
        switch nodes[input.node].leaf {
        case .parameter(let name): return builder.parameter(name, type.shape)
        case .state(let name, let initial): return builder.state(name, type.shape, initial: initial)
        default: return builder.input("input \(place)", type.shape, type.element)
        }
      }
      let outputs = builder.applyAll(primitive, inputs)
      for (place, output) in nodes[index].outputs.indices.enumerated() {
        let id = ValueID(node: index, output: output)
        if let update = updates.first(where: { $0.value == id }),
          let leaf = nodes[index].inputs.firstIndex(of: update.leaf)
        {
          builder.update(inputs[leaf], with: outputs[place])
        } else {
          builder.output("output \(place)", outputs[place])
        }
      }
    }
  }
}
