import CoppiceNetworks
import CoppiceTensors
import CoppiceTestSupport
import Testing

@Suite struct InitializerTests {
  /// What each initializer's formula says of a convolution `[64, 32, 5, 5]`: fan in 800, fan out 1600.
  static let deviations: [(initializer: Initializer, deviation: Double, bound: Double?)] = [
    (.glorotNormal, (2.0 / 2400).squareRoot(), nil),
    (.glorotUniform, (2.0 / 2400).squareRoot(), (6.0 / 2400).squareRoot()),
    (.kaimingNormal, (2.0 / 800).squareRoot(), nil),
    (.kaimingUniform, (1.0 / 2400).squareRoot(), (1.0 / 800).squareRoot()),
    (.lecunNormal, (1.0 / 800).squareRoot(), nil),
    // A normal distribution cut at two deviations has 0.8796 of its deviation.
    (.truncatedNormal(deviation: 0.05), 0.05 * 0.879626, 0.1),
  ]

  @Test("mean, deviation and bounds are those of the formula", arguments: deviations.indices)
  func statistics(index: Int) {
    let (initializer, deviation, bound) = Self.deviations[index]
    let values = initializer.tensor([64, 32, 5, 5], seed: 3, ordinal: 1).scalars.map(Double.init)
    let mean = values.reduce(0, +) / Double(values.count)
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
    // 51,200 values: the mean's standard error is deviation / 226, the deviation's 0.3 %.
    #expect(abs(mean) < deviation / 226 * 4)
    #expect(abs(variance.squareRoot() / deviation - 1) < 0.013)
    let greatest = values.map(abs).max() ?? 0
    if let bound {
      #expect(greatest <= bound * (1 + 1e-6) && greatest > bound * 0.98)
    } else {
      #expect(greatest > 3.5 * deviation)
    }
  }

  @Test func fansOfLinearConvolutionAndVector() {
    #expect(Initializer.Fan([300, 784]) == Initializer.Fan([300, 784, 1, 1]))
    #expect(Initializer.Fan([300, 784]).incoming == 784 && Initializer.Fan([300, 784]).outgoing == 300)
    #expect(
      Initializer.Fan([64, 32, 5, 5]).incoming == 800 && Initializer.Fan([64, 32, 5, 5]).outgoing == 1600)
    #expect(Initializer.Fan([10]).incoming == 10 && Initializer.Fan([10]).outgoing == 10)
  }

  @Test func everyParameterHasAStreamOfItsOwn() {
    let initializer = Initializer.glorotNormal
    let tensor = initializer.tensor([4, 5], seed: 1, ordinal: 0)
    #expect(initializer.tensor([4, 5], seed: 1, ordinal: 0).hasSameBits(as: tensor))
    #expect(initializer.tensor([4, 5], seed: 1, ordinal: 1) != tensor)
    #expect(initializer.tensor([4, 5], seed: 2, ordinal: 0) != tensor)
  }

  @Test func fixedOnes() {
    #expect(Initializer.zeros.tensor([3], seed: 1, ordinal: 0).scalars == [0, 0, 0])
    #expect(Initializer.ones.tensor([3], seed: 1, ordinal: 0).scalars == [1, 1, 1])
  }

  @Test func aTrialsInitializerReplacesTheModelsForWeightsAlone() throws {
    let interface = Interface.images([1, 2, 3], classes: 4)
    let model = try Network(.mlp([5]), interface, initializer: .kaimingUniform)
    let parameters = model.initialParameters(seed: 9)
    #expect(parameters["fc1.weight"] == Initializer.kaimingUniform.tensor([5, 6], seed: 9, ordinal: 0))
    #expect(parameters["fc1.bias"]?.nonzeroCount == 0)
    #expect(
      try Network(.mlp([5]), interface).initialParameters(seed: 9)["fc1.weight"]
        != parameters["fc1.weight"])
  }
}
