import CoppiceStore

/// The mean overlap of every two methods at one sparsity, both ways round, so that it can be drawn as a square.
struct MethodMatrix {
  /// What the masks of two trials have in common.
  struct Pair {
    let methods: (String, String)
    let seeds: String
    let density: Double
    let jaccard: Double
    let chance: Double

    init(
      _ methods: (String, String), _ seeds: String, _ density: Double, jaccard: Double, chance: Double
    ) {
      (self.methods, self.seeds, self.density) = (methods, seeds, density)
      (self.jaccard, self.chance) = (jaccard, chance)
    }
  }

  private struct Cell {
    let one, other, seeds: String
    let density: Double
    var jaccard = 0.0
    var chance = 0.0
    var count = 0
  }

  private var cells: [Cell] = []

  init(_ pairs: [Pair]) {
    var places: [String: Int] = [:]
    for pair in pairs {
      let (one, other) = pair.methods
      for (one, other) in one == other ? [(one, other)] : [(one, other), (other, one)] {
        let key = "\(pair.density)|\(pair.seeds)|\(one)|\(other)"
        let place = places[key] ?? cells.count
        if place == cells.count {
          places[key] = place
          cells.append(Cell(one: one, other: other, seeds: pair.seeds, density: pair.density))
        }
        cells[place].jaccard += pair.jaccard
        cells[place].chance += pair.chance
        cells[place].count += 1
      }
    }
    cells.sort { a, b in
      if a.density != b.density { return a.density > b.density }
      return (a.seeds, a.one, a.other) < (b.seeds, b.one, b.other)
    }
  }

  /// One row a cell.
  var table: NamedTable {
    NamedTable(
      "mask_overlap_matrix", title: "overlap of the masks of every two methods",
      description:
        "The mean of Jaccard's index over the pairs of trials of two methods at one sparsity; of one method, over pairs of seeds.",
      columns: [
        .init(Quantity("density", "weights remaining", unit: .fraction), numbers: cells.map(\.density)),
        .init("seeds", texts: cells.map(\.seeds)), .init("method_a", "method", texts: cells.map(\.one)),
        .init("method_b", "other method", texts: cells.map(\.other)),
        .init("pairs", integers: cells.map(\.count)),
        .init(
          Quantity("jaccard", "mask overlap (Jaccard)", unit: .fraction),
          numbers: cells.map { $0.jaccard / Double($0.count) }),
        .init(
          Quantity("chance", "overlap by chance", unit: .fraction),
          numbers: cells.map { $0.chance / Double($0.count) }),
      ],
      drawing: .init(matrixOf: "jaccard", rows: "method_a", columns: "method_b", by: ["density", "seeds"]))
  }
}
