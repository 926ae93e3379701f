import CoppiceNetworks
import CoppiceStore
import CoppiceTensors
import CoppiceTerms

extension Analysis {
  /// How many weights of the first layer survive of each input: of every pixel and channel of an image for a linear layer, of every
  /// place of the kernel for a convolution, whose kernel sees all pixels. The mean over the seeds of one method at one sparsity.
  public static let inputDegrees = Analysis("input-degrees", version: 1) { context in
    var rows: [Degree] = []
    for group in context.replicates({ $0.isResult && $0.masks != nil }) {
      var (counts, found): ([Int], FirstLayer?) = ([], nil)
      var seeds = 0
      for round in group.rounds {
        guard let masks = try context.masks(of: round)?.counted, let layer = FirstLayer(masks, round.plan)
        else {
          continue
        }
        let degrees = layer.degrees
        if counts.isEmpty { (counts, found) = ([Int](repeating: 0, count: degrees.count), layer) }
        guard counts.count == degrees.count else { continue }
        for place in degrees.indices { counts[place] += degrees[place] }
        seeds += 1
      }
      guard let found, seeds > 0 else { continue }
      for (place, count) in counts.enumerated() {
        rows.append(
          Degree(group: group, seeds: seeds, layer: found, place: place, mean: Double(count) / Double(seeds)))
      }
    }
    return [Degree.table(rows)]
  }
}

extension Shipped<Analysis> {
  static let inputDegrees = Shipped(
    .inputDegrees, "how many weights of the first layer survive of each input: which pixels are looked at")
}

/// The layer that reads the input, and how its inputs lie in a plane.
package struct FirstLayer: Sendable {
  package let name: String
  /// Channels, rows and columns of what one unit reads.
  package let plane: (channels: Int, height: Int, width: Int)
  /// How many weights survive of each input, in the order of the plane.
  package let degrees: [Int]

  /// The first of some masks; `nil` where there is none.
  ///
  /// - Parameter plan: what the examples are; inputs of a linear layer lie in one row where they are no image.
  package init?(_ masks: MaskSet, _ plan: TrialPlan?) {
    guard let (name, mask) = masks.first(where: { $0.mask.shape.rank > 1 }), let units = mask.shape.axes.first
    else { return nil }
    self.name = name
    let count = mask.count / max(1, units)
    let axes = mask.shape.axes
    if axes.count == 4 {
      plane = (axes[1], axes[2], axes[3])
    } else if case .images(let shape, _)? = plan?.regimen.model.interface, shape.rank == 3,
      shape.count == count
    {
      plane = (shape[0], shape[1], shape[2])
    } else {
      plane = (1, 1, count)
    }
    var degrees = [Int](repeating: 0, count: count)
    for unit in 0..<units {
      for place in 0..<count { degrees[place] += Int(mask.bytes[unit * count + place]) }
    }
    self.degrees = degrees
  }
}

/// What survives of one input.
private struct Degree {
  let group: Replicates
  let seeds: Int
  let layer: FirstLayer
  let place: Int
  let mean: Double

  private var inChannel: Int { place % (layer.plane.height * layer.plane.width) }

  static func table(_ rows: [Degree]) -> NamedTable {
    NamedTable(
      "input_degrees", title: "surviving weights of each input",
      description:
        "How many weights of the first layer survive of each input (of each place of the kernel, where that is a convolution): the "
        + "mean over seeds, and over channels in the figure.",
      columns: [
        .init("method", texts: rows.map(\.group.method)), .init("round", integers: rows.map(\.group.round)),
        .init(
          Quantity("density", "weights remaining", unit: .fraction), numbers: rows.map(\.group.density)),
        .init("seeds", integers: rows.map(\.seeds)), .init("layer", texts: rows.map(\.layer.name)),
        .init("channel", integers: rows.map { $0.place / ($0.layer.plane.height * $0.layer.plane.width) }),
        .init("row", integers: rows.map { $0.inChannel / $0.layer.plane.width }),
        .init("column", integers: rows.map { $0.inChannel % $0.layer.plane.width }),
        .init(
          Quantity("degree", "surviving weights", format: .decimal(2), bounds: 0...(.infinity)),
          numbers: rows.map(\.mean)),
      ],
      drawing: .init(matrixOf: "degree", rows: "row", columns: "column", by: ["method", "density"]))
  }
}
