import CoppiceHDF5

/// The results of an experiment, as a summary file holds them.
package struct Summary: Sendable {
  /// The experiment's name.
  package var experiment: String
  /// Its specification and the command that made it, as JSON.
  package var configuration: String
  /// Where, when and with what it was computed, as JSON.
  package var provenance: String
  /// One row a trial and round, in the order of the plan.
  package var rows: [IndexRow]
  /// The curves of the default plot, if there are any yet.
  package var curves: SummaryCurves?
  /// What analyses over several rounds gave.
  package var analyses: [NamedTable]

  /// A summary of these parts.
  package init(
    experiment: String, configuration: String, provenance: String, rows: [IndexRow],
    curves: SummaryCurves? = nil, analyses: [NamedTable] = []
  ) {
    (self.experiment, self.configuration, self.provenance) = (experiment, configuration, provenance)
    (self.rows, self.curves, self.analyses) = (rows, curves, analyses)
  }

  /// The number of rows of trials that are finished.
  package var finishedCount: Int { rows.count { $0.status.isFinished } }
}

/// The file a user opens: `/index`, the cubes `/cube`, `/ladders` and `/dense`, `/curve/<measure>`, `/analyses/<name>`, `/config` and `/provenance`.
package enum SummaryFile {
  /// Writes a summary, atomically.
  /// - Throws: `StoreError.fewerRows` where a summary with more finished rows is there already, and any error
  ///   of reading it, unless `replacing`; errors of writing.
  package static func write(
    _ summary: Summary, to path: String, replacing: Bool = false
  ) throws(StoreError) {
    if !replacing, let stored = try finishedCount(in: path), stored > summary.finishedCount {
      throw .fewerRows(file: path, stored: stored, offered: summary.finishedCount)
    }
    try storing { () throws(HDF5Error) in
      let draft = try HDF5Draft(path)
      let root = draft.root
      try Format.summary.state(in: root)
      try root.setAttribute("experiment", .text(summary.experiment))
      if let curves = summary.curves, !curves.curves.isEmpty { try curves.write(to: root) }
      for (name, cube) in SummaryCube.all(of: summary.rows) { try cube.write(name, to: root) }
      try IndexTable.write(summary.rows, to: root)
      try root.write("analyses", summary.analyses)
      try root.writeNote("config", json: summary.configuration)
      try root.writeNote("provenance", json: summary.provenance)
      try draft.commit()
    }
  }

  /// Reads a summary (the cubes are made from the rows, and are not read).
  /// - Parameter isForeign: whether a file without a valid seal is read, see `HDF5File`.
  /// - Throws: `StoreError` where it cannot be read or is not one that this program reads.
  package static func read(_ path: String, isForeign: Bool = false) throws(StoreError) -> Summary {
    let root = try Format.summary.open(path, isForeign: isForeign)
    return try storing { () throws(HDF5Error) in
      let summary = Summary(
        experiment: try root.attribute("experiment")?.text ?? "", configuration: try root.readNote("config"),
        provenance: try root.readNote("provenance"), rows: try IndexTable.read(from: root),
        curves: try SummaryCurves(from: root), analyses: try root.readTables("analyses"))
      try Contents.require(summary.fault, in: path)
      return summary
    }
  }

  /// The rows of a summary alone: what analyses found may be much more.
  /// - Parameter isForeign: whether a file without a valid seal is read, see `HDF5File`.
  /// - Throws: `StoreError` where they cannot be read or are none that this program reads.
  package static func rows(_ path: String, isForeign: Bool = false) throws(StoreError) -> [IndexRow] {
    let root = try Format.summary.open(path, isForeign: isForeign)
    return try storing { () throws(HDF5Error) in
      let rows = try IndexTable.read(from: root)
      try Contents.require(rows.lazy.compactMap(\.fault).first, in: path)
      return rows
    }
  }

  /// The configuration of a summary alone, as JSON.
  /// - Throws: `StoreError` where it cannot be read.
  package static func configuration(_ path: String) throws(StoreError) -> String {
    let root = try Format.summary.open(path)
    return try storing { () throws(HDF5Error) in try root.readNote("config") }
  }

  /// What a summary says in words: its configuration and its provenance, as JSON.
  /// - Parameter isForeign: whether a file without a valid seal is read, see `HDF5File`.
  /// - Throws: `StoreError` where they cannot be read.
  package static func notes(
    _ path: String, isForeign: Bool = false
  ) throws(StoreError) -> (configuration: String, provenance: String) {
    let root = try Format.summary.open(path, isForeign: isForeign)
    return try storing { () throws(HDF5Error) in
      (try root.readNote("config"), try root.readNote("provenance"))
    }
  }

  /// The analyses of a summary alone.
  /// - Parameter isForeign: whether a file without a valid seal is read, see `HDF5File`.
  /// - Throws: `StoreError` where they cannot be read or are none that this program reads.
  package static func analyses(_ path: String, isForeign: Bool = false) throws(StoreError) -> [NamedTable] {
    let root = try Format.summary.open(path, isForeign: isForeign)
    return try storing { () throws(HDF5Error) in
      let analyses = try root.readTables("analyses")
      try Contents.require(analyses.lazy.compactMap(\.fault).first, in: path)
      return analyses
    }
  }

  /// Puts tables of analyses into a summary, each in the place of its namesake if there is one. All else keeps its bytes, and the
  /// file is replaced as a whole. Where the tables stand in it already, nothing is written.
  /// - Throws: `StoreError` where it cannot be read, is not one that this program reads, or cannot be written.
  package static func put(_ tables: [NamedTable], into path: String) throws(StoreError) {
    let stored = try analyses(path)
    let known = stored.map { old in tables.first { $0.name == old.name } ?? old }
    let all = known + tables.filter { table in !stored.contains { $0.name == table.name } }
    guard all.count > stored.count || !zip(all, stored).allSatisfy({ $0.hasSameBits(as: $1) }) else { return }
    try storing { () throws(HDF5Error) in
      let draft = try HDF5Draft(changing: path)
      if try draft.root.contains("analyses") { try draft.root.remove("analyses") }
      try draft.root.write("analyses", all)
      try draft.commit()
    }
  }

  /// The finished rows of the summary at a path, or `nil` where there is no file.
  /// - Throws: `StoreError` where it cannot be read or is not one that this program reads.
  package static func finishedCount(in path: String) throws(StoreError) -> Int? {
    do {
      let root = try Format.summary.open(path)
      let rows = try storing { () throws(HDF5Error) in try IndexTable.read(from: root) }
      return rows.count { $0.status.isFinished }
    } catch .file(let error) where error.isMissingFile {
      return nil
    }
  }
}

extension SummaryCube {
  /// Writes a group of this name: one dataset a measure, with a dimension scale an axis.
  func write(_ name: String, to root: HDF5Group) throws(HDF5Error) {
    let group = try root.createGroup(name)
    var scales: [HDF5Dataset] = []
    for axis in axes {
      let scale =
        switch axis.coordinates {
        case .texts(let labels): try group.write(axis.name, texts: labels)
        case .integers(let labels): try group.write(axis.name, labels.map(Int64.init))
        case .numbers(let labels): try group.write(axis.name, labels)
        }
      try scale.makeScale(axis.name)
      scales.append(scale)
    }
    let shape = axes.map(\.coordinates.count)
    for variable in variables {
      let dataset = try group.write(
        variable.name, variable.values, shape: shape, storage: .compressed(shape, level: 4))
      try dataset.setAttribute("units", .text(variable.unit == .seconds ? "s" : "1"))
      try dataset.setAttribute("long_name", .text(variable.title))
      try dataset.setAttribute("_FillValue", .number(.nan))
      try dataset.attachScales(scales)
    }
  }
}
