import CoppiceExchange
import CoppiceNetworks
import CoppiceTensors
import CoppiceTerms
import CoppiceTestSupport
import Testing

/// Weights of other libraries, held against the logits of the libraries' own models.
@Suite struct NameMapTests {
  @Test("logits are those of the library's own model", arguments: LibraryCase.all)
  func logits(_ library: LibraryCase) throws {
    let network = try library.network()
    let file = try library.weightFile()
    let fit = try NameFit(network, file)
    #expect(fit.faults == [] && fit.names.name == library.names)
    let weights = try fit.weights(network, from: file, fresh: ParameterSet())
    #expect(network.fault(inParameters: weights.parameters) == nil)
    #expect(network.fault(inBuffers: weights.buffers) == nil)
    let found = try library.logits(network, weights.parameters, weights.buffers)
    #expect(library.difference(of: found) <= 1e-4)
  }

  @Test func everyLibraryIsThere() {
    let names = Set(LibraryCase.all.compactMap(\.names)).union(["keras"])
    #expect(names == Set(NameMap.catalogue.names))
    #expect(LibraryCase.all.count >= 20)
  }

  /// Every array of a network has a place of its own, and what is written there is what is read.
  @Test("out and in again gives the same bits", arguments: LibraryCase.all, NameMap.all)
  func roundTrip(_ library: LibraryCase, _ names: NameMap) throws {
    let network = try library.network()
    guard names.places(of: network) != nil else { return }
    let parameters = network.initialParameters(seed: 3)
    let buffers = ParameterSet(
      network.initialBuffers.map { ($0.name, Tensor(repeating: 0.25, $0.tensor.shape)) })
    // A biased network, so that a bias in a wrong place is told.
    let drawn = ParameterSet(
      parameters.enumerated().map { index, one in
        (
          one.name,
          Tensor(
            one.tensor.shape, one.tensor.scalars.enumerated().map { Float(index) + Float($0.offset) / 4096 })
        )
      })
    let masks = MaskSet(
      network.prunable.compactMap { name in
        drawn[name].map { tensor in
          (name, Mask(tensor.shape, tensor.scalars.indices.map { $0 % 3 == 0 ? 0 : 1 }))
        }
      })
    for form in WrittenMasks.allCases {
      let written = try names.written(network, drawn, buffers, masks: masks, as: form)
      #expect(Set(written.map(\.name)).count == written.count)
      let source = ParameterSet(
        written.map { array in
          switch array.values {
          case .weights(let tensor): (array.name, tensor)
          case .mask(let mask): (array.name, Tensor(mask.shape, mask.bytes.map(Float.init)))
          }
        })
      let fit = try NameFit(network, source, names: names)
      #expect(fit.faults == [])
      let read = try fit.weights(network, from: source, fresh: ParameterSet())
      #expect(read.parameters.hasSameBits(as: masks.applied(to: drawn)))
      #expect(read.buffers.hasSameBits(as: buffers))
      #expect(read.masks == masks)
    }
  }

  @Test func aPrunedPairIsAWeightAndAMask() throws {
    let library = try #require(LibraryCase.named("torch-prune"))
    let (network, file) = (try library.network(), try library.weightFile())
    #expect(file.arrays.map(\.name).contains("fc1.weight_orig"))
    let weights = try NameFit(network, file).weights(network, from: file, fresh: ParameterSet())
    #expect(weights.masks.names == ["fc1.weight", "fc2.weight"])
    // Four tenths of 96 and of 30, by l1_unstructured's rounding.
    #expect(weights.masks.map { $0.mask.count - $0.mask.keptCount } == [38, 12])
    let original = try file.tensor("fc1.weight_orig")
    #expect(weights.parameters["fc1.weight"] == weights.masks["fc1.weight"]?.applied(to: original))
    #expect(original.scalars.allSatisfy { $0 != 0 })
  }

  @Test func aTiedHeadIsWrittenOnce() throws {
    let library = try #require(LibraryCase.named("hf-gpt2"))
    let (network, file) = (try library.network(), try library.weightFile())
    #expect(file.array("lm_head.weight") == nil)
    let weights = try NameFit(network, file).weights(network, from: file, fresh: ParameterSet())
    #expect(weights.parameters["lm_head.weight"] == weights.parameters["wte.weight"])
    let written = try NameMap.huggingFace.written(
      network, weights.parameters, weights.buffers, masks: MaskSet())
    #expect(written.count == file.arrays.count && !written.contains { $0.name == "lm_head.weight" })
    // What is tied no longer is there twice.
    var moved = weights.parameters
    moved["lm_head.weight"]?.scalars[0] += 1
    #expect(
      try NameMap.huggingFace.written(network, moved, weights.buffers, masks: MaskSet())
        .contains { $0.name == "lm_head.weight" })
  }

  /// The longer table has nine places, the network seven.
  @Test func aLongerTableOfPositionsIsCut() throws {
    let library = try #require(LibraryCase.named("hf-gpt2"))
    let (network, file) = (try library.network(), try library.weightFile())
    #expect(file.array("transformer.wpe.weight")?.shape == [9, 12])
    let weights = try NameFit(network, file).weights(network, from: file, fresh: ParameterSet())
    #expect(
      weights.parameters["wpe.weight"]?.scalars
        == Array(try file.tensor("transformer.wpe.weight").scalars.prefix(84)))
  }
}
