import CoppiceHDF5
import CoppiceTensors

/// A file of one trial: `/config`, `/provenance`, `/initial/weights/<name>`, and a group `/rounds/<k>` a
/// round with its results as attributes, `weights/<name>`, `masks/<name>`, where they differ
/// `trained_masks/<name>`, `channel_orders/<name>`, `weight_scales/<name>`, `input_ranges/<name>`, `series/<quantity>`, `evaluations/<metric>`, `layers` and `invariants`.
package struct TrialFile: Sendable {
  private let root: HDF5Group

  /// Opens a trial file; its parts are read as they are asked for.
  /// - Parameter isForeign: whether a file without a valid seal is read, see `HDF5File`.
  /// - Throws: `StoreError` where it cannot be read or is not one that this program reads.
  package init(_ path: String, isForeign: Bool = false) throws(StoreError) {
    root = try Format.trial.open(path, isForeign: isForeign)
  }

  /// Writes a trial to a file, which appears whole or not at all. Through a power cut it lasts when its folder has been
  /// synced, see `ResultsFolder.syncTrials`.
  package static func write(_ record: TrialRecord, to path: String) throws(StoreError) {
    var copy = record
    try write(&copy, to: path, isSizeTaken: false)
  }

  /// Writes a trial to a file, and takes down in its rows how many bytes their weights have in it.
  package static func writeTakingSizes(_ record: inout TrialRecord, to path: String) throws(StoreError) {
    try write(&record, to: path, isSizeTaken: true)
  }

  private static func write(
    _ record: inout TrialRecord, to path: String, isSizeTaken: Bool
  ) throws(StoreError) {
    try storing { () throws(HDF5Error) in
      let draft = try HDF5Draft(path)
      let root = draft.root
      try Format.trial.state(in: root)
      try root.setAttribute("trial", .text(record.trial))
      if let key = record.key { try root.setAttribute("key", .text(key)) }
      try root.setAttribute("status", .text(record.status.rawValue))
      try record.failure?.write(to: root)
      try root.writeNote("config", json: record.configuration)
      try root.writeNote("provenance", json: record.provenance)
      if let weights = record.initialWeights {
        try root.createGroup("initial").write("weights", weights, compressed: true)
      }
      let rounds = try root.createGroup("rounds")
      for place in record.rounds.indices {
        // Other files have their turn between the rounds, whose weights take long to compress.
        try Library.exclusively { () throws(HDF5Error) in
          let group = try rounds.createGroup("\(record.rounds[place].index)")
          try write(&record.rounds[place], to: group, isSizeTaken: isSizeTaken)
        }
      }
      try draft.commit(.contents)
    }
  }

  private static func write(
    _ round: inout RoundRecord, to group: HDF5Group, isSizeTaken: Bool
  ) throws(HDF5Error) {
    if let weights = round.weights {
      try group.write("weights", weights, compressed: true)
      if isSizeTaken {
        let stored = try group.group("weights")
        var bytes = 0
        for name in weights.names { bytes += try stored.dataset(name).storedBytes }
        round.row[metric: .bytesCompressed] = Double(bytes)
      }
    }
    try RowAttributes.write(round.row, to: group)
    if let masks = round.masks { try group.write("masks", masks) }
    if let masks = round.trainedMasks { try group.write("trained_masks", masks) }
    if let orders = round.channelOrders { try group.write("channel_orders", orders, compressed: true) }
    if let scales = round.weightScales { try group.write("weight_scales", scales, compressed: true) }
    if let ranges = round.inputRanges { try group.write("input_ranges", ranges, compressed: true) }
    try round.series.write(to: try group.createGroup("series"))
    try round.evaluations.write(to: try group.createGroup("evaluations"))
    try group.write("layers", round.layers.table)
    try group.write(round.invariants)
  }

  /// The trial's name.
  package var trial: String {
    get throws(StoreError) {
      let trial = try text("trial")
      try storing { () throws(HDF5Error) in
        try Contents.require(IndexRow(trial: trial, seed: 0, round: 0).fault, in: root.file, at: "/@trial")
      }
      return trial
    }
  }

  /// The hash of everything the trial depends on; `nil` in files from before it was stored.
  package var key: String? {
    get throws(StoreError) { try storing { () throws(HDF5Error) in try root.attribute("key")?.text } }
  }

  /// How the trial ended.
  package var status: TrialStatus {
    get throws(StoreError) {
      let text = try text("status")
      guard let status = TrialStatus(rawValue: text) else {
        throw .file(
          HDF5Error(call: "read", file: root.file, object: "/@status", message: "bad status \(text)"))
      }
      return status
    }
  }

  /// Why the trial failed; `nil` where it did not, and in files from before it was stored.
  package var failure: TrialFailure? {
    get throws(StoreError) {
      guard try status == .failed else { return nil }
      return try storing { () throws(HDF5Error) in try TrialFailure(from: root) }
    }
  }

  /// The specification, as JSON.
  package var configuration: String {
    get throws(StoreError) { try storing { () throws(HDF5Error) in try root.readNote("config") } }
  }

  /// The provenance, as JSON.
  package var provenance: String {
    get throws(StoreError) { try storing { () throws(HDF5Error) in try root.readNote("provenance") } }
  }

  /// The weights before training, if kept.
  package var initialWeights: ParameterSet? {
    get throws(StoreError) {
      try storing { () throws(HDF5Error) in
        try root.contains("initial/weights") ? try root.readParameters("initial/weights") : nil
      }
    }
  }

  /// The rounds there are, in order.
  package var rounds: [Int] {
    get throws(StoreError) {
      try storing { () throws(HDF5Error) -> [Int] in
        var rounds: [Int] = []
        for name in try root.group("rounds").names() {
          let round = Int(name) ?? -1
          let isNext = "\(round)" == name && Contents.isCount(round) && round > rounds.last ?? -1
          try Contents.require(isNext ? nil : "\(name) is no further round", in: root.file, at: "/rounds")
          rounds.append(round)
        }
        return rounds
      }
    }
  }

  /// The trial's lines in the index, from which a summary can be made again.
  package var rows: [IndexRow] {
    get throws(StoreError) {
      var rows: [IndexRow] = []
      for index in try rounds {
        rows.append(
          try storing { () throws(HDF5Error) in
            let group = try root.group("rounds/\(index)")
            let row = try RowAttributes.read(from: group)
            try Contents.require(RoundRecord(row: row).fault(asRound: index), in: root.file, at: group.path)
            return row
          })
      }
      return rows
    }
  }

  /// What was logged while a round was trained.
  package func series(ofRound index: Int) throws(StoreError) -> Series {
    try storing { () throws(HDF5Error) in
      let group = try root.group("rounds/\(index)/series")
      let series = try Series(from: group)
      try Contents.require(series.steps.stepFault, in: root.file, at: group.path)
      return series
    }
  }

  /// The evaluations of a round.
  package func evaluations(ofRound index: Int) throws(StoreError) -> [Evaluation] {
    try storing { () throws(HDF5Error) in
      let group = try root.group("rounds/\(index)/evaluations")
      let evaluations = try [Evaluation](from: group)
      try Contents.require(evaluations.map(\.step).stepFault, in: root.file, at: group.path)
      return evaluations
    }
  }

  /// What of a round's network is kept: whether its weights are, and the names of its masks.
  package func kept(ofRound index: Int) throws(StoreError) -> (weights: Bool, masks: [String]) {
    try storing { () throws(HDF5Error) in
      let group = try root.group("rounds/\(index)")
      return (
        try group.contains("weights"), try group.contains("masks") ? try group.group("masks").names() : []
      )
    }
  }

  /// The layers of a round, without its weights.
  package func layers(ofRound index: Int) throws(StoreError) -> [LayerRecord] {
    try storing { () throws(HDF5Error) in
      let group = try root.group("rounds/\(index)")
      let layers = try [LayerRecord](from: group.dataset("layers"))
      try Contents.require(layers.fault, in: root.file, at: group.path)
      return layers
    }
  }

  /// What came of what must hold of a round.
  package func invariants(ofRound index: Int) throws(StoreError) -> [InvariantRecord] {
    try storing { () throws(HDF5Error) in try root.group("rounds/\(index)").readInvariants() }
  }

  /// Everything of one round.
  package func round(_ index: Int) throws(StoreError) -> RoundRecord {
    try storing { () throws(HDF5Error) in
      let group = try root.group("rounds/\(index)")
      let round = RoundRecord(
        row: try RowAttributes.read(from: group),
        weights: try group.contains("weights") ? try group.readParameters("weights") : nil,
        masks: try group.contains("masks") ? try group.readMasks("masks") : nil,
        trainedMasks: try group.contains("trained_masks") ? try group.readMasks("trained_masks") : nil,
        channelOrders: try group.contains("channel_orders")
          ? try group.readParameters("channel_orders") : nil,
        weightScales: try group.contains("weight_scales") ? try group.readParameters("weight_scales") : nil,
        inputRanges: try group.contains("input_ranges") ? try group.readParameters("input_ranges") : nil,
        series: try Series(from: group.group("series")),
        evaluations: try [Evaluation](from: group.group("evaluations")),
        layers: try [LayerRecord](from: group.dataset("layers")), invariants: try group.readInvariants())
      try Contents.require(round.fault(asRound: index), in: root.file, at: group.path)
      return round
    }
  }

  /// Everything in the file.
  package func record() throws(StoreError) -> TrialRecord {
    var record = TrialRecord(
      trial: try trial, key: try key, status: try status, failure: try failure,
      configuration: try configuration, provenance: try provenance, initialWeights: try initialWeights)
    for index in try rounds { record.rounds.append(try round(index)) }
    return record
  }

  private func text(_ name: String) throws(StoreError) -> String {
    try storing { () throws(HDF5Error) in try root.attribute(name)?.text ?? "" }
  }
}

