import CoppiceAutodiff
import CoppiceNetworks
import CoppiceTensors
import CoppiceTestSupport
import Testing

@Suite struct ProbeTests {
  /// A step of plain gradient descent goes against the gradient. (Batch normalisation takes other statistics while training.)
  @Test("is what gradient descent follows", arguments: Family.all.filter { $0.name != "resnet" })
  func agreesWithDescent(_ family: Family) throws {
    var family = family
    (family.isMasked, family.clipping) = (false, nil)
    let traced = try family.traced()
    let start = family.start(traced)
    let gradients = try Probe.gradients(traced, start.parameters, start.buffers, batch: family.batch) {
      ReferenceNumbers.fill(0, family.interface, batch: family.batch, $0, $1)
    }
    #expect(gradients.names == traced.declarations.map(\.name))
    let trainer = try family.trainer(optimizer: .sgd())
    try trainer.fillBatch { ReferenceNumbers.fill(0, family.interface, batch: family.batch, $0, $1) }
    _ = trainer.run(learningRate: 0.5)
    for (name, after) in trainer.parameters {
      let (before, gradient) = (try #require(start.parameters[name]), try #require(gradients[name]))
      for (a, (b, g)) in zip(after.scalars, zip(before.scalars, gradient.scalars)) {
        #expect(abs((b - a) / 0.5 - g) < 2e-6, "\(name)")
      }
    }
  }

  @Test func leavesTheBuffersAlone() throws {
    let family = try #require(Family.all.first { $0.name == "resnet" })
    let traced = try family.traced()
    let start = family.start(traced)
    func gradients(_ buffers: ParameterSet) throws -> ParameterSet {
      try Probe.gradients(traced, start.parameters, buffers, batch: family.batch) {
        ReferenceNumbers.fill(0, family.interface, batch: family.batch, $0, $1)
      }
    }
    let first = try gradients(start.buffers)
    #expect(first.hasSameBits(as: try gradients(start.buffers)))
    #expect(first != (try gradients(start.buffers.mapValues { Tensor(repeating: 2, $0.shape) })))
  }

  /// Pinned when gradients had a class of their own.
  @Test("gradients keep their bits", arguments: Family.all)
  func bits(_ family: Family) throws {
    var digest = Digest()
    digest.add(try gradients(family))
    let pinned = [
      "mlp": "fa29e52af237a0e6", "lenet": "ce9abdea643b2fa1", "conv": "e7a5b8a131a4ed3d",
      "resnet": "68e45731dea921c3", "encoder": "5df50b1d34de7c3a", "causal-transformer": "547ae9e0f58c659b",
    ]
    #expect(digest.text == pinned[family.name])
  }

  private func gradients(_ family: Family, masks: MaskSet? = nil, masked: Bool = false, threads: Int = 1)
    throws
    -> ParameterSet
  {
    let traced = try family.traced()
    let start = family.start(traced)
    let parameters = masked ? masks?.applied(to: start.parameters) ?? start.parameters : start.parameters
    return try Probe.gradients(
      traced, parameters, start.buffers, masks: masked ? nil : masks, batch: family.batch, threads: threads
    ) { ReferenceNumbers.fill(0, family.interface, batch: family.batch, $0, $1) }
  }

  @Test("threads change no bit, and masked weights are read as 0", arguments: Family.all)
  func threadsAndMasks(_ family: Family) throws {
    let masks = ReferenceNumbers.masks(try family.traced())
    let expected = try gradients(family, masks: masks, masked: true)
    #expect(try gradients(family, masks: masks).hasSameBits(as: expected))
    #expect(try gradients(family, masks: masks, threads: 2).hasSameBits(as: expected))
    #expect(!(try gradients(family).hasSameBits(as: expected)))
  }

  @Test func tellsEachBatch() throws {
    let family = Family.all[1]
    let traced = try family.traced()
    let start = family.start(traced)
    func losses(_ batches: Range<Int>) throws -> [[Float]] {
      var found: [[Float]] = []
      try Probe.run(
        traced, start.parameters, start.buffers, batch: family.batch, count: batches.count,
        trace: { [("loss", $0.loss), ("rows", $0.logits.summed(over: 1))] },
        fill: {
          ReferenceNumbers.fill(batches.lowerBound + $0, family.interface, batch: family.batch, $1, $2)
        },
        each: { index, outputs in
          #expect(index == found.count && outputs.names == ["loss", "rows"])
          found.append(outputs.flatMap(\.tensor.scalars))
        })
      return found
    }
    let all = try losses(0..<3)
    #expect(all.count == 3 && Set(all).count == 3)
    #expect(try all == (0..<3).flatMap { try losses($0..<$0 + 1) })
  }

  /// The squares of each weight's inputs, summed over the batch: what Wanda (Sun et al. 2023) looks at.
  @Test func sitesAreWhereWeightsAreRead() throws {
    let family = Family.all[0]
    let traced = try family.traced()
    let start = family.start(traced)
    var found = ParameterSet()
    var outputs: [String: Shape] = [:]
    try Probe.run(
      traced, start.parameters, start.buffers, batch: family.batch,
      trace: { trace in
        for site in trace.sites { outputs[site.parameter] = site.output.shape }
        return trace.sites.map { site in
          let x = site.input.flattened(from: 1)
          return (site.parameter, (x * x).summed(over: 0))
        }
      }, fill: { ReferenceNumbers.fill($0, family.interface, batch: family.batch, $1, $2) },
      each: { found = $1 })
    #expect(found.names == traced.prunable)
    #expect(outputs == ["fc1.weight": [8, 16], "fc2.weight": [8, 12], "fc3.weight": [8, 5]])
    let inputs = ReferenceNumbers.numbers(1, family.batch * 36, scale: 4)
    for column in 0..<36 {
      let sum = (0..<family.batch).reduce(Float(0)) {
        $0 + inputs[$1 * 36 + column] * inputs[$1 * 36 + column]
      }
      #expect(abs(try #require(found["fc1.weight"]).scalars[column] - sum) < 1e-5 * max(1, sum))
    }
  }

  @Test("every prunable weight has a site", arguments: Family.all) func sites(_ family: Family) throws {
    let traced = try family.traced()
    var names: [String] = []
    _ = try traced.probeGraph(batch: 2) { trace in
      names = trace.sites.map(\.parameter)
      for site in trace.sites {
        #expect(site.weight.shape == traced.declarations.first { $0.name == site.parameter }?.shape)
        #expect(site.inputs[0].shape == site.input.shape && site.output.shape.rank == site.input.shape.rank)
      }
      return [("loss", trace.loss)]
    }
    #expect(names.sorted() == traced.prunable.sorted())
  }

  /// A trace can ask which weights survive: all of them without masks.
  @Test(arguments: [false, true]) func survivorsAreThoseOfTheMasks(isMasked: Bool) throws {
    let family = Family.all[0]
    let traced = try family.traced()
    let start = family.start(traced)
    let mask = Mask([16, 36], (0..<576).map { UInt8($0 % 3 == 0 ? 0 : 1) })
    var found = ParameterSet()
    try Probe.run(
      traced, start.parameters, start.buffers, masks: isMasked ? MaskSet([("fc1.weight", mask)]) : nil,
      batch: family.batch,
      trace: { trace in
        trace.prunable.map { ($0.name, trace.survivors(of: $0.name, $0.value.shape).scaled(by: 2)) }
      }, fill: { ReferenceNumbers.fill($0, family.interface, batch: family.batch, $1, $2) },
      each: { found = $1 })
    #expect(found.names == traced.prunable)
    for (name, survivors) in found {
      let isPruned = isMasked && name == "fc1.weight"
      let expected = survivors.scalars.indices.map { Float(isPruned && $0 % 3 == 0 ? 0 : 2) }
      #expect(survivors.scalars == expected, "\(name)")
    }
  }

  /// One that ran before on other weights, under other masks and with other results of evidence, is as good as a new one.
  @Test("a probe keeps nothing of what it ran on", arguments: Family.all)
  func probesAreUsedAgain(_ family: Family) throws {
    let traced = try family.traced()
    let start = family.start(traced)
    let masks = ReferenceNumbers.masks(traced)
    let given = ParameterSet(
      traced.declarations.filter(\.isTrained).map { ($0.name, Tensor(repeating: 2, $0.shape)) })
    let other = given.mapValues { Tensor(repeating: -3, $0.shape) }
    func probe() throws -> Probe {
      try Probe(traced, batch: family.batch, given: ["known": given]) { trace in
        let gradients = trace.gradients(of: trace.loss, wrt: trace.prunable.map(\.value))
        return zip(trace.prunable, gradients).map { weight, gradient in
          let known = trace.knownArray("known", weight.name, gradient.shape)
          return (weight.name, gradient * known * trace.survivors(of: weight.name, gradient.shape))
        }
      }
    }
    func found(_ probe: Probe, _ masks: MaskSet?, _ given: ParameterSet, _ batch: Int) throws -> ParameterSet
    {
      var found = ParameterSet()
      try probe.run(
        start.parameters, start.buffers, masks: masks, given: ["known": given],
        fill: { ReferenceNumbers.fill(batch, family.interface, batch: family.batch, $1, $2) },
        each: { found = $1 })
      return found
    }
    let used = try probe()
    let first = try found(used, masks, other, 1)
    #expect(try found(used, nil, given, 0).hasSameBits(as: found(try probe(), nil, given, 0)))
    #expect(try found(used, masks, other, 1).hasSameBits(as: first))
    #expect(!(try found(used, nil, given, 0).hasSameBits(as: first)))
  }

  @Test func evidenceIsGivenEvidence() throws {
    let family = Family.all[0]
    let traced = try family.traced()
    let start = family.start(traced)
    let gradients = try gradients(family)
    func products(_ given: [String: ParameterSet]) throws -> ParameterSet {
      var found = ParameterSet()
      try Probe.run(
        traced, start.parameters, start.buffers, batch: family.batch, given: given,
        trace: { trace in
          trace.weights.map { ($0.name, $0.value * trace.knownArray("gradients", $0.name, $0.value.shape)) }
        }, fill: { ReferenceNumbers.fill($0, family.interface, batch: family.batch, $1, $2) },
        each: { found = $1 })
      return found
    }
    for (name, product) in try products(["gradients": gradients]) {
      let (w, g) = (try #require(start.parameters[name]), try #require(gradients[name]))
      #expect(product.scalars == zip(w.scalars, g.scalars).map { $0 * $1 })
    }
    let error = #expect(throws: TraceError.self) { _ = try products([:]) }
    #expect(error?.description == "given: gradients gives nothing for fc1.weight, not [16, 36]")
  }
}
