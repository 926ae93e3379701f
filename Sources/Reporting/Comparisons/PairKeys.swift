import CoppiceStore

/// What the rows of a comparison are paired by, beside the seed.
struct PairKeys {
  /// The columns that vary, the sparsity first where it does.
  let columns: [String]
  private let hasSparsity: Bool
  private let readers: [IndexColumnReader]

  /// - Parameters:
  ///   - sides: the rows of each side.
  ///   - chosen: the columns that the sides are chosen by.
  ///   - index: all rows.
  init(_ sides: [[IndexRow]], chosenBy chosen: Set<String>, of index: [IndexRow]) {
    // Dense networks are paired by seed alone.
    let sides = sides.filter { !$0.allSatisfy(\.isDense) }
    let codes = sides.map { ColumnCodes($0) }
    let others = ["seed", "setting_seed", "sparsity", "setting_sparsity"]
    let varying = CurveSet.comparedColumns(of: index).filter { column in
      !chosen.contains(column) && !others.contains(column) && codes.contains { $0.varies(column) }
    }
    var kept = varying
    // One that says what the others say is none.
    for column in varying.reversed() {
      let fewer = kept.filter { $0 != column }
      if codes.allSatisfy({ $0.groups(by: fewer).count == $0.groups(by: kept).count }) { kept = fewer }
    }
    hasSparsity = sides.contains { Set($0.map(Self.level)).count > 1 }
    columns = (hasSparsity ? ["requested_sparsity"] : []) + kept
    readers = kept.map { IndexColumnReader($0) }
  }

  /// What was asked for, in millionths: what two schedules ask for in different ways may differ by rounding. −1 where nothing was.
  static func level(_ row: IndexRow) -> Int {
    let asked = row.requestedSparsity.isFinite ? row.requestedSparsity : row.targetSparsity
    return asked.isFinite && abs(asked) < 1e6 ? Int((asked * 1e6).rounded()) : -1
  }

  /// The values of the columns in a row, the sparsity in millionths.
  func place(_ row: IndexRow) -> [String] {
    (hasSparsity ? ["\(Self.level(row))"] : []) + readers.map { IndexRow.text($0.value(in: row)) }
  }

  /// A place as a table has it.
  func cells(_ place: [String]) -> [Table.Cell] {
    place.enumerated().map { index, text in
      if index == 0, hasSparsity {
        return Double(text).flatMap { $0 < 0 ? nil : .number($0 / 1e6) } ?? .missing
      }
      return text == "none" ? .missing : .value(text)
    }
  }
}

/// The values of one side of a comparison, by place and seed.
struct SideTable {
  private let isDense: Bool
  /// In the order of the sparsity, then in that of the index.
  private let places: [[String]]
  private let values: [[String]: [Int: Double?]]

  /// - Parameter compared: the columns among which two trials of one seed at one place are told apart.
  /// - Throws: `ReportingError.severalTrialsOfASide` where there are such.
  init(
    _ rows: [IndexRow], _ metric: IndexColumnReader, _ keys: PairKeys, _ label: String, _ compared: [String]
  ) throws(ReportingError) {
    isDense = rows.allSatisfy(\.isDense)
    var (values, firsts): ([[String]: [Int: Double?]], [[String]: [Int: IndexRow]]) = ([:], [:])
    var found: [(level: Int, place: [String])] = []
    for row in rows {
      let place = isDense ? [] : keys.place(row)
      if let other = firsts[place]?[row.seed] {
        let columns = compared + ["target_sparsity", "round"]
        guard let differing = columns.first(where: { row.text($0) != other.text($0) }) else {
          throw .twiceTheSameTrial(other.trial, row.trial)
        }
        throw .severalTrialsOfASide(
          label, differing: differing, [other.text(differing), row.text(differing)])
      }
      if firsts[place] == nil { found.append((PairKeys.level(row), place)) }
      firsts[place, default: [:]][row.seed] = row
      let number = metric.value(in: row)?.number
      let isValid = row.status != .diverged && (number?.isFinite ?? false)
      values[place, default: [:]][row.seed] = .some(isValid ? number : nil)
    }
    self.values = values
    // Sorting keeps the order of equals.
    places = found.enumerated().sorted { ($0.element.level, $0.offset) < ($1.element.level, $1.offset) }
      .map(\.element.place)
  }

  /// The places at which a side meets another.
  func places(with other: SideTable) -> [[String]] { isDense ? other.places : places }

  /// The values there by seed; those that are missing are `nil`.
  func values(at place: [String]) -> [Int: Double?] { values[isDense ? [] : place] ?? [:] }

  /// How many rows stand at other places than these.
  func count(outside paired: Set<[String]>) -> Int {
    isDense ? 0 : places.reduce(0) { paired.contains($1) ? $0 : $0 + (values[$1]?.count ?? 0) }
  }
}
