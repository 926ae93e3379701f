import CoppiceHDF5
import CoppiceStore
import CoppiceTensors
import CoppiceTestSupport
import Testing

@Suite struct TrialFileTests {
  let folder: TemporaryFolder
  let path: String
  init() throws {
    folder = try TemporaryFolder()
    path = folder.file("trials/t.h5")
  }

  @Test func aTrialComesBack() throws {
    let trial = Samples.trial
    try TrialFile.write(trial, to: path)
    let file = try TrialFile(path)
    #expect(try file.trial == "t")
    #expect(try file.status == .completed)
    #expect(try file.configuration == trial.configuration)
    #expect(try file.provenance == trial.provenance)
    #expect(try file.initialWeights?.hasSameBits(as: Samples.weights) == true)
    #expect(try file.rounds == Array(0...10), "rounds come in order, not by name")
    #expect(try file.rows == trial.rounds.map(\.row))
    let last = try file.round(10)
    #expect(last.weights?.hasSameBits(as: Samples.weights) == true)
    #expect(last.masks == Samples.masks)
    #expect(last.masks?.names == ["fc2.weight", "fc1.weight"])
    #expect(last.series == Samples.series)
    #expect(last.layers == trial.rounds[10].layers)
    #expect(last.evaluations.map(\.step) == [0, 4])
    #expect(last.evaluations[0][.testLoss].isNaN)
    #expect(last.evaluations[0].testClassAccuracy == [])
    #expect(last.evaluations[1].testClassAccuracy == [0.8, 0.9, 1])
    #expect(last.evaluations[1][.testAccuracy] == 0.88)
    #expect(try file.round(0).masks == nil)
    let error = #expect(throws: StoreError.self) { _ = try file.round(11) }
    #expect(error?.description.contains("/rounds holds: 0, 1, 2") == true)
  }

  @Test func aBareTrialComesBack() throws {
    let row = IndexRow(trial: "t", seed: 0, round: 0)
    let bare = TrialRecord(
      trial: "t", status: .failed, configuration: "{}", provenance: "{}", rounds: [RoundRecord(row: row)])
    try TrialFile.write(bare, to: path)
    let read = try TrialFile(path).record()
    #expect(read.status == .failed)
    #expect(read.initialWeights == nil)
    #expect(read.rounds[0].weights == nil)
    #expect(read.rounds[0].series == Series())
    #expect(read.rounds[0].evaluations.isEmpty)
    #expect(read.rounds[0].layers.isEmpty)
    #expect(read.rounds[0].row[metric: .testAccuracy].isNaN)
  }

  @Test func aFailedTrialSaysWhy() throws {
    for isLasting in [true, false] {
      let failure = TrialFailure("the criterion is broken\nin round 1", isLasting: isLasting)
      let failed = TrialRecord(
        trial: "t", status: .failed, failure: failure, configuration: "{}", provenance: "{}")
      try TrialFile.write(failed, to: path)
      #expect(try TrialFile(path).failure == failure)
      #expect(try TrialFile(path).record().failure == failure)
      let root = try HDF5File(path).root
      #expect(try root.attribute("failure")?.text == failure.reason)
      #expect(try root.attribute("failure_lasts")?.number == (isLasting ? 1 : 0))
    }
    // A reason of any length is kept as far as people read.
    #expect(TrialFailure(String(repeating: "x", count: 100_000), isLasting: true).reason.count == 4000)
  }

  /// Of a trial that has results, and in files from before there were reasons, there is none.
  @Test func noReasonIsMadeUp() throws {
    let failure = TrialFailure("no", isLasting: true)
    let done = TrialRecord(
      trial: "t", status: .completed, failure: failure, configuration: "{}", provenance: "{}")
    try TrialFile.write(done, to: path)
    #expect(try TrialFile(path).failure == nil)
    let older = TrialRecord(trial: "t", status: .failed, configuration: "{}", provenance: "{}")
    try TrialFile.write(older, to: path)
    #expect(try TrialFile(path).failure == nil)
  }

  @Test func theLayoutIsTheDocumentedOne() throws {
    try TrialFile.write(Samples.trial, to: path)
    let root = try HDF5File(path).root
    #expect(try root.names() == ["config", "provenance", "initial", "rounds"])
    #expect(try root.dataset("config/type").readTexts() == ["application/json"])
    #expect(try root.dataset("initial/weights/fc1.weight").shape == [3, 1])
    #expect(try root.dataset("rounds/3/masks/fc2.weight").read(UInt8.self) == [1, 0, 0, 1, 1, 1])
    #expect(try root.group("rounds/3").attribute("test_accuracy")?.number == 0.851)
    #expect(try root.dataset("rounds/3/evaluations/test_class_accuracy").shape == [1, 3])
    #expect(try root.dataset("rounds/3/series/loss").read(Float.self) == [2.3, 1.5, 0.7])
    #expect(try root.dataset("rounds/3/layers").readTable()["sparsity"]?.doubles == [1.0 / 3, 0])
  }

