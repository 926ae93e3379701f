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

    private static func stage(_ key: StageKey, _ plan: SweepPlan) throws -> any Stage {
      try #require(plan.stages.first { $0.key == key })
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

    /// Of so many inputs that are read and tested, a run goes on from one: that takes a hundred times as long. An odd number, since
    /// changes of all values and of the first alone take turns.
    private static let inputsARun = 5

    /// Lets somebody forge a stage of a finished run, of which neither trials nor stages that build on it are left. Every input is read
    /// and tested as by a run, and one of `inputsARun` is run.
    private func fuzz(
      _ name: String, _ plan: SweepPlan, _ forged: any Stage, without: [any Stage]? = nil, share: Double
    ) throws {
      let bench = try Bench()
      try bench.run(plan)
      let stages = bench.results.stages
      let path = stages.file(forged.key.hexadecimal)
      for stage in without ?? plan.stages.filter({ $0.parents.contains(forged.key) }) {
        unlink(stages.file(stage.key.hexadecimal))
      }
      let outputs = RecentStages(stages, bytes: 0) { forged.fault(in: $1) }
      try fuzz(
        name, plan, bench, path, share: share, read: { _ = try outputs.readFile(forged.key) })
    }

    /// The same for any file of the stages as they now lie in a folder.
    private func fuzz(
      _ name: String, _ plan: SweepPlan, _ bench: Bench, _ path: String, share: Double,
      read: () throws -> Void
    ) throws {
      let reference = try Bench()
      try reference.run(plan)
      let expected = try reference.digests(plan)
      let forger = try Forger(path)
      let whole = try Data(contentsOf: URL(fileURLWithPath: path))
      let stages = bench.results.stages.path
      let kept = bench.folder.path + "-kept"
      try FileManager.default.copyItem(atPath: stages, toPath: kept)
      defer { try? FileManager.default.removeItem(atPath: kept) }
      func put(_ bytes: Data) throws {
        try? FileManager.default.removeItem(atPath: bench.results.path)
        try FileManager.default.createDirectory(atPath: bench.results.path, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: kept, toPath: stages)
        try bytes.write(to: URL(fileURLWithPath: path))
      }
      try put(whole)
      try read()
      let untouched = try run(plan, bench)
      #expect(untouched.digests == expected && untouched.passedOver.isEmpty)

      let stride = max(1, forger.changes.count / max(1, Int(Double(Fuzzing.count) * share)))
      var (count, refusals) = (0, (read: 0, run: 0))
      try put(whole)
      let answers = try Fuzzing(name).run(share: share, input: { forger.input($0 * stride) }) { bytes in
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        var isRefused = false
        do { try read() } catch { isRefused = true }
        if isRefused { refusals.read += 1 }
        count += 1
        guard Fuzzing.isDue(count, of: Self.inputsARun) else { return }
        try put(Data(bytes))
        let (digests, passedOver) = try run(plan, bench)
        #expect(passedOver.isEmpty != isRefused, "\(passedOver)")
        if passedOver.isEmpty { return }
        // What cannot be is named, and everything is as it was.
        refusals.run += 1
        #expect(passedOver.allSatisfy { $0.contains(path) }, "\(passedOver)")
        #expect(digests == expected, "\(passedOver)")
      }
      #expect(answers.refused == 0 && count == answers.read)
      #expect(refusals.run > 0 && refusals.read < count)
    }

    /// The training of the dense network, which all others build on.
    @Test func forgedTrainingsAreUsedOrComputedAgain() throws {
      let plan = try Self.plan()
      try fuzz(
        "forged-trainings", plan, try Self.stage(try #require(plan.ticket.rounds.first?[.training]), plan),
        share: 0.25)
    }

    @Test func forgedTrainingsWhoseMasksMoveAreUsedOrComputedAgain() throws {
      let plan = try Self.gradual()
      try fuzz(
        "forged-dynamics", plan, try Self.stage(try #require(plan.ticket.rounds.last?[.training]), plan),
        share: 0.15)
    }

    @Test func forgedMasksAreUsedOrComputedAgain() throws {
      let plan = try Self.plan { $0.control = .randomMask }
      for stage in plan.stages where stage is PruningStage || stage is RandomMaskStage {
        try fuzz("forged-\(type(of: stage))", plan, stage, share: 0.15)
      }
    }

    /// The evidence that a criterion asks for.
    @Test func forgedEvidenceIsUsedOrComputedAgain() throws {
      let plan = try Self.plan { $0.criterion = .taylor }
      let stage = try #require(plan.stages.first { $0 is EvidenceStage })
      // The scores ask for it only where they are made themselves, and the pruning for the scores.
      let (pruning, scores) = (
        try #require(plan.stages.first { $0 is PruningStage }),
        try #require(plan.stages.first { $0 is ScoreStage })
      )
      try fuzz("forged-evidence", plan, stage, without: [pruning, scores], share: 0.125)
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
      try fuzz("forged-sensitivities", plan, stage, share: 0.1)
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
      let key = String(path.split(separator: "/").last?.prefix { $0 != "." } ?? "")
      let stage = try #require(plan.stages.first { $0.key.hexadecimal == key } as? TrainingStage)
      try fuzz(name, plan, bench, path, share: 0.5) {
        let record = try #require(try bench.results.stages.readCheckpoint(key))
        if let fault = stage.fault(inCheckpoint: record) {
          throw StoreError.badContents(file: path, reason: fault)
        }
      }
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
