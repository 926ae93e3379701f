import CoppiceStore

/// What the rows of a summary say of a claim: the number, its interval, the test and the verdict.
package struct ClaimOutcome: Sendable, Equatable {
  /// What came of a claim.
  package enum Verdict: String, Sendable {
    /// The interval lies inside what the claim says and, from six seeds on, the test agrees.
    case reproduced
    /// The interval lies wholly outside and, from six seeds on, the test agrees.
    case refuted
    /// Neither.
    case notDistinguishable = "not distinguishable"
    /// There are no results yet.
    case notRun = "not run"
    /// There are results, but not those that the claim speaks of.
    case noRows = "rows are missing"
  }

  /// The values of the seeds, or their differences to the reference.
  package let sample: SampleStatistics
  /// The two-sided p of the signed-rank test of the distance to the bound that was promised; `nil` below six seeds or with two
  /// bounds.
  package let p: Double?
  package let verdict: Verdict

  /// A claim without results.
  package static let notRun = ClaimOutcome(sample: SampleStatistics([]), p: nil, verdict: .notRun)

  /// A claim whose rows are not there.
  package static let noRows = ClaimOutcome(sample: SampleStatistics([]), p: nil, verdict: .noRows)

  /// What is taken of a row's number.
  package enum Measure: Sendable {
    /// The number itself.
    case value
    /// The number less that of the row's dense network, see `DenseReferences`.
    case change
    /// The number as a share of that of the row's dense network.
    case share
  }

  private init(sample: SampleStatistics, p: Double?, verdict: Verdict) {
    (self.sample, self.p, self.verdict) = (sample, p, verdict)
  }

  /// What some values say of a claim that puts their mean into a range.
  package init(_ sample: SampleStatistics, expected range: ClosedRange<Double>) {
    self.sample = sample
    let bounds = [range.lowerBound, range.upperBound].filter(\.isFinite)
    p =
      SignedRankTest.leastP(sample.count) <= 0.05 && bounds.count == 1
      ? SignedRankTest(sample.values.map { $0 - bounds[0] }).p : nil
    let isTested = p.map { $0 <= 0.05 } ?? true
    guard let interval = Band.ci95.bounds(of: sample), isTested else {
      verdict = .notDistinguishable
      return
    }
    if range.contains(interval.low), range.contains(interval.high) {
      verdict = .reproduced
    } else if interval.high < range.lowerBound || interval.low > range.upperBound {
      verdict = .refuted
    } else {
      verdict = .notDistinguishable
    }
  }

  /// What the rows of an index say of a claim.
  ///
  /// - Parameters:
  ///   - conditions: those of the rows that are judged. Several rows of a seed count as their mean; dense networks count only where no
  ///     pruned one meets the conditions.
  ///   - reference: those of the rows they are compared with, seed by seed; `nil` for none.
  ///   - metric: the column that is compared.
  ///   - measure: what is taken of it.
  /// - Throws: `ReportingError` where a condition cannot be read, a column is unknown or no row meets the conditions.
  package init(
    _ rows: [IndexRow], meeting conditions: [String], against reference: [String]?, metric: String,
    measure: Measure = .value, expected range: ClosedRange<Double>
  ) throws(ReportingError) {
    let treated = try Self.values(rows, conditions, metric, measure)
    guard let reference else {
      self.init(SampleStatistics(treated.sorted { $0.key < $1.key }.map(\.value)), expected: range)
      return
    }
    let difference = PairedDifference(
      treatment: treated.compactMapValues { $0 },
      reference: try Self.values(rows, reference, metric, measure).compactMapValues { $0 })
    self.init(difference.sample, expected: range)
  }

  /// The mean of a column over the rows of each seed that meet all conditions; `nil` where one of them has no value.
  private static func values(
    _ rows: [IndexRow], _ conditions: [String], _ metric: String, _ measure: Measure
  ) throws(ReportingError) -> [Int: Double?] {
    var read: [RowCondition] = []
    for condition in conditions { read.append(try RowCondition(parsing: condition)) }
    let known = IndexRow.columnNames(of: rows) + rows.flatMap(\.settings).map(\.name)
    for column in read.map(\.column) + [metric] where !known.contains(column) {
      throw .unknownColumn(column, known: IndexRow.columnNames(of: rows))
    }
    let dense = DenseReferences(rows.filter(\.isDense), columns: CurveSet.comparedColumns(of: rows))
    let met = rows.filter { row in
      (row.isFinal || row.isLadder) && read.allSatisfy { $0.isMet(by: row) }
    }
    // A dense network has the settings of the sweep's base, its criterion too: where pruned ones meet the conditions, they are meant.
    let pruned = met.filter { !$0.isDense }
    var found: [Int: [Double?]] = [:]
    for row in pruned.isEmpty ? met : pruned {
      found[row.seed, default: []].append(
        row.status == .diverged ? nil : measure.value(of: row, metric, dense))
    }
    guard !found.isEmpty else { throw .noRowsMeeting(conditions) }
    return found.mapValues { values in
      let present = values.compactMap { $0 }
      return present.count == values.count ? present.reduce(0, +) / Double(present.count) : nil
    }
  }
}

extension ClaimOutcome.Measure {
  /// What is taken of a row; `nil` where the row or its dense network has no number.
  fileprivate func value(of row: IndexRow, _ metric: String, _ dense: DenseReferences) -> Double? {
    guard let value = row.number(metric) else { return nil }
    if self == .value { return value }
    guard let reference = dense.reference(of: row)?.number(metric) else { return nil }
    return self == .change ? value - reference : value / reference
  }
}
