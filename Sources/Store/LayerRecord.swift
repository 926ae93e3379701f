import CoppiceHDF5

/// One parameter of a network after a round: how large it is, what is left of it, what it costs.
package struct LayerRecord: Hashable, Sendable {
  /// The parameter's name: `fc1.weight`.
  package var name: String
  /// The number of weights.
  package var parameters: Int
  /// The number that are not pruned.
  package var nonzero: Int
  /// Whether it may be pruned.
  package var isPrunable: Bool
  /// Whether its products ran sparse while it was trained, see `SparseExecution`.
  package var isSparse: Bool
  /// FLOPs of one example's forward pass through it, dense and with pruned weights skipped.
  package var flops: Int
  package var flopsNonzero: Int

  /// A record of these numbers.
  package init(
    name: String, parameters: Int, nonzero: Int, isPrunable: Bool, isSparse: Bool = false, flops: Int = 0,
    flopsNonzero: Int = 0
  ) {
    (self.name, self.parameters, self.nonzero) = (name, parameters, nonzero)
    (self.isPrunable, self.isSparse) = (isPrunable, isSparse)
    (self.flops, self.flopsNonzero) = (flops, flopsNonzero)
  }

  /// The fraction pruned, 0…1.
  package var sparsity: Double { parameters == 0 ? 0 : Double(parameters - nonzero) / Double(parameters) }
}

extension [LayerRecord] {
  /// The table `layers`.
  var table: HDF5Table {
    HDF5Table([
      .init("name", .text(map(\.name))), .init("parameters", .int64(map { Int64($0.parameters) })),
      .init("nonzero", .int64(map { Int64($0.nonzero) })), .init("sparsity", .float64(map(\.sparsity))),
      .init("prunable", .uint8(map { $0.isPrunable ? 1 : 0 })),
      .init("sparse", .uint8(map { $0.isSparse ? 1 : 0 })),
      .init("flops", .int64(map { Int64($0.flops) })),
      .init("flops_nonzero", .int64(map { Int64($0.flopsNonzero) })),
    ])
  }

  /// Reads the table.
  init(from dataset: HDF5Dataset) throws(HDF5Error) {
    let table = try dataset.readTable()
    guard let names = table["name"]?.texts, let parameters = table["parameters"]?.integers,
      let nonzero = table["nonzero"]?.integers, let prunable = table["prunable"]?.integers,
      let flops = table["flops"]?.integers, let flopsNonzero = table["flops_nonzero"]?.integers
    else { throw HDF5Error(call: "read", file: dataset.file, object: dataset.path, message: "bad columns") }
    // Files from before sparse execution have no such column: nothing ran sparse.
    let sparse = table["sparse"]?.integers
    self = names.indices.map {
      LayerRecord(
        name: names[$0], parameters: parameters[$0], nonzero: nonzero[$0], isPrunable: prunable[$0] != 0,
        isSparse: (sparse?[$0] ?? 0) != 0, flops: flops[$0], flopsNonzero: flopsNonzero[$0])
    }
  }
}
