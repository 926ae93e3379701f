import CoppiceExchange
import CoppiceLaboratory
import CoppiceNetworks
import CoppiceStore
import CoppiceTensors
import CoppiceTerms
import CoppiceTestSupport
import Foundation
import Testing

extension Running {
  /// Trials that begin with the weights of a file.
  @Suite struct StartWeightsTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func network(_ trial: Trial) throws -> Network {
      try Network(trial.model, Bench.library.data(trial.dataset, seed: 0).interface)
    }

    /// A file of the weights that a seed draws.
    private func file(_ trial: Trial, seed: UInt64, _ name: String = "w.safetensors") throws -> String {
      let network = try network(trial)
      var arrays = network.initialParameters(seed: seed)
      for (name, buffer) in network.initialBuffers { arrays[name] = buffer }
      let path = folder.file(name)
      try WeightFormat.safetensors.write(arrays.weightArrays, to: path)
      return path
    }

    private func results(_ trial: Trial) throws -> (plan: SweepPlan, records: [TrialRecord]) {
      let (plan, bench) = (try SweepPlan(trial), try Bench())
      try bench.run(plan)
      return (plan, try plan.trials.map { try bench.record($0, of: plan) })
    }

    /// Trials that take something from their own initial weights, each in a way of its own.
    private static let takers: [(String, @Sendable (inout Trial) -> Void)] = [
      ("rewind to 0", { _ in }),
      ("ladder", { ($0.schedule, $0.sparsity) = (.lotteryTicket(rounds: 2, rate: 0.4), nil) }),
      ("rewind to 5", { $0.retraining = .rewind(to: .iterations(5)) }),
      ("at initialisation", { ($0.schedule, $0.criterion) = (.atInitialisation(), .snip) }),
      ("movement from the beginning", { $0.criterion = .largeFinalSameSign }),
      ("random reinitialisation", { $0.control = .randomReinitialisation }),
      ("signs kept", { $0.control = .signedConstant }),
      ("frozen", { $0.control = .frozenPruned }),
      ("untrained", { $0.control = .untrained }),
      (
        "gradual",
        {
          ($0.schedule, $0.dynamics, $0.retraining) = (
            .none, .gradual(to: .share(0.75), every: .iterations(7)), .none
          )
        }
      ),
      ("learned", { ($0.schedule, $0.learnedMask, $0.retraining) = (.none, .edgePopup(), .none) }),
      ("statistics", { ($0.model, $0.dataset) = (.resnet([3], blocks: 1), .tinyGlyphs) }),
    ]

