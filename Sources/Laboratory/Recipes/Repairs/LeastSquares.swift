import CoppiceNetworks
import CoppiceTensors
import CoppiceTerms

extension Repair {
  /// The survivors of every layer are solved anew, so that its output is that of the network before the pruning as nearly as it can
  /// be: for each row w of the weight and its bias b, Σ (y − w·x − b)² + λ ‖w − w₀‖² becomes least. y is what the layer gives there in
  /// front of its rectifier, x what it is given here. w₀ is the row as pruning left it, and only its survivors move. λ is `ridge` times
  /// the mean of the diagonal of Σ x xᵀ, the mean input taken off where there is a bias. Layers are repaired in their order, each with
  /// those before it repaired; one that is not pruned itself makes up for what is missing in its input.
  ///
  /// Y. He, X. Zhang, J. Sun, "Channel pruning for accelerating very deep neural networks", ICCV 2017, and J.-H. Luo, J. Wu, W. Lin,
  /// "ThiNet: a filter level pruning method for deep neural network compression", ICCV 2017. There whole channels go and no bias is
  /// solved for. Convolutions are matrices `[out, in / groups · height · width]`.
  /// - Parameters:
  ///   - batches: how many batches of training data are looked at.
  ///   - ridge: how much rows are held where they are.
  public static func leastSquares(batches: Int = 10, ridge: Double = 1e-3) -> Repair {
    Repair(
      "least-squares", version: 1, batches: batches, compares: true, fields: [("ridge", .number(ridge))]
    ) { setup in
      for layer in setup.network.layers {
        let columns = layer.shape.count / max(1, layer.shape[0])
        guard columns <= RowSolver.mostColumns else {
          throw RepairError.tooWide(layer.name, columns: columns, most: RowSolver.mostColumns)
        }
      }
    } apply: { call in
      for layer in try call.regimen.model.multipliedLayers() {
        guard let weight = call.parameters[layer.weight] else { continue }
        var solver = RowSolver(
          weight, call.masks[layer.weight], bias: layer.bias.flatMap { call.parameters[$0] },
          try call.difference(of: layer.weight, withRows: true), ridge: ridge)
        guard try solver.solve(call.check) else {
          throw RepairError.notFinite(layer.weight, repair: "least-squares")
        }
        try call.set(layer.weight, solver.weight, by: "least-squares")
        if let name = layer.bias, let bias = solver.bias { try call.set(name, bias, by: "least-squares") }
      }
    }
  }
}

extension Shipped<Repair> {
  static let leastSquares = Shipped(
    .leastSquares(), "the survivors of each layer are solved anew for the output it had",
    paper: "He et al. 2017"
  ) { fields in
    .leastSquares(
      batches: try fields.integer(
        "batches", in: Repair.possibleBatches, default: 10),
      ridge: try fields.number("ridge", in: 1e-6...1_000, default: 1e-3))
  }
}
