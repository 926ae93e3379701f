import CoppiceHDF5

/// A file of one stage: `/metadata`, `/parameters/<set>/<name>`, `/masks/<set>/<name>`, `/numbers/<name>`,
/// `/series`, `/evaluations` and, where there are any, `/layers`, `/invariants` and `/tables/<name>`. Arrays are contiguous and uncompressed, because speed matters more here than
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
    try record.outcome.write(to: root)
    try root.writeNote("metadata", json: record.metadata)
    let parameters = try root.createGroup("parameters")
    for (name, values) in record.parameters { try parameters.write(name, values, compressed: false) }
    let masks = try root.createGroup("masks")
    for (name, values) in record.masks { try masks.write(name, values) }
    let numbers = try root.createGroup("numbers")
    for (name, values) in record.numbers { try numbers.write(name, values) }
    try record.series.write(to: try root.createGroup("series"))
    try record.evaluations.write(to: try root.createGroup("evaluations"))
    if !record.layers.isEmpty { try root.write("layers", record.layers.table) }
    try root.write(record.invariants)
    try root.write("tables", record.tables)
  }

  /// Reads a stage.
  package static func read(_ path: String) throws(StoreError) -> StageRecord {
    let root = try Format.stage.open(path)
    return try storing { () throws(HDF5Error) in
      try Library.exclusively { () throws(HDF5Error) in try read(root) }
    }
  }

  private static func read(_ root: HDF5Group) throws(HDF5Error) -> StageRecord {
    let metadata = try root.readNote("metadata")
    var record = StageRecord(
      key: try root.attribute("key")?.text ?? "", outcome: try StageOutcome(from: root, metadata: metadata),
      metadata: metadata)
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
    if try root.contains("layers") { record.layers = try [LayerRecord](from: root.dataset("layers")) }
    record.invariants = try root.readInvariants()
    record.tables = try root.readTables("tables")
    try Contents.require(record.fault, in: root.file)
    return record
  }
}
