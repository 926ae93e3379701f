import CoppiceLaboratory
import CoppiceNetworks
import CoppicePruning
import CoppiceStore
import CoppiceTensors
import CoppiceTestSupport
import Foundation
import Synchronization
import Testing

extension Running {
  /// Stages and checkpoints with a valid seal and forged contents: a run goes on from what can be, computes the rest again and says
  /// which file it passed over. It never ends by a trap.
  @Suite struct ForgedStagesTests {
    /// A dense training of 6 steps, a pruning, and a training of the ticket; `dynamics` moves masks in a training.
    private static func plan(_ change: (inout Trial) -> Void = { _ in }) throws -> SweepPlan {
      try SweepPlan(
        Trial.tiny.with {
          ($0.training, $0.evaluation) = (.iterations(6), .iterations(3))
          change(&$0)
        })
    }

    private static func gradual() throws -> SweepPlan {
      try plan {
        $0.schedule = .none
        $0.dynamics = .gradual(from: .iterations(1), to: .iterations(5), every: .iterations(2))
      }
    }

    /// Runs a plan from what is there, and gives the digests and the files that were passed over.
    private func run(_ plan: SweepPlan, _ bench: Bench) throws -> (digests: [String], passedOver: [String]) {
      let told = Mutex<[String]>([])
      let report = try bench.run(plan) { event in
        guard case .passedOver(let error) = event else { return }
        told.withLock { $0.append("\(error)") }
      }
      #expect(!report.isInterrupted && report.summaryError == nil)
      let isComplete = report.failures.isEmpty && report.count(.failed) == 0
      // What a run has written, it can read.
      var digests = ["failed"]
      do { if isComplete { digests = try bench.digests(plan) } } catch { Issue.record("\(error)") }
      return (digests, told.withLock { $0 })
    }

    /// Lets somebody forge a stage of a finished run, of which neither trials nor stages that build on it are left, and runs again.
    private func fuzz(_ name: String, _ plan: SweepPlan, _ forged: StageKey, share: Double) throws {
      let bench = try Bench()
      try bench.run(plan)
      let expected = try bench.digests(plan)
      let path = bench.results.stages.file(forged.hexadecimal)
      for stage in plan.stages where stage.parents.contains(forged) {
        unlink(bench.results.stages.file(stage.key.hexadecimal))
      }
      let forger = try Forger(path)
      let kept = bench.folder.path + "-kept"
      try FileManager.default.copyItem(atPath: bench.results.stages.path, toPath: kept)
      defer { try? FileManager.default.removeItem(atPath: kept) }
      let count = max(1, Int(Double(Fuzzing.count) * share))
      let stride = max(1, forger.changes.count / count)
      var (again, refused) = (0, 0)
      let answers = try Fuzzing(name).run(share: share, input: { forger.input($0 * stride) }) { bytes in
        try? FileManager.default.removeItem(atPath: bench.results.path)
        try FileManager.default.createDirectory(atPath: bench.results.path, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: kept, toPath: bench.results.stages.path)
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        let (digests, passedOver) = try run(plan, bench)
        again += 1
        if passedOver.isEmpty { return }
        // What cannot be is named, and everything is as it was.
        refused += 1
        #expect(passedOver.allSatisfy { $0.contains(path) }, "\(passedOver)")
        #expect(digests == expected, "\(passedOver)")
      }
      #expect(answers.refused == 0 && again == answers.read && refused > 0)
    }

