import CoppicePruning
import Testing

/// Against exact rational arithmetic: Tests/Reference/erdos_renyi.py printed this table.
@Suite struct ErdosRenyiTests {
  static let sparsities: [(model: String, kernel: Bool, sparsity: Double, layers: [Double])] = [
    ("lenet-300-100", false, 0.5, [0.565901, 0.000000, 0.000000]),
    ("lenet-300-100", false, 0.9, [0.920432, 0.769811, 0.000000]),
    ("lenet-300-100", false, 0.95, [0.961516, 0.888666, 0.081493]),
    ("lenet-300-100", false, 0.98, [0.984606, 0.955466, 0.632597]),
    ("lenet-300-100", false, 0.99, [0.992303, 0.977733, 0.816299]),
    ("lenet-300-100", true, 0.5, [0.565901, 0.000000, 0.000000]),
    ("lenet-300-100", true, 0.9, [0.920432, 0.769811, 0.000000]),
    ("lenet-300-100", true, 0.95, [0.961516, 0.888666, 0.081493]),
    ("lenet-300-100", true, 0.98, [0.984606, 0.955466, 0.632597]),
    ("lenet-300-100", true, 0.99, [0.992303, 0.977733, 0.816299]),
    ("lenet-5", false, 0.5, [0.000000, 0.000000, 0.538125, 0.000000]),
    ("lenet-5", false, 0.9, [0.000000, 0.138197, 0.959988, 0.000000]),
    ("lenet-5", false, 0.95, [0.000000, 0.586587, 0.980806, 0.397598]),
    ("lenet-5", false, 0.98, [0.000000, 0.840534, 0.992596, 0.767635]),
    ("lenet-5", false, 0.99, [0.000000, 0.925183, 0.996526, 0.890980]),
    ("lenet-5", true, 0.5, [0.000000, 0.513623, 0.506024, 0.000000]),
    ("lenet-5", true, 0.9, [0.000000, 0.912928, 0.911567, 0.000000]),
    ("lenet-5", true, 0.95, [0.273884, 0.962523, 0.961937, 0.000000]),
    ("lenet-5", true, 0.98, [0.722113, 0.985657, 0.985433, 0.542832]),
    ("lenet-5", true, 0.99, [0.861057, 0.992829, 0.992717, 0.771416]),
    ("conv-2", false, 0.5, [0.000000, 0.000000, 0.512105, 0.039223, 0.000000]),
    ("conv-2", false, 0.9, [0.000000, 0.273022, 0.907708, 0.818256, 0.000000]),
    ("conv-2", false, 0.95, [0.000000, 0.640172, 0.954319, 0.910043, 0.000000]),
    ("conv-2", false, 0.98, [0.000000, 0.858152, 0.981992, 0.964538, 0.528355]),
    ("conv-2", false, 0.99, [0.217198, 0.929898, 0.991100, 0.982475, 0.766912]),
    ("conv-2", true, 0.5, [0.000000, 0.548685, 0.507427, 0.030010, 0.000000]),
    ("conv-2", true, 0.9, [0.000000, 0.910458, 0.902273, 0.807552, 0.000000]),
    ("conv-2", true, 0.95, [0.482879, 0.955505, 0.951437, 0.904368, 0.000000]),
    ("conv-2", true, 0.98, [0.793819, 0.982259, 0.980637, 0.961871, 0.492879]),
    ("conv-2", true, 0.99, [0.896910, 0.991130, 0.990319, 0.980935, 0.746440]),
  ]

  @Test(arguments: sparsities)
  func keepsTheCountsOfTheReference(model: String, kernel: Bool, sparsity: Double, expected: [Double]) throws
  {
    let layers = try #require(Networks.byName[model])
    let allocation: Allocation = kernel ? .erdosRenyiKernel : .erdosRenyi
    guard case .layers(let kept) = try allocation.quota(for: layers, target: .sparsity(sparsity)) else {
      Issue.record("\(allocation) pools its layers")
      return
    }
    for ((layer, count), expected) in zip(zip(layers, kept), expected) {
      let reference = (1 - expected) * Double(layer.count)
      #expect(abs(Double(count) - reference) <= 1 + 1e-6 * Double(layer.count), "\(layer.name)")
    }
    let total = layers.reduce(0) { $0 + Double($1.count) }
    #expect(abs(Double(kept.reduce(0, +)) - (1 - sparsity) * total) <= Double(layers.count) / 2 + 0.5)
  }
}