    /// A file of what the seed draws changes nothing but the key.
    @Test("all that is drawn for a trial begins there", arguments: takers.map(\.0))
    func everything(_ name: String) throws {
      let change = try #require(Self.takers.first { $0.0 == name }?.1)
      let trial = Trial.tiny.with { change(&$0) }
      let path = try file(trial, seed: UInt64(bitPattern: Int64(trial.seed)))
      let drawn = try results(trial)
      let begun = try results(trial.with { $0.start = .file(path) })
      #expect(drawn.records.count == begun.records.count)
      for (drawn, begun) in zip(drawn.records, begun.records) {
        #expect(drawn.key != begun.key)
        #expect(begun.initialWeights?.hasSameBits(as: drawn.initialWeights ?? ParameterSet()) == true)
        #expect(drawn.rounds.count == begun.rounds.count)
        for (a, b) in zip(drawn.rounds, begun.rounds) {
          #expect(
            a.masks == b.masks && a.evaluations.map { $0[.testLoss] } == b.evaluations.map { $0[.testLoss] })
          #expect(a.weights?.hasSameBits(as: b.weights ?? ParameterSet()) == true)
        }
      }
      // Another file gives other weights.
      let other = try results(
        trial.with { $0.start = .file(try! file(trial, seed: 99, "other.safetensors")) })
      #expect(other.records.last?.initialWeights != drawn.records.last?.initialWeights)
    }

    @Test func aTrainedNetworkIsPrunedWithoutATraining() throws {
      let trial = Trial.tiny.with {
        ($0.training, $0.retraining) = (.iterations(0), .fineTune(.iterations(10)))
      }
      let path = try file(trial, seed: 99)
      let (_, records) = try results(trial.with { $0.start = .file(path) })
      let record = try #require(records.last)
      let stored = try WeightFile(path)
      let first = try #require(record.rounds.first { $0.index == 0 }?.weights)
      for array in stored.arrays { #expect(first[array.name] == (try stored.tensor(array.name))) }
      #expect(record.rounds.map(\.index) == [0, 1] && record.rounds[1].row.sparsity == 0.5)
      // The smallest half of the file's weights is gone.
      let masks = try #require(record.rounds[1].masks)
      let (weight, mask) = (try stored.tensor("fc1.weight"), try #require(masks["fc1.weight"]))
      let kept: Float = zip(weight.scalars, mask.bytes).filter { $0.1 == 1 }.map { abs($0.0) }.min() ?? 0
      let gone: Float = zip(weight.scalars, mask.bytes).filter { $0.1 == 0 }.map { abs($0.0) }.max() ?? 0
      #expect(gone > 0 && gone <= kept)
    }

    @Test func whatAFileHoldsIsInTheKeyAndItsPathIsNot() throws {
      let path = try file(.tiny, seed: 99)
      let copy = folder.file("a copy.safetensors")
      try FileManager.default.copyItem(atPath: path, toPath: copy)
      let (first, second) = (
        try SweepPlan(Trial.tiny.with { $0.start = .file(path) }),
        try SweepPlan(Trial.tiny.with { $0.start = .file(copy) })
      )
      #expect(first.trials.map(\.key) == second.trials.map(\.key))
      #expect(first.stages.map(\.key) == second.stages.map(\.key))
      let bench = try Bench()
      try bench.run(first)
      #expect(try bench.work(second).stages == 0)
      // Two paths of one file are one cell.
      let both = try SweepPlan(.tiny) { Axis(\.start, [.file(path), .file(copy)]) }
      #expect(both.trials.count == first.trials.count)
      let other = try file(.tiny, seed: 98)
      #expect(
        try SweepPlan(Trial.tiny.with { $0.start = .file(other) }).trials.map(\.key)
          != first.trials.map(\.key))
    }

    @Test func aFileThatCannotBeIsToldBeforeAnythingRuns() throws {
      func failure(_ start: Start, _ trial: Trial = .tiny) -> (text: String, code: FailureCode?) {
        do {
          _ = try SweepPlan(trial.with { $0.start = start })
          return ("", nil)
        } catch { return ("\(error)", (error as? any ReportedError)?.exitCode) }
      }
      let missing = failure(.file(folder.file("none.npz")))
      #expect(missing.code == .inputMissing && missing.text.contains("none.npz cannot be read"))
      let path = try file(.tiny, seed: 99)
      let unfit = failure(.file(path), .tiny.with { $0.model = .mlp([13]) })
      #expect(unfit.code == .badData)
      #expect(unfit.text.contains("fc1.weight is shaped [12, 16], not [13, 16]"), "\(unfit.text)")
      try Data("nonsense".utf8).write(to: URL(fileURLWithPath: folder.file("text")))
      #expect(failure(.file(folder.file("text"))).code == .badData)
      #expect(failure(.file(path, names: "timm")).code == .usage)
      // A head of other classes is drawn afresh where that is asked for.
      let wide = Trial.tiny.with { $0.dataset = .tinyGlyphs }
      let glyphs = try file(wide, seed: 99, "glyphs.safetensors")
      #expect(failure(.file(glyphs)).code == .badData)
      let drawn = try SweepPlan(Trial.tiny.with { $0.start = .file(path, drawsHead: true) })
      #expect(
        drawn.trials.last?.key != (try SweepPlan(Trial.tiny.with { $0.start = .file(path) })).trials.last?.key
      )
    }

    @Test func aStoredTrialKnowsWhatItBeganWith() throws {
      let path = try file(.tiny, seed: 99)
      let (plan, records) = try results(Trial.tiny.with { $0.start = .file(path) })
      let record = try #require(records.last)
      let stored = try Trial(configuration: record.configuration)
      #expect(stored.start.file?.path == path && stored.start.file?.digest?.count == 64)
      #expect(try SweepPlan(stored).ticket.key == plan.ticket.key)
      #expect(plan.ticket.key.hexadecimal == record.key)
      // Another file in its place is not what the trial began with.
      _ = try file(.tiny, seed: 98)
      #expect(throws: StartError.self) { try SweepPlan(stored) }
      #expect(
        message { _ = try SweepPlan(stored) }.contains("holds other weights than the trial begins with"))
    }

    @Test func aFileThatIsChangedMeanwhileEndsTheTrial() throws {
      let path = try file(.tiny, seed: 99)
      let plan = try SweepPlan(Trial.tiny.with { $0.start = .file(path) })
      _ = try file(.tiny, seed: 98)
      let bench = try Bench()
      do {
        let report = try bench.run(plan)
        #expect(report.rows.allSatisfy { $0.status != .completed })
      } catch { #expect("\(error)".contains("holds other weights")) }
    }
  }
}