    /// The training of the dense network, which all others build on.
    @Test func forgedTrainingsAreUsedOrComputedAgain() throws {
      let plan = try Self.plan()
      try fuzz(
        "forged-trainings", plan, try #require(plan.ticket.rounds.first?[.training]), share: 0.25)
    }

    @Test func forgedTrainingsWhoseMasksMoveAreUsedOrComputedAgain() throws {
      let plan = try Self.gradual()
      try fuzz("forged-dynamics", plan, try #require(plan.ticket.rounds.last?[.training]), share: 0.15)
    }

    @Test func forgedMasksAreUsedOrComputedAgain() throws {
      let plan = try Self.plan { $0.control = .randomMask }
      for stage in plan.stages where stage is PruningStage || stage is RandomMaskStage {
        try fuzz("forged-\(type(of: stage))", plan, stage.key, share: 0.15)
      }
    }

    /// The evidence that a criterion asks for.
    @Test func forgedEvidenceIsUsedOrComputedAgain() throws {
      let plan = try Self.plan { $0.criterion = .taylor }
      let stage = try #require(plan.stages.first { $0 is EvidenceStage })
      let bench = try Bench()
      try bench.run(plan)
      let expected = try bench.digests(plan)
      let path = bench.results.stages.file(stage.key.hexadecimal)
      let forger = try Forger(path)
      // The scores ask for it only where they are made themselves, and the pruning for the scores.
      let (pruning, scores) = (
        try #require(plan.stages.first { $0 is PruningStage }),
        try #require(plan.stages.first { $0 is ScoreStage })
      )
      let stride = max(1, forger.changes.count / max(1, Fuzzing.count / 8))
      try Fuzzing("forged-evidence").run(share: 0.125, input: { forger.input($0 * stride) }) { bytes in
        try? FileManager.default.removeItem(atPath: bench.results.folder(of: plan.name))
        for stage in [pruning, scores] { unlink(bench.results.stages.file(stage.key.hexadecimal)) }
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        let (digests, passedOver) = try run(plan, bench)
        if !passedOver.isEmpty { #expect(digests == expected, "\(passedOver)") }
      }
    }

    /// What scores cannot be, each with the words that name it: they are computed again, and everything is as it was.
    @Test func whatScoresCannotBeIsNamed() throws {
      let plan = try Self.plan { $0.criterion = .taylor }
      let (stage, pruning) = (
        try #require(plan.stages.first { $0 is ScoreStage }),
        try #require(plan.stages.first { $0 is PruningStage })
      )
      let bench = try Bench()
      try bench.run(plan)
      let expected = try bench.digests(plan)
      let good = try #require(
        try bench.results.stages.read(stage.key.hexadecimal)?[parameters: "scores"])
      let first = try #require(good.names.first)
      let forgeries: [(words: String, parameters: [(String, ParameterSet)])] = [
        ("it has no scores", []),
        (
          "it has no scores of \(first)",
          [("scores", ParameterSet(good.filter { $0.name != first }.map { $0 }))]
        ),
        (
          "its scores of \(first) are shaped [3]",
          [
            (
              "scores",
              ParameterSet(good.map { ($0.name, $0.name == first ? Tensor([3], [1, 2, 3]) : $0.tensor) })
            )
          ]
        ),
        (
          "element 0 of \(first) has the score nan",
          [("scores", good.mapValues { Tensor(repeating: .nan, $0.shape) })]
        ),
      ]
      for (words, parameters) in forgeries {
        try bench.results.stages.write(StageRecord(key: stage.key.hexadecimal, parameters: parameters))
        try? FileManager.default.removeItem(atPath: bench.results.folder(of: plan.name))
        unlink(bench.results.stages.file(pruning.key.hexadecimal))
        let (digests, passedOver) = try run(plan, bench)
        #expect(passedOver.count == 1 && passedOver.first?.contains(words) == true, "\(passedOver)")
        #expect(digests == expected)
      }
    }

    /// The sensitivities that an allocation asks for.
    @Test func forgedSensitivitiesAreUsedOrComputedAgain() throws {
      let plan = try Self.plan { $0.allocation = .sensitivity }
      let stage = try #require(plan.stages.first { $0 is SensitivityStage })
      try fuzz("forged-sensitivities", plan, stage.key, share: 0.1)
    }

    /// What a sensitivity cannot hold, each with the words that name it.
    @Test func whatASensitivityCannotHoldIsNamed() throws {
      let plan = try Self.plan { $0.allocation = .sensitivity }
      let stage = try #require(plan.stages.first { $0 is SensitivityStage })
      let pruning = try #require(plan.stages.first { $0 is PruningStage })
      let bench = try Bench()
      try bench.run(plan)
      let expected = try bench.digests(plan)
      let good = try #require(try bench.results.stages.read(stage.key.hexadecimal)).numbers
      let change: [(words: String, (String, [Double]) -> [Double]?)] = [
        ("its levels are not", { $0 == "levels" ? $1.dropLast() : $1 }),
        ("its levels are not", { $0 == "levels" ? $1.reversed() : $1 }),
        ("it has 15 losses of fc1.weight at 14", { $0 == "losses of fc1.weight" ? $1 + [9] : $1 }),
        ("it has no losses of fc1.weight", { $0 == "losses of fc1.weight" ? nil : $1 }),
      ]
      for (words, forge) in change {
        let numbers = good.compactMap { name, values in forge(name, values).map { (name, $0) } }
        try bench.results.stages.write(StageRecord(key: stage.key.hexadecimal, numbers: numbers))
        try? FileManager.default.removeItem(atPath: bench.results.folder(of: plan.name))
        unlink(bench.results.stages.file(pruning.key.hexadecimal))
        let (digests, passedOver) = try run(plan, bench)
        #expect(passedOver.count == 1 && passedOver.first?.contains(words) == true, "\(passedOver)")
        #expect(digests == expected)
      }
    }

    // MARK: Checkpoints

    /// A run that was stopped in the middle of a training, and the path of its checkpoint.
    private func interrupted(_ trial: Trial) throws -> (bench: Bench, plan: SweepPlan, checkpoint: String) {
      let alarm = InterruptionTests.Alarm(after: 4)
      let rate = trial.learningRate
      func ticking(_ alarm: InterruptionTests.Alarm?) throws -> SweepPlan {
        try SweepPlan(
          trial.with {
            $0.learningRate = LearningRate("ticking", version: 1) { step, total in
              alarm?.tick()
              return rate(step: step, total: total)
            }
          })
      }
      let bench = try Bench()
      let plan = try ticking(nil)
      #expect(try bench.run(try ticking(alarm), interruption: alarm.interruption).isInterrupted)
      let path = try #require(bench.results.stages.paths().first { $0.hasSuffix(".checkpoint.h5") })
      return (bench, plan, path)
    }

    private func fuzzCheckpoint(_ name: String, _ trial: Trial) throws {
      let (bench, plan, path) = try interrupted(trial)
      let forger = try Forger(path)
      let whole = try Data(contentsOf: URL(fileURLWithPath: path))
      let reference = try Bench()
      try reference.run(plan)
      let expected = try reference.digests(plan)
      let stride = max(1, forger.changes.count / max(1, Fuzzing.count / 4))
      var refused = 0
      func resume(_ bytes: Data) throws -> (digests: [String], passedOver: [String]) {
        try? FileManager.default.removeItem(atPath: bench.results.path)
        try FileManager.default.createDirectory(
          atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try bytes.write(to: URL(fileURLWithPath: path))
        return try run(plan, bench)
      }
      let (digests, passedOver) = try resume(whole)
      #expect(digests == expected && passedOver.isEmpty)
      try Fuzzing(name).run(share: 0.25, input: { forger.input($0 * stride) }) { bytes in
        let (digests, passedOver) = try resume(Data(bytes))
        if passedOver.isEmpty { return }
        refused += 1
        #expect(passedOver.count == 1 && passedOver[0].contains(path), "\(passedOver)")
        #expect(digests == expected, "\(passedOver)")
      }
      #expect(refused > 0)
    }

    @Test func forgedCheckpointsAreGoneOnFromOrPassedOver() throws {
      try fuzzCheckpoint(
        "forged-checkpoints",
        Trial.tiny.with { ($0.training, $0.evaluation) = (.iterations(6), .iterations(3)) })
    }

    @Test func forgedCheckpointsWithMovingMasksAreGoneOnFromOrPassedOver() throws {
      try fuzzCheckpoint(
        "forged-moving-checkpoints",
        Trial.tiny.with {
          ($0.training, $0.evaluation) = (.iterations(6), .iterations(3))
          $0.schedule = .none
          $0.dynamics = .gradual(from: .iterations(1), to: .iterations(5), every: .iterations(2))
        })
    }

    /// What a checkpoint cannot hold, each with the word that names it.
    @Test func whatACheckpointCannotHoldIsNamed() throws {
      let (bench, plan, path) = try interrupted(
        Trial.tiny.with { ($0.training, $0.evaluation) = (.iterations(6), .iterations(3)) })
      let forger = try Forger(path)
      for (change, words) in [
        ("/numbers/step  is 2.0", "tells of step"), ("/numbers/step  is -1.0", "the numbers step are"),
        ("/numbers/step  is \(0x1p53)", "it stands at step"), ("/numbers/step is gone", "it stands at step"),
        (
          "/parameters/parameters/fc1.weight is shaped [7]",
          "fc1.weight of the parameters is shaped [7], not [12, 16]"
        ),
        ("/parameters/parameters/fc1.bias is gone", "fc1.bias of the parameters is not there"),
        ("/parameters/moments is gone", "it has no moments"),
        ("/parameters/parameters/fc1.weight is called ..", "fc1.weight of the parameters is not there"),
        ("/parameters/buffers is called 7", "it has no buffers"),
        ("/series/loss is gone", "it has no series of losses"),
      ] {
        let forged = try #require(forger.changes.first { $0.description == change }, "\(change)")
        try? FileManager.default.removeItem(atPath: bench.results.folder(of: plan.name))
        for file in bench.results.stages.paths() where file.hasSuffix(".h5") { unlink(file) }
        try Data(forger.forged(by: forged)).write(to: URL(fileURLWithPath: path))
        let passedOver = try run(plan, bench).passedOver
        #expect(
          passedOver.count == 1 && passedOver.first?.contains(words) == true, "\(change): \(passedOver)")
      }
    }
  }
}
