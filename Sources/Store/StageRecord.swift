import CoppiceHDF5
import CoppiceTensors

/// The outputs of one stage, or the state from which an interrupted one goes on. All numbers keep their bits.
package struct StageRecord: Sendable {
  /// The stage's key, in hexadecimal.
  package var key: String
  /// What else there is to say, as JSON.
  package var metadata: String
  /// Sets of arrays by name, in order: weights, optimizer state, scores.
  package var parameters: [(name: String, values: ParameterSet)]
  /// Sets of masks by name, in order.
  package var masks: [(name: String, values: MaskSet)]
  /// Plain numbers by name, in order: counters, running products.
  package var numbers: [(name: String, values: [Double])]
  package var series: Series
  package var evaluations: [Evaluation]

  /// A record of these parts.
  package init(
    key: String, metadata: String = "{}", parameters: [(name: String, values: ParameterSet)] = [],
    masks: [(name: String, values: MaskSet)] = [], numbers: [(name: String, values: [Double])] = [],
    series: Series = Series(), evaluations: [Evaluation] = []
  ) {
    (self.key, self.metadata) = (key, metadata)
    (self.parameters, self.masks, self.numbers) = (parameters, masks, numbers)
    (self.series, self.evaluations) = (series, evaluations)
  }

  /// The set of arrays of that name.
  package subscript(parameters name: String) -> ParameterSet? { parameters.first { $0.name == name }?.values }
  /// The set of masks of that name.
  package subscript(masks name: String) -> MaskSet? { masks.first { $0.name == name }?.values }
  /// The numbers of that name.
  package subscript(numbers name: String) -> [Double]? { numbers.first { $0.name == name }?.values }
}

/// A file of one stage: `/metadata`, `/parameters/<set>/<name>`, `/masks/<set>/<name>`, `/numbers/<name>`,
/// `/series` and `/evaluations`. Arrays are contiguous and uncompressed, because speed matters more here than
/// size.
package enum StageFile {
  /// Writes a stage, atomically.
  package static func write(
    _ record: StageRecord, to path: String, durability: AtomicFile.Durability
  ) throws(StoreError) {
    try storing { () throws(HDF5Error) in
      let draft = try HDF5Draft(path)
      let root = draft.root
      try Library.exclusively { () throws(HDF5Error) in try write(record, to: root) }
      try draft.commit(durability)
    }
  }

  private static func write(_ record: StageRecord, to root: HDF5Group) throws(HDF5Error) {
    try Format.stage.state(in: root)
    try root.setAttribute("key", .text(record.key))
    try root.writeNote("metadata", json: record.metadata)
    let parameters = try root.createGroup("parameters")
    for (name, values) in record.parameters { try parameters.write(name, values, compressed: false) }
    let masks = try root.createGroup("masks")
    for (name, values) in record.masks { try masks.write(name, values) }
    let numbers = try root.createGroup("numbers")
    for (name, values) in record.numbers { try numbers.write(name, values) }
    try record.series.write(to: try root.createGroup("series"))
    try record.evaluations.write(to: try root.createGroup("evaluations"))
  }

  /// Reads a stage.
  package static func read(_ path: String) throws(StoreError) -> StageRecord {
    // Stages are not synced (`StageFolder.write`): what a power cut left of one is known by its seal.
    let root = try Format.stage.open(path, isSealed: true)
    return try storing { () throws(HDF5Error) in
      try Library.exclusively { () throws(HDF5Error) in try read(root) }
    }
  }

  private static func read(_ root: HDF5Group) throws(HDF5Error) -> StageRecord {
    var record = StageRecord(
      key: try root.attribute("key")?.text ?? "", metadata: try root.readNote("metadata"))
    for name in try root.group("parameters").names() {
      record.parameters.append((name, try root.readParameters("parameters/" + name)))
    }
    for name in try root.group("masks").names() {
      record.masks.append((name, try root.readMasks("masks/" + name)))
    }
    for name in try root.group("numbers").names() {
      record.numbers.append((name, try root.dataset("numbers/" + name).read(Double.self)))
    }
    record.series = try Series(from: root.group("series"))
    record.evaluations = try [Evaluation](from: root.group("evaluations"))
    return record
  }
}
