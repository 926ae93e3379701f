import CoppiceNetworks
import CoppiceTensors
import CoppiceTerms

extension Repair {
  /// The bias of every layer takes up the mean change of its output: b ← b + E[y] − E[ỹ], y being what the layer gives in front of its
  /// rectifier in the network before the pruning, and ỹ in this one. Layers are repaired in their order, each with those before it
  /// repaired. The mean is taken over `batches` batches of training data and, in a convolution, over all positions.
  ///
  /// M. Nagel, M. van Baalen, T. Blankevoort, M. Welling, "Data-free quantization through weight equalization and bias correction",
  /// ICCV 2019, where weights are rounded and not pruned; this is its empirical form (appendix D). A pruned layer must have a bias. One
  /// that is not pruned and has none stays as it is.
  public static func biasCorrection(batches: Int = 10) -> Repair {
    Repair("bias-correction", version: 1, batches: batches, compares: true) { setup in
      let layers = try setup.network.multipliedLayers()
      let missing = setup.layers.map(\.name).filter { name in
        layers.first { $0.weight == name }?.bias == nil
      }
      guard missing.isEmpty else { throw RepairError.noBias(missing) }
    } apply: { call in
      for layer in try call.regimen.model.multipliedLayers() {
        guard let name = layer.bias, var bias = call.parameters[name] else { continue }
        let found = try call.difference(of: layer.weight, withRows: false)
        for (unit, sum) in found.difference.enumerated() {
          bias.scalars[unit] = Float(Double(bias.scalars[unit]) + sum / Double(found.rows))
        }
        try call.set(name, bias, by: "bias-correction")
      }
    }
  }
}

extension Shipped<Repair> {
  static let biasCorrection = Shipped(
    .biasCorrection(), "the bias of each layer takes up the mean change of its output",
    paper: "Nagel et al. 2019"
  ) { fields in
    .biasCorrection(
      batches: try fields.integer(
        "batches", in: Repair.possibleBatches, default: 10))
  }
}

extension RepairCall {
  /// How a layer's output differs from that of the network before the pruning.
  func difference(of layer: String, withRows: Bool) throws -> LayerDifference {
    let (size, batches) = try data.batches(of: regimen)
    var source = batches
    return try LayerDifference(
      of: layer, in: regimen.model, parameters, buffers, masks: masks,
      reference: reference ?? (parameters, buffers), withRows: withRows, batch: size, count: data.count,
      threads: threads
    ) { index, inputs, labels in
      try check()
      source.fill(index, inputs, labels)
    }
  }

  /// Gives a parameter a new value; what is pruned of it stays 0.
  ///
  /// - Throws: `RepairError.notFinite`.
  mutating func set(_ name: String, _ value: Tensor, by repair: String) throws {
    guard value.scalars.allSatisfy(\.isFinite) else { throw RepairError.notFinite(name, repair: repair) }
    parameters[name] = value
    parameters = masks.applied(to: parameters)
  }
}
