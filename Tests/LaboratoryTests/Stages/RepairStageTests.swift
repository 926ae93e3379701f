import CoppiceDatasets
import CoppiceLaboratory
import CoppiceNetworks
import CoppicePruning
import CoppiceStore
import CoppiceTensors
import CoppiceTerms
import CoppiceTestSupport
import Testing

extension Running {
  /// What repairs make of a network, beside PyTorch and NumPy.
  @Suite struct RepairStageTests {
    private let fixture: RetrainingFixture
    init() throws { fixture = try RetrainingFixture.shared.get() }

    private static let network = StageKey(Specification("network", version: 1))
    private static let masks = StageKey(Specification("masks", version: 1))

    /// Repairs the network of the fixture under masks.
    private func repaired(
      by repair: Repair, under masks: MaskSet? = nil, batch: Int = 32, threads: Int = 1,
      interruption: Interruption = Interruption()
    ) throws -> ParameterSet {
      let (bench, library) = (try Bench(), DataLibrary(DataFolders([])))
      let regimen = try TrialPlan(fixture.trial(batch: batch), library).regimen
      let folder = bench.results.stages
      try folder.write(
        StageRecord(key: Self.network.hexadecimal, parameters: [("parameters", fixture.dense)]))
      try folder.write(
        StageRecord(key: Self.masks.hexadecimal, masks: [("masks", masks ?? fixture.maskSet)]))
      let stage = RepairStage(
        regimen, of: Self.network, masks: Self.masks, comparedWith: Self.network, by: repair, batch: batch)
      let record = try stage.run(
        StageContext(folder: folder, interruption: interruption, threads: threads))
      #expect(stage.fault(in: record) == nil)
      return try #require(record[parameters: "parameters"])
    }

    private func expect(
      _ found: ParameterSet, are wanted: [RetrainingFixture.Array], within tolerance: Double
    ) throws {
      #expect(Set(found.names) == Set(wanted.map(\.name)))
      for array in wanted {
        let scale = array.scalars.map(abs).max() ?? 0
        for (a, b) in zip(try #require(found[array.name]).scalars, array.scalars) {
          #expect(abs(Double(a) - b) <= tolerance * scale, "\(array.name): \(a), not \(b)")
        }
      }
    }

    /// In one batch, and in the two that make one pass over the same examples.
    @Test(arguments: [1, 2]) func biasesTakeUpTheMeanChangeOfEveryLayer(batches: Int) throws {
      let found = try repaired(by: .biasCorrection(batches: batches), batch: 32 / batches)
      try expect(found, are: fixture.biasCorrection, within: 1e-5)
      #expect(fixture.maskSet.applied(to: fixture.dense)["fc1.weight"] == found["fc1.weight"])
    }

    @Test(arguments: [1, 2]) func survivorsAreThoseOfLeastSquares(batches: Int) throws {
      let found = try repaired(
        by: .leastSquares(batches: batches, ridge: fixture.ridge), batch: 32 / batches)
      try expect(found, are: fixture.leastSquares, within: 1e-4)
      for (name, mask) in fixture.maskSet {
        let weight = try #require(found[name])
        #expect(zip(weight.scalars, mask.bytes).allSatisfy { $1 != 0 || $0.bitPattern == 0 })
      }
    }

    private static let repairs: [Repair] = [.biasCorrection(batches: 2), .leastSquares(batches: 2)]

    @Test(arguments: repairs) func whereNothingIsPrunedNothingMoves(repair: Repair) throws {
      let whole = MaskSet(fixture.maskSet.map { ($0, Mask(keepingAll: $1.shape)) })
      #expect(try repaired(by: repair, under: whole) == fixture.dense)
    }

    @Test(arguments: repairs) func bitsDoNotDependOnThreads(repair: Repair) throws {
      let one = try repaired(by: repair)
      #expect(try repaired(by: repair, threads: 3).hasSameBits(as: one))
    }

    @Test(arguments: repairs) func anEndThatIsAskedForIsNotWaitedFor(repair: Repair) throws {
      let interruption = Interruption()
      interruption.request()
      #expect(throws: Interrupted.self) { try repaired(by: repair, interruption: interruption) }
    }

    /// A whole unit that goes with its bias stays gone.
    @Test(arguments: repairs) func aBiasThatIsPrunedStaysZero(repair: Repair) throws {
      var masks = fixture.maskSet
      let bytes = [UInt8]([1, 0, 1, 1])
      masks["conv2.weight"] = Mask([4, 3, 3, 3], bytes.flatMap { [UInt8](repeating: $0, count: 27) })
      masks.setCompanion("conv2.bias", Mask([4], bytes))
      let found = try #require(try repaired(by: repair, under: masks)["conv2.bias"])
      #expect(found.scalars[1].bitPattern == 0 && found.scalars[0] != 0)
    }

    // MARK: Keys and bits

    private func digest(_ repair: Repair, _ trial: Trial) throws -> String {
      let bench = try Bench()
      let plan = try SweepPlan(
        trial.with {
          ($0.repair, $0.retraining, $0.scoringBatch) = (repair, .none, 20)
          ($0.schedule, $0.sparsity) = (.oneShot, 0.5)
        })
      try bench.run(plan)
      let stage = try #require(plan.stages.first { $0 is RepairStage })
      let record = try #require(try bench.results.stages.read(stage.key.hexadecimal))
      var digest = Digest()
      digest.add(try #require(record[parameters: "parameters"]))
      digest.add(try #require(record[parameters: "buffers"]))
      return digest.text
    }

    static let pinned = [
      "recalibrate": (1, "6a4c02ba6bdaffa1"), "bias-correction": (1, "3697a452c6f897dd"),
      "least-squares": (1, "490eb73fd88a6af4"),
    ]

    /// Where one of these fails on purpose, raise the version of that repair in the same commit.
    @Test(arguments: Repair.all.filter { $0 != .none })
    func bitsArePinned(repair: Repair) throws {
      let pinned = try #require(Self.pinned[repair.name])
      let trial = repair.name == "recalibrate" ? Trial.families[2] : .tiny
      let found = try digest(repair, trial)
      #expect(found == pinned.1 && repair.specification.version == pinned.0, "\(found)")
    }

    @Test func aKeyNamesWhatTheRepairDependsOn() throws {
      let regimen = try SweepPlan(.tiny).ticket.regimen
      let other = StageKey(Specification("other", version: 1))
      func key(
        _ repair: Repair, batch: Int = 20, network: StageKey = Self.network, masks: StageKey = Self.masks,
        reference: StageKey = Self.network
      ) -> StageKey {
        RepairStage(regimen, of: network, masks: masks, comparedWith: reference, by: repair, batch: batch).key
      }
      let keys = [
        key(.biasCorrection(batches: 2)), key(.biasCorrection(batches: 3)),
        key(.biasCorrection(batches: 2), batch: 30), key(.biasCorrection(batches: 2), network: other),
        key(.biasCorrection(batches: 2), masks: other), key(.biasCorrection(batches: 2), reference: other),
        key(.leastSquares(batches: 2)), key(.leastSquares(batches: 2, ridge: 1)),
        key(.recalibrate(batches: 2)),
      ]
      #expect(Set(keys).count == keys.count)
      // What compares with nothing does not depend on what it could be compared with.
      #expect(key(.recalibrate(batches: 2)) == key(.recalibrate(batches: 2), reference: other))
    }
  }
}
