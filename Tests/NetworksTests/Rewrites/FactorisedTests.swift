import CoppiceAutodiff
import CoppiceNetworks
import CoppiceTensors
import Foundation
import Testing

/// Weights as products of two smaller ones.
@Suite struct FactorisedTests {
  /// What Tests/Reference/factors.py wrote.
  private struct Case: Decodable {
    let seed: UInt32
    let rows: Int
    let columns: Int
    let inner: Int?
    let rank: Int
    let values: [Double]
    let nearest: [Double]

    /// The matrix that the script decomposed.
    var matrix: [Double] {
      guard let inner else {
        return ReferenceNumbers.numbers(seed, rows * columns, scale: 2).map(Double.init)
      }
      let a = ReferenceNumbers.numbers(seed, rows * inner, scale: 2).map(Double.init)
      let b = ReferenceNumbers.numbers(seed + 1, inner * columns, scale: 2).map(Double.init)
      return (0..<rows * columns).map { place in
        (0..<inner).reduce(0) { $0 + a[place / columns * inner + $1] * b[$1 * columns + place % columns] }
      }
    }
  }

  @Test func singularValuesAreLAPACKs() throws {
    let url = try #require(
      Bundle.module.url(forResource: "factors", withExtension: "json", subdirectory: "Fixtures"))
    for one in try JSONDecoder().decode([Case].self, from: Data(contentsOf: url)) {
      let found = SingularValues(one.matrix, rows: one.rows, columns: one.columns)
      #expect(found.values.count == one.values.count)
      for (a, b) in zip(found.values, one.values) { #expect(abs(a - b) < 1e-12 * one.values[0]) }
      let (left, right) = found.factors(rank: one.rank)
      for place in one.nearest.indices {
        let (row, column) = (place / one.columns, place % one.columns)
        let product = (0..<one.rank).reduce(0.0) {
          $0 + left[row * one.rank + $1] * right[$1 * one.columns + column]
        }
        #expect(abs(product - one.nearest[place]) < 1e-11 * one.values[0])
      }
    }
  }

  private func logits(_ network: Network, _ parameters: ParameterSet, _ family: Family) throws -> Tensor {
    let executor = Executor(Plan(try network.forward(batch: family.batch, isTraining: false)))
    for (name, tensor) in parameters where executor.hasLeaf(name) { executor.write(name, tensor.scalars) }
    for buffer in network.buffers where executor.hasLeaf(buffer.name) {
      executor.write(buffer.name, [Float](repeating: buffer.initial, count: buffer.shape.count))
    }
    executor.fill(family)
    executor.run()
    return executor.output("logits")
  }

  /// At a rank that holds the whole weight the network is the same, layer by layer: linear ones, convolutions with windows, strides and
  /// rectifiers, attention.
  @Test(arguments: Family.all) func theFullRankIsTheNetwork(family: Family) throws {
    let network = try family.traced()
    let weights = try network.factorisable()
    let factorised = Factorised(weights.map { ($0.name, min($0.outputs, $0.inputs)) })
    let made = try factorised.apply(to: network)
    let parameters = ReferenceNumbers.parameters(network)
    let factors = factorised.factors(of: parameters)
    #expect(made.fault(inParameters: factors) == nil)
    #expect(weights.map(\.name) == network.prunable && made.prunable.count == 2 * weights.count)
    let (whole, product) = (try logits(network, parameters, family), try logits(made, factors, family))
    let largest = whole.scalars.map(abs).max() ?? 0
    for (a, b) in zip(whole.scalars, product.scalars) { #expect(abs(a - b) < 2e-5 * max(1, largest)) }
    // It is found again among stored parameters, and trains on.
    #expect(Factorised(of: network, with: factors) == factorised)
    #expect(Factorised(of: network, with: parameters) == nil)
    let trainer = try Trainer(
      made, TrainingState(parameters: factors, buffers: made.initialBuffers), masks: nil,
      optimizer: .sgd(), batch: family.batch, seed: 1)
    let losses = try family.runOnOneBatch(trainer, steps: 8, rate: 0.005)
    #expect(losses.allSatisfy { $0.isFinite } && losses[7] < losses[0])
  }

  /// What a product of low rank computes is the product, and no weight of its rank is nearer.
  @Test func theFactorsAreTheNearest() throws {
    let network = try Family.all[0].traced()
    let factorised = Factorised([("fc1.weight", 3)])
    let parameters = ReferenceNumbers.parameters(network)
    let factors = factorised.factors(of: parameters)
    let (down, up) = (
      try #require(factors["fc1.down.weight"]), try #require(factors["fc1.up.weight"])
    )
    #expect(down.shape == [3, 36] && up.shape == [16, 3])
    #expect(factors.names == ["fc1.down.weight", "fc1.up.weight"] + parameters.names.dropFirst())
    let weight = try #require(parameters["fc1.weight"])
    let values = SingularValues(weight.scalars.map(Double.init), rows: 16, columns: 36).values
    var error = 0.0
    for (place, scalar) in weight.scalars.enumerated() {
      var product = 0.0
      for k in 0..<3 {
        product += Double(up.scalars[place / 36 * 3 + k]) * Double(down.scalars[k * 36 + place % 36])
      }
      error += (product - Double(scalar)) * (product - Double(scalar))
    }
    // Eckart and Young: the rest is that of the singular values left out.
    let rest = values.dropFirst(3).reduce(0) { $0 + $1 * $1 }
    #expect(abs(error - rest) < 1e-5 * rest)
  }

  @Test func whatCannotBeFactorisedIsSaid() throws {
    let network = try Family.all[0].traced()
    #expect(throws: TraceError.self) { try Factorised([("fc1.bias", 2)]).apply(to: network) }
    #expect(throws: TraceError.self) { try Factorised([("fc7.weight", 2)]).apply(to: network) }
    // Convolutions of several groups stay whole.
    let mobile = try Network(.mobileNetV2(width: 0.25), .images([3, 32, 32], classes: 4))
    let names = Set(try mobile.factorisable().map(\.name))
    let grouped = mobile.declarations.filter { $0.isPrunable && $0.shape.rank == 4 && $0.shape[1] == 1 }
    #expect(!grouped.isEmpty && grouped.allSatisfy { !names.contains($0.name) } && !names.isEmpty)
  }
}

extension Executor {
  /// The first batch of a family.
  fileprivate func fill(_ family: Family) {
    var labels = [Int32](repeating: 0, count: family.batch * family.interface.labelsPerExample)
    labels.withUnsafeMutableBufferPointer { labels in
      if family.interface.hasTokens {
        withIntegers("inputs") {
          ReferenceNumbers.fill(0, family.interface, batch: family.batch, .tokens($0), labels)
        }
      } else {
        withFloats("inputs") {
          ReferenceNumbers.fill(0, family.interface, batch: family.batch, .numbers($0), labels)
        }
      }
    }
  }
}
