import CoppiceNetworks
import CoppiceTensors
import Testing

@Suite struct QuantisationTests {
  private let weight = Tensor([3, 4], [-0.5, 0, 0.25, 1, 0, 0, 0, 0, 3, -0.001, 0, 6])

  private var quantisation: Quantisation {
    Quantisation([("fc.weight", .init(of: weight, input: AffineCode(below: 0.5, above: 1)))])
  }

  @Test func everyRowHasAScale() {
    let scales = quantisation["fc.weight"]
    #expect(scales?.weight == [Float(1) / 127, 1, Float(6) / 127])
    #expect(scales?.inputZero == 85 && scales?.inputScale == 0.00588235294)
    #expect(quantisation.codes("fc.weight", of: weight) == [-64, 0, 32, 127, 0, 0, 0, 0, 64, 0, 0, 127])
    #expect(quantisation.codes("fc.bias", of: weight) == nil)
    #expect(quantisation.codes("fc.weight", of: Tensor(repeating: 0, [2, 4])) == nil)
  }

  @Test func quantisingTwiceChangesNothing() {
    let parameters = ParameterSet([("fc.weight", weight), ("fc.bias", Tensor([3], [0.1, 0.2, 0.3]))])
    let once = quantisation.applied(to: parameters)
    #expect(once["fc.bias"] == parameters["fc.bias"])
    #expect(quantisation.applied(to: once).hasSameBits(as: once))
    // So it is with scales that are taken anew.
    let again = Quantisation([
      ("fc.weight", .init(of: once["fc.weight"] ?? weight, input: AffineCode(below: 0.5, above: 1)))
    ])
    #expect(again == quantisation)
    let codes = quantisation.codes("fc.weight", of: weight) ?? []
    #expect(quantisation.weight("fc.weight", [3, 4], codes: codes) == once["fc.weight"])
  }

  @Test func prunedWeightsStayZeroAndSurvivorsThatBecomeZeroAreCounted() {
    let masks = MaskSet([("fc.weight", Mask([3, 4], [1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 0, 1]))])
    let parameters = ParameterSet([("fc.weight", weight)])
    let rounded = quantisation.applied(to: parameters)["fc.weight"]
    for place in 0..<12 where masks["fc.weight"]?.bytes[place] == 0 {
      #expect(rounded?.scalars[place].bitPattern == 0)
    }
    // The survivors at places 1, a zero before, and 9: −0.001 in a row whose largest is 6.
    #expect(quantisation.zeroedSurvivors(in: parameters, masks: masks) == 2)
    #expect(quantisation.zeroedSurvivors(in: parameters, masks: nil) == 7)
    let gone = MaskSet([("fc.weight", Mask([3, 4], [1, 0, 1, 1, 0, 0, 0, 0, 1, 0, 0, 1]))])
    #expect(quantisation.zeroedSurvivors(in: parameters, masks: gone) == 0)
  }

  @Test func scalesAndRangesMakeAQuantisation() {
    let scales = Quantisation.scales(
      of: ["fc.weight", "none"], in: ParameterSet([("fc.weight", weight)]), bits: 8)
    #expect(scales.names == ["fc.weight"])
    let ranges = ParameterSet([("fc.weight", Tensor([2], [0.5, 1]))])
    #expect(Quantisation(bits: 8, scales: scales, ranges: ranges) == quantisation)
    let without = Quantisation(bits: 4, scales: scales, ranges: ParameterSet())
    #expect(without["fc.weight"]?.input == AffineCode(scale: 1, zero: 0))
  }

  @Test func weightsOfFourBitsAreStoredTwoAByte() {
    let scales = Quantisation([
      ("fc.weight", .init(of: weight, bits: 4, input: AffineCode(below: 0, above: 0)))
    ])
    let codes = scales.codes("fc.weight", of: weight) ?? []
    // −0.5 is just less than 3.5 steps of 1/7 in single precision.
    #expect(codes == [-3, 0, 2, 7, 0, 0, 0, 0, 4, 0, 0, 7])
    #expect(scales["fc.weight"]?.hasIntegerInput == false)
    let bytes = NibbleCodes.packed(codes)
    #expect(bytes.count == 6)
    #expect(
      scales.weight("fc.weight", [3, 4], codes: NibbleCodes.unpacked(bytes, count: 12))
        == scales.nearest("fc.weight", weight))
  }

  @Test func layersKeepTheirOrder() {
    var some = Quantisation()
    for name in ["b", "a", "c"] { some[name] = .init(weight: [1]) }
    some["a"] = .init(weight: [2])
    #expect(some.names == ["b", "a", "c"] && some["a"]?.weight == [2])
    some["b"] = nil
    #expect(some.layers.map(\.name) == ["a", "c"])
  }
}
