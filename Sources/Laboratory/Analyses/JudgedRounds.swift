import CoppiceStore

/// The rounds that an analysis of networks judges: the results of trials that prune, each with what tells its curve apart, its place on
/// the curve, and the dense network that it is compared with.
struct JudgedRounds {
  /// A result.
  struct Judged {
    let round: AnalysisRound
    /// What tells its curve from others: `magnitude, one-shot`.
    let condition: String
    /// The fraction of weights that was to remain, so that rounds of equal sparsity stand at one place.
    let density: Double
    /// The dense network of the same seed, see `DenseReferences`; `nil` where there is none.
    let dense: AnalysisRound?
  }

  /// What is judged, in the order of the index.
  let judged: [Judged]
  /// The dense networks, each once.
  let dense: [AnalysisRound]

  init(_ rounds: [AnalysisRound]) {
    let results = rounds.filter { $0.isResult && !$0.row.isDense }
    let baselines = rounds.filter(\.row.isDense)
    // A ladder begins with the dense network: where there is no other, it stands in.
    let references =
      baselines.isEmpty
      ? rounds.filter { $0.row.round == 0 && $0.row.density == 1 && $0.row.control == "none" } : baselines
    let conditions = RoundConditions(results.map(\.row))
    let found = DenseReferences(references.map(\.row), columns: conditions.candidates)
    let places = Dictionary(
      references.map { (Place($0.row), $0) }, uniquingKeysWith: { first, _ in first })
    let labels = results.map { conditions.label(of: $0.row) }
    // Rounds that were asked for no number have a mean place.
    var unasked: [Cell: [Double]] = [:]
    for (round, label) in zip(results, labels) where round.row.asked.isNaN {
      unasked[Cell(label, Double(round.index)), default: []].append(round.row.density)
    }
    judged = zip(results, labels).map { round, label in
      let density =
        round.row.asked.isNaN
        ? unasked[Cell(label, Double(round.index)), default: []].finiteMean.rounded(toPlaces: 4)
        : round.row.askedDensity
      return Judged(
        round: round, condition: label, density: density,
        dense: found.reference(of: round.row).flatMap { places[Place($0)] })
    }
    var met: Set<StageKey> = []
    let used = judged.compactMap(\.dense)
    dense = (references.filter { $0.row.isFinal } + used).filter { met.insert($0.training).inserted }
  }

  /// All of which outputs are measured, each network once.
  var networks: [AnalysisRound] {
    var met: Set<[StageKey]> = []
    return (dense + judged.map(\.round)).filter { met.insert($0.stages).inserted }
  }

  /// What is judged, by condition and place, in the order in which the index names them first.
  var cells: [(condition: String, density: Double, judged: [Judged])] {
    var cells: [(condition: String, density: Double, judged: [Judged])] = []
    var places: [Cell: Int] = [:]
    for one in judged {
      let cell = Cell(one.condition, one.density)
      if let place = places[cell] {
        cells[place].judged.append(one)
      } else {
        places[cell] = cells.count
        cells.append((one.condition, one.density, [one]))
      }
    }
    return cells
  }

  /// A condition, and a density or a round.
  private struct Cell: Hashable {
    let condition: String
    let place: Double

    init(_ condition: String, _ place: Double) { (self.condition, self.place) = (condition, place) }
  }

  private struct Place: Hashable {
    let trial: String
    let round: Int

    init(_ row: IndexRow) { (trial, round) = (row.trial, row.round) }
  }
}