/// A row of the index as attributes of a group: one a fixed column, and `setting.<name>` a swept setting.
private enum RowAttributes {
  static func write(_ row: IndexRow, to group: HDF5Group) throws(HDF5Error) {
    for column in IndexColumn.all {
      if let value = column.value(in: row) { try group.setAttribute(column.name, attribute(value)) }
    }
    try group.setAttribute("settings", .texts(row.settings.map(\.name)))
    for setting in row.settings {
      try group.setAttribute("setting." + setting.name, attribute(setting.value))
    }
  }

  static func read(from group: HDF5Group) throws(HDF5Error) -> IndexRow {
    var row = IndexRow(trial: "", seed: 0, round: 0)
    for column in IndexColumn.all {
      guard let value = try value(column.name, in: group) else {
        column.setMissing(in: &row)
        continue
      }
      guard column.set(value, in: &row) else {
        throw HDF5Error(
          call: "read", file: group.file, object: group.path, message: "bad \(column.name) \(value)")
      }
    }
    guard case .texts(let names)? = try group.attribute("settings") else { return row }
    for name in names {
      if let value = try value("setting." + name, in: group) { row.settings.append(.init(name, value)) }
    }
    return row
  }

  private static func attribute(_ value: ColumnValue) -> HDF5Attribute {
    switch value {
    case .text(let text): .text(text)
    case .integer(let integer): .integer(Int64(integer))
    case .number(let number): .number(number)
    }
  }

  private static func value(_ name: String, in group: HDF5Group) throws(HDF5Error) -> ColumnValue? {
    switch try group.attribute(name) {
    case .text(let text)?: .text(text)
    case .integer(let integer)?: .integer(Int(integer))
    case .number(let number)?: .number(number)
    default: nil
    }
  }
}
