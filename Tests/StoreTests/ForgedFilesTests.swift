import CoppiceHDF5
import CoppiceStore
import CoppiceTensors
import CoppiceTestSupport
import Foundation
import Testing

/// Files with a valid seal and forged contents, and files whose seal is broken: they are read as what they say, or refused.
@Suite struct ForgedFilesTests {
  private let folder: TemporaryFolder
  private let trial: Forger
  private let stage: Forger
  private let summary: Forger

  private static var stageRecord: StageRecord {
    StageRecord(
      key: "k", metadata: #"{"stop": "never"}"#,
      parameters: [("parameters", Samples.weights), ("moments", Samples.weights)],
      masks: [("masks", Samples.masks), ("trained", Samples.masks)],
      numbers: [
        ("step", [20]), ("ties", [3]), ("window", [0.5, 2]), ("paths", [1, 9, 7, 0, 2, 40]),
        ("wall_time", [0.5]),
        ("training_flops", [1e9]), ("requested_sparsity", [0.5]), ("flops", [20]),
      ], series: Samples.series, evaluations: Samples.evaluations, layers: Samples.trial.rounds[0].layers,
      tables: [Samples.overlap])
  }

  init() throws {
    folder = try TemporaryFolder()
    var record = Samples.trial
    record.rounds = Array(record.rounds.prefix(2))
    try TrialFile.write(record, to: folder.file("trial.h5"))
    try StageFile.write(Self.stageRecord, to: folder.file("stage.h5"), durability: .process)
    var sample = Samples.summary
    sample.rows = Array(sample.rows.prefix(8))
    try SummaryFile.write(sample, to: folder.file("summary.h5"))
    trial = try Forger(folder.file("trial.h5"))
    stage = try Forger(folder.file("stage.h5"))
    summary = try Forger(folder.file("summary.h5"))
  }

  private func write(_ bytes: [UInt8]) throws -> String {
    let path = folder.file("forged.h5")
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    return path
  }

