import CoppiceNetworks
import CoppiceTerms

extension Repair {
  /// The running statistics of every batch normalisation are made anew: the mean over `batches` batches of training data, each with the
  /// same weight, in training mode under the masks. No weight moves.
  ///
  /// B. Li, B. Wu, J. Su, G. Wang, "EagleEye: fast sub-net evaluation for efficient neural network pruning", ECCV 2020, where
  /// candidates are compared after it. The paper lets the statistics follow with a momentum; here every batch counts alike, as
  /// PyTorch's `momentum=None` has it, so that nothing is left of the statistics before.
  public static func recalibrate(batches: Int = 10) -> Repair {
    Repair("recalibrate", version: 1, batches: batches, compares: false) { setup in
      guard try !setup.network.runningStatistics().isEmpty else {
        throw RepairError.noStatistics(setup.network.model.specification)
      }
    } apply: { call in
      let (size, batches) = try call.data.batches(of: call.regimen)
      var source = batches
      call.buffers = try Recalibration.buffers(
        of: call.regimen.model, call.parameters, call.buffers, masks: call.masks, batch: size,
        count: call.data.count, seed: call.regimen.seedBits, threads: call.threads
      ) { index, inputs, labels in
        try call.check()
        source.fill(index, inputs, labels)
      }
    }
  }
}

extension Shipped<Repair> {
  static let recalibrate = Shipped(
    .recalibrate(), "running statistics are made anew on some batches, no weight moves",
    paper: "Li et al. 2020"
  ) { fields in
    .recalibrate(
      batches: try fields.integer(
        "batches", in: Repair.possibleBatches, default: 10))
  }
}
