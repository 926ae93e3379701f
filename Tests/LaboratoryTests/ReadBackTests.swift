import CoppiceLaboratory
import CoppiceStore
import CoppiceTensors
import CoppiceTestSupport
import Foundation
import Testing

extension Running {
  /// What stands in the files is what was measured.
  @Suite struct ReadBackTests {
    @Test(arguments: Trial.families.indices) func storedWeightsGiveTheStoredMeasures(family: Int) throws {
      let (bench, plan) = (try Bench(), try SweepPlan(Trial.families[family]))
      try bench.run(plan)
      let trial = plan.ticket
      let file = try TrialFile(bench.file(trial, of: plan))
      #expect(try file.rounds == [0, 1, 2])
      let model = trial.regimen.model
      let meter = try Meter(trial.regimen)
      for index in try file.rounds {
        let round = try file.round(index)
        let weights = try #require(round.weights)
        #expect(weights.names == model.declarations.map(\.name) + model.buffers.map(\.name))
        let parameters = ParameterSet(
          try model.declarations.map { ($0.name, try #require(weights[$0.name])) })
        let buffers = ParameterSet(try model.buffers.map { ($0.name, try #require(weights[$0.name])) })
        let stored = try #require(round.evaluations.last)
        let found = try meter.evaluation(parameters, buffers, step: stored.step, isLast: true)
        #expect(Self.bits(found) == Self.bits(stored), "round \(index)")
        #expect(
          round.row[metric: .testAccuracy] == stored[.testAccuracy]
            && round.row[metric: .testLoss] == stored[.testLoss])
        #expect(stored[.testLoss].isFinite)
      }
    }

    /// Every measure's bits; a class without examples is NaN.
    private static func bits(_ evaluation: Evaluation) -> [UInt64] {
      let values =
        [
          evaluation[.trainLoss], evaluation[.trainAccuracy], evaluation[.validationLoss],
          evaluation[.validationAccuracy],
          evaluation[.testLoss], evaluation[.testAccuracy],
        ] + evaluation.testClassAccuracy
      return values.map { $0.isNaN ? Double.nan.bitPattern : $0.bitPattern }
    }

    static let python = Python.interpreter(with: ["h5py", "numpy"])

    @Test(.enabled(if: python != nil, "Python with h5py and numpy is not found"))
    func h5pyReadsTheFilesOfARun() throws {
      let bench = try Bench()
      let plan = try SweepPlan(
        Trial.tiny.with { ($0.schedule, $0.sparsity) = (.lotteryTicket(rounds: 2), nil) }
      ) {
        Axis(\.control, [.none, .randomMask])
        Axis(\.seed, 0..<2)
      }
      let report = try bench.run(plan)
      let script = """
        import h5py, json, numpy as np
        with h5py.File("\(report.summary)") as f:
            rows = f["index"][:]
            assert len(rows) == \(report.rows.count), len(rows)
            assert set(rows["status"]) == {b"completed"} and rows["final"].sum() == \(plan.trials.count)
            assert set(rows["control"]) == {b"none", b"random-mask"} and set(rows["seed"]) == {0, 1}
            assert np.isfinite(rows["test_accuracy"]).all() and (rows["density"] == 1 - rows["sparsity"]).all()
            config = json.loads(f["config/data"][()])
            assert config["experiment"] == "test" and len(config["trials"]) == \(plan.trials.count)
            provenance = json.loads(f["provenance/data"][()])
            assert provenance["seeds"] == [0, 1] and provenance["command"] == "coppice run test"
        with h5py.File("\(bench.file(plan.ticket, of: plan))") as f:
            assert f.attrs["status"] == "completed" and list(f["rounds"]) == ["0", "1", "2"]
            assert json.loads(f["config/data"][()])["batch-size"] == 20
            initial = f["initial/weights/fc1.weight"][:]
            assert initial.shape == (12, 16) and initial.dtype == "<f4"
            for k in (1, 2):
                g = f[f"rounds/{k}"]
                mask, weight = g["masks/fc1.weight"][:], g["weights/fc1.weight"][:]
                assert set(np.unique(mask)) == {0, 1} and (weight[mask == 0] == 0).all()
                assert g["series/step"][:].tolist() == list(range(1, 31)) and len(g["series/loss"]) == 30
                assert g["evaluations/test_accuracy"][-1] == g.attrs["test_accuracy"]
                assert g["layers"]["nonzero"][g["layers"]["name"] == b"fc1.weight"][0] == mask.sum()
        """
      let python = try #require(Self.python)
      let outcome = try #require(Python.run(python, ["-c", script]))
      #expect(outcome.status == 0, "\(outcome.output)")
    }
  }
}
