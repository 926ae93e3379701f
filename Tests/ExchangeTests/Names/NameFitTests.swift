import CoppiceExchange
import CoppiceNetworks
import CoppiceTensors
import CoppiceTerms
import Testing

/// Files that do not go together with a network, or only in part.
@Suite struct NameFitTests {
  private let network: Network

  init() throws { network = try Network(.mlp([3]), .images([4], classes: 2)) }

  private var own: ParameterSet { network.initialParameters(seed: 1) }

  @Test func whatIsMissingAndWhatIsLeftOverAreNamedWithTheirNearest() throws {
    var source = ParameterSet(own.filter { $0.name != "fc1.bias" }.map { $0 })
    source["fc1.bais"] = Tensor(repeating: 0, [3])
    let fit = try NameFit(network, source, names: .own)
    #expect(
      fit.faults == [
        .missing("fc1.bias", near: ["fc1.bais"]), .extra("fc1.bais", near: ["fc1.bias"]),
      ])
    #expect(throws: ExchangeError.self) { try fit.check(network, file: "w.npz") }
    do { try fit.check(network, file: "w.npz") } catch {
      #expect(
        "\(error)"
          == "w.npz does not fit mlp by the names of own: fc1.bias is not there; near it are fc1.bais; "
          + "fc1.bais is none of the network's; near it are fc1.bias")
      #expect(error.exitCode == .badData)
    }
  }

  @Test func bothShapesAreTold() throws {
    var source = own
    source["fc1.weight"] = Tensor(repeating: 0, [4, 3])
    let fit = try NameFit(network, source, names: .own)
    #expect(fit.faults == [.shape("fc1.weight", found: [4, 3], wanted: [3, 4])])
    #expect("\(fit.faults[0])" == "fc1.weight is shaped [4, 3], not [3, 4]")
  }

  @Test func manyFaultsAreCounted() throws {
    let source = ParameterSet((0..<20).map { ("other\($0)", Tensor(repeating: 0, [1])) })
    let fit = try NameFit(network, source, names: .own)
    do { try fit.check(network, file: "w") } catch { #expect("\(error)".hasSuffix("; and 12 more")) }
    #expect(fit.faults.count == 24)
  }

  @Test func aHeadOfOtherClassesIsDrawnAfresh() throws {
    let other = try Network(.mlp([3]), .images([4], classes: 7)).initialParameters(seed: 2)
    #expect(try NameFit(network, other).faults.count == 2)
    let fit = try NameFit(network, other, head: .fresh)
    #expect(fit.faults == [] && fit.ignored == ["fc2.weight", "fc2.bias"])
    let weights = try fit.weights(network, from: other, fresh: own)
    #expect(weights.parameters["fc1.weight"] == other["fc1.weight"])
    #expect(weights.parameters["fc2.weight"] == own["fc2.weight"])
    #expect(weights.parameters.names == own.names)
  }

  /// A file of the base model has no pooler that fits and the heads of its own training.
  @Test func aBaseModelMakesAClassifier() throws {
    let library = try #require(LibraryCase.named("hf-bert"))
    let (network, file) = (try library.network(), try library.weightFile())
    var source = ParameterSet()
    for array in file.arrays where !array.name.hasPrefix("classifier") && !array.name.contains("pooler") {
      source[array.name] = try file.tensor(array.name)
    }
    source["cls.predictions.bias"] = Tensor(repeating: 0, [17])
    source["cls.predictions.transform.dense.weight"] = Tensor(repeating: 0, [12, 12])
    #expect(!(try NameFit(network, source).isComplete))
    let fit = try NameFit(network, source, head: .fresh)
    #expect(fit.faults == [])
    let fresh = network.initialParameters(seed: 5)
    let weights = try fit.weights(network, from: source, fresh: fresh)
    #expect(weights.parameters["bert.pooler.dense.weight"] == fresh["bert.pooler.dense.weight"])
    #expect(weights.parameters["classifier.weight"] == fresh["classifier.weight"])
    #expect(
      weights.parameters["bert.embeddings.word_embeddings.weight"]
        == source["bert.embeddings.word_embeddings.weight"])
  }

  @Test func prefixesAreTakenOff() throws {
    for prefix in ["module.", "model.", "_orig_mod.", "module._orig_mod.model."] {
      let source = ParameterSet(own.map { (prefix + $0.name, $0.tensor) })
      let fit = try NameFit(network, source)
      #expect(fit.isComplete && fit.names == .own)
    }
    // Two arrays of one name: neither is taken.
    var twice = ParameterSet(own.map { ("module." + $0.name, $0.tensor) })
    twice["model.fc1.weight"] = own["fc1.weight"]
    #expect(
      try NameFit(network, twice, names: .own).faults.first
        == .missing("fc1.weight", near: ["module.fc1.weight", "model.fc1.weight"]))
  }

  @Test func whatIsNoWeightIsPassedOver() throws {
    var source = own
    source["fc1.num_batches_tracked"] = Tensor(.scalar, [3])
    source["embeddings.position_ids"] = Tensor(repeating: 0, [1, 9])
    source["h.0.attn.bias"] = Tensor(repeating: 1, [1, 1, 3, 3])
    source["h.0.attn.masked_bias"] = Tensor(.scalar, [-1e4])
    let fit = try NameFit(network, source)
    #expect(fit.isComplete)
    #expect(
      fit.ignored == [
        "fc1.num_batches_tracked", "embeddings.position_ids", "h.0.attn.bias", "h.0.attn.masked_bias",
      ])
  }

  @Test func aLibraryWithoutTheModelIsNamed() throws {
    #expect(throws: ExchangeError.unknownModel("mlp", names: "timm")) {
      try NameFit(network, own, names: .timm)
    }
    #expect("\(ExchangeError.unknownModel("mlp", names: "timm"))" == "there are no names of timm for mlp")
    #expect(throws: ExchangeError.unknownModel("mlp", names: "timm")) {
      try NameMap.timm.written(network, own, ParameterSet(), masks: MaskSet())
    }
  }

  @Test func aMaskOfAnotherShapeIsTold() throws {
    var source = own
    source["fc1.weight_mask"] = Tensor(repeating: 1, [4, 3])
    #expect(
      try NameFit(network, source, names: .own).faults
        == [.shape("fc1.weight_mask", found: [4, 3], wanted: [3, 4])])
  }
}