  /// Reads all there is of a trial, and takes it for what it says.
  private func useTrial(_ path: String) throws {
    let file = try TrialFile(path)
    let rows = try file.rows
    for round in try file.rounds {
      _ = try file.series(ofRound: round)
      _ = try file.evaluations(ofRound: round)
    }
    let record = try file.record()
    // As text: a number that is none does not equal itself.
    func texts(_ rows: [IndexRow]) -> [[String]] {
      rows.map { row in IndexRow.columnNames.map { "\($0): \(String(describing: row[column: $0]))" } }
    }
    #expect(texts(record.rounds.map(\.row)) == texts(rows))
    _ = Digest(record.digest)
    for round in record.rounds {
      #expect(round.layers.allSatisfy { (0...1).contains($0.sparsity) })
      #expect(round.layers.reduce(0) { $0 + $1.flops } >= 0)
      if let masks = round.masks, let weights = round.weights { _ = masks.applied(to: weights) }
    }
    try TrialFile.write(record, to: folder.file("again.h5"))
    #expect(
      Digest(try TrialFile(folder.file("again.h5")).record().digest).value == Digest(record.digest).value)
  }

  private func useStage(_ path: String) throws {
    let record = try StageFile.read(path)
    _ = PathRecord(record)?.effectiveSparsity
    for (_, masks) in record.masks {
      if let weights = record[parameters: "parameters"] { _ = masks.applied(to: weights) }
    }
    try StageFile.write(record, to: folder.file("again.h5"), durability: .process)
  }

  private func useSummary(_ path: String) throws {
    let read = try SummaryFile.read(path)
    _ = SummaryCube.all(of: read.rows)
    _ = try SummaryFile.finishedCount(in: path)
    try SummaryFile.write(read, to: folder.file("again.h5"), replacing: true)
    #expect(try SummaryFile.read(folder.file("again.h5")).rows.count == read.rows.count)
  }

  // MARK: Every change, and several at once

  /// Of the changes there are, evenly chosen ones, each once; more inputs than changes are several changes at once.
  private func fuzz(_ name: String, _ forger: Forger, _ read: (String) throws -> Void) throws {
    let stride = max(1, forger.changes.count / max(1, Fuzzing.count))
    let answers = try Fuzzing(name).run(input: { forger.input($0 * stride) }) { try read(try write($0)) }
    #expect(answers.refused > 0 && answers.refused < answers.read)
  }

  @Test func forgedTrialsAreReadOrRefused() throws { try fuzz("forged-trials", trial, useTrial) }

  @Test func forgedStagesAreReadOrRefused() throws { try fuzz("forged-stages", stage, useStage) }

  @Test func forgedSummariesAreReadOrRefused() throws { try fuzz("forged-summaries", summary, useSummary) }

  /// What is changed behind the seal never reaches libhdf5.
  @Test func bytesChangedBehindTheSealAreRefused() throws {
    for (name, forger) in [("trial", trial), ("stage", stage), ("summary", summary)] {
      let answers = try Fuzzing("sealed-\(name)").run(input: forger.broken) { bytes in
        let path = try write(bytes)
        let error = #expect(throws: HDF5Error.self) { _ = try HDF5File(path) }
        #expect(error?.isSealBroken == true && error?.file == path)
        if let error { throw error }
      }
      #expect(answers.refused == answers.read)
    }
  }

  // MARK: What is refused, and how

  /// The error of reading a file with the change of this description.
  private func refusal(
    _ forger: Forger, _ description: String, _ read: (String) throws -> Void,
    _ location: SourceLocation = #_sourceLocation
  ) throws -> StoreError? {
    let change = try #require(
      forger.changes.first { $0.description == description }, sourceLocation: location)
    let path = try write(forger.forged(by: change))
    return #expect(throws: StoreError.self, "\(description)", sourceLocation: location) { try read(path) }
  }

  @Test func whatATrialCannotHoldIsNamed() throws {
    for (change, words) in [
      (
        "/rounds/1/masks/fc2.weight is shaped [7]",
        "the mask of fc2.weight is shaped [7], fc2.weight itself [2, 3]"
      ),
      ("/rounds/1/masks/fc2.weight  is 7", "a mask is neither 0 nor 1"),
      ("/rounds/1/layers .parameters is \(Int64.min)", "layer fc2.weight has 4 of \(Int64.min) parameters"),
      ("/rounds/1/layers .nonzero is -7", "layer fc2.weight has -7 of 6 parameters"),
      ("/rounds/1/layers .nonzero begins with 7", "layer fc2.weight has 7 of 6 parameters"),
      ("/rounds/1/layers .flops is \(Int64.max)", "layer fc2.weight has 4 of 6 parameters"),
      ("/rounds/1/layers .parameters begins with \(1 << 40)", "fc2.weight is shaped [2, 3] and has"),
      ("/rounds/1/series/step  is -7", "-7 is no step"),
      ("/rounds/1/series/step  begins with 7", "step 2 stands behind step 7"),
      ("/rounds/1/evaluations/step  is \(Int64.max)", "is no step"),
      ("/rounds/1/evaluations/test_class_accuracy is shaped [7]", "bad shape [7]"),
      ("/rounds/1/evaluations/test_class_accuracy is shaped [0, \(1 << 62)]", "bad shape"),
      ("/rounds/1/weights/fc2.weight holds float64", "holds float64"),
      ("/rounds/1/weights/fc2.weight is shaped [\(1 << 40)]", "more than the file can hold"),
      ("/rounds/1/weights/fc2.weight is gone", "fc2.weight has a mask and is not there"),
      ("/rounds/1/weights/fc1.bias is gone", "fc1.bias is a layer and is not there"),
      ("/rounds/1/weights/fc2.weight lies in a file beside", "elements lie in other files"),
      ("/rounds/1/weights/fc2.weight is of another dataset", "elements lie in other files"),
      ("/rounds/1/layers is gone", "there is no such object"),
      ("/rounds/1 is called ..", ".. is no further round"),
      ("/rounds/1 is called 7", "round 1 is kept as round 7"),
      ("/rounds/1@round is -7", "bad"), ("/rounds/1@seed is nan", "bad seed"),
      ("/rounds/1@trial is \"../../x\"", "is no name of a trial"),
      ("@trial is \"..\"", "is no name of a trial"),
    ] {
      let error = try refusal(trial, change, useTrial)
      #expect(error?.description.contains(words) == true, "\(change): \(String(describing: error))")
      #expect(error?.exitCode == .badData && error?.isSealBroken == false)
    }
  }

  @Test func whatAStageCannotHoldIsNamed() throws {
    for (change, words) in [
      (
        "/masks/masks/fc2.weight is shaped [7]",
        "the mask of fc2.weight is shaped [7], fc2.weight itself [2, 3]"
      ),
      ("/masks/trained/fc2.weight  begins with 7", "a mask is neither 0 nor 1"),
      ("/numbers/step  is nan", "the numbers step are nan"),
      ("/numbers/step  is -1.0", "the numbers step are -1.0"),
      ("/numbers/ties  is \(Double(sign: .plus, exponent: 63, significand: 1))", "the numbers ties are"),
      ("/numbers/paths  begins with inf", "the numbers paths are inf"),
      ("/numbers/paths is shaped [7]", "the numbers paths are 0.0"),
      ("/numbers/window is shaped [1]", "the numbers window are 0.0"),
      ("/numbers/requested_sparsity  is 2.0", "the numbers requested_sparsity are 2.0"),
      ("/series/step  is \(1 << 62)", "is no step"), ("/layers .flops_nonzero is -1", "layer fc2.weight"),
      ("/tables/mask_overlap@drawing_x is \"x\"", "drawn by x"),
    ] {
      let error = try refusal(stage, change, useStage)
      #expect(error?.description.contains(words) == true, "\(change): \(String(describing: error))")
    }
  }

  @Test func whatASummaryCannotHoldIsNamed() throws {
    for (change, words) in [
      ("/index .round is -7", "round -7"), ("/index .rewind_step is -7", "bad rewind_step -7"),
      ("/index .parameters is \(Int64.min)", "bad parameters"), ("/index .status is \"x\"", "bad status x"),
      ("/index .trial begins with \"../../x\"", "is no name of a trial"),
      ("/index is gone", "there is no such object"), ("@format is \"x\"", "is in format x"),
    ] {
      let error = try refusal(summary, change, useSummary)
      #expect(error?.description.contains(words) == true, "\(change): \(String(describing: error))")
    }
  }

  /// A link to another file is not followed, whether that file is whole or not: nobody has tested it. The library itself then makes
  /// none, so the file with one comes from another program.
  @Test func linksToOtherFilesAreNotFollowed() throws {
    let path = try write(Forger.sealed(try #require(try Corpus.files("hdf5").first)))
    let root = try HDF5File(path).root
    #expect(try root.names() == ["x"])
    let error = #expect(throws: HDF5Error.self) { _ = try root.dataset("x") }
    #expect(error?.message == "unable to find link class", "\(String(describing: error))")
  }
}
