import CoppiceNetworks
import CoppiceStore
import CoppiceTensors
import CoppiceTerms

/// The network of a file, as a teacher. Its key is what the file holds, and not where it lies.
package struct TeacherStage: Stage {
  let stored: StoredTeacher
  package let key: StageKey

  init(_ stored: StoredTeacher) {
    self.stored = stored
    key = StageKey(
      Specification(
        "teacher", version: 1,
        [("network", .component(stored.network.origin)), ("contents", .text(stored.digest))]))
  }

  package var parents: [StageKey] { [] }

  package func fault(in record: StageRecord) -> String? {
    guard let parameters = record[parameters: "parameters"], let buffers = record[parameters: "buffers"]
    else {
      return "it has no network"
    }
    return stored.network.fault(inParameters: parameters) ?? stored.network.fault(inBuffers: buffers)
  }

  package func run(_ context: StageContext) throws -> StageRecord {
    let (parameters, buffers) = try stored.read()
    return StageRecord(key: key.hexadecimal, parameters: [("parameters", parameters), ("buffers", buffers)])
  }
}
