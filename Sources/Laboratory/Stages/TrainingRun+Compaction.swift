import CoppiceNetworks
import CoppiceTensors

extension TrainingRun {
  /// Compares the smaller network with the masked one where the training begins.
  mutating func compare() throws {
    guard let smaller else { return }
    var batches = batches
    agreements = try smaller.agreements(batch: regimen.batchSize, threads: context.threads) {
      batches.fill(stage.firstStep, $0, $1)
    }
    for agreement in agreements {
      log.invariants.merge(TrainingSight(step: 0, agreement: agreement).findings)
    }
  }

  /// The parameters in their whole shapes.
  var parameters: ParameterSet { smaller?.expanded(trainer.parameters) ?? trainer.parameters }
}