  @Test func scalesAndRangesOfCodesComeBack() throws {
    var trial = Samples.trial
    let bytes = digest(trial)
    trial.rounds[1].weightScales = ParameterSet([("fc1.weight", Tensor([3], [0.5, 1, 2]))])
    let scaled = digest(trial)
    trial.rounds[1].inputRanges = ParameterSet([("fc1.weight", Tensor([2], [0, 1.5]))])
    #expect(scaled != bytes && digest(trial) != scaled)
    try TrialFile.write(trial, to: path)
    let file = try TrialFile(path)
    let round = try file.round(1)
    #expect(round.weightScales == trial.rounds[1].weightScales)
    #expect(round.inputRanges == trial.rounds[1].inputRanges)
    #expect(try file.round(2).weightScales == nil && file.round(2).inputRanges == nil)
    // Scales of other rows than the weight has are no scales of it.
    trial.rounds[1].weightScales = ParameterSet([("fc1.weight", Tensor([2], [0.5, 1]))])
    try TrialFile.write(trial, to: path)
    #expect(throws: StoreError.self) { try TrialFile(path).round(1) }
  }

  @Test func keyAndTrainedMasksComeBack() throws {
    var trial = Samples.trial
    let bytes = digest(trial)
    trial.key = String(repeating: "0123456789abcdef", count: 4)
    #expect(digest(trial) == bytes, "the key is no result")
    trial.rounds[1].trainedMasks = Samples.masks
    #expect(digest(trial) != bytes)
    try TrialFile.write(trial, to: path)
    let file = try TrialFile(path)
    #expect(try file.key == trial.key)
    #expect(try file.round(1).trainedMasks == Samples.masks)
    #expect(try file.round(2).trainedMasks == nil)
    #expect(try HDF5File(path).root.dataset("rounds/1/trained_masks/fc2.weight").shape == [2, 3])
    #expect(try file.series(ofRound: 1) == Samples.series)
    #expect(try file.evaluations(ofRound: 1) == Samples.evaluations)
    #expect(digest(try file.record()) == digest(trial))
  }

  /// The bytes of a digest as the first version of the format had them.
  @Test func theDigestOfAResultNeverChanges() {
    var name = Digest()
    let bytes = digest(Samples.trial)
    for byte in bytes { name.add(UInt64(byte)) }
    #expect(bytes.count == 8029)
    #expect(name.text == "6813234c8848f92")
  }

  @Test func theDigestSeesResultsAndNothingElse() throws {
    let trial = Samples.trial
    let bytes = digest(trial)
    try TrialFile.write(trial, to: path)
    #expect(digest(try TrialFile(path).record()) == bytes, "reading back changes nothing")
    var other = trial
    other.provenance = "{}"
    other.rounds[2].row[metric: .wallTime] = 99
    #expect(digest(other) == bytes)
    var changes: [TrialRecord] = []
    for change in 0..<6 {
      var changed = trial
      switch change {
      case 0: changed.initialWeights?["scale"] = Tensor(.scalar, [7.000001])
      case 1: changed.rounds[1].weights?["fc1.bias"] = Tensor([3], [0, -0.0, 0])
      case 2: changed.rounds[1].masks?["fc1.weight"] = Mask([3, 1], [1, 0, 1])
      case 3: changed.rounds[1].series["loss"] = [2.3, 1.5, 0.71]
      case 4: changed.rounds[1].evaluations[1][.testAccuracy] = 0.881
      default: changed.rounds.removeLast()
      }
      changes.append(changed)
    }
    for changed in changes { #expect(digest(changed) != bytes) }
    // One NaN is like another.
    var (quiet, signed) = (trial, trial)
    quiet.rounds[0].weights?["scale"] = Tensor(.scalar, [.nan])
    signed.rounds[0].weights?["scale"] = Tensor(.scalar, [-Float(bitPattern: 0x7fc0_0001)])
    #expect(digest(quiet) == digest(signed))
  }

  private func digest(_ record: TrialRecord) -> [UInt8] {
    var bytes: [UInt8] = []
    record.digest { bytes += $0 }
    return bytes
  }
}
