import CoppiceHDF5

/// The kind and version of a file of ours, stated in the attributes `format` and `format_version` of its
/// root.
package struct Format: Hashable, Sendable {
  /// The kind: "coppice-summary".
  package let kind: String
  /// Raised when an older reader would misread the file.
  package let major: Int
  /// Raised when something is added.
  package let minor: Int

  /// `/index`, cubes, curves and analyses: the results of an experiment. Since 1.2 trials asked for a sparsity, ladders and
  /// dense trials are cubes of their own, and columns have units.
  package static let summary = Format(kind: "coppice-summary", major: 1, minor: 2)
  /// Weights, masks, series and evaluations of one trial. Since 1.3 series and evaluations have units, since 1.4 rounds
  /// have invariants, since 1.5 a failed trial says why.
  package static let trial = Format(kind: "coppice-trial", major: 1, minor: 5)
  /// The outputs of one stage, or its checkpoint. Since 1.2 they have invariants, and an outcome may be `broken`.
  package static let stage = Format(kind: "coppice-stage", major: 1, minor: 2)

  /// A network that is left of a round, made smaller. Since 1.1 branches and blocks may be left out of it.
  package static let compacted = Format(kind: "coppice-compacted", major: 1, minor: 1)

  /// The version as it is written: "1.0".
  package var version: String { "\(major).\(minor)" }

  /// The kind that a file states; `nil` where it states none.
  /// - Throws: `StoreError` where it cannot be read.
  package static func kind(of path: String) throws(StoreError) -> String? {
    try storing { () throws(HDF5Error) in try HDF5File(path).root.attribute("format")?.text }
  }

  /// Opens a file of this kind.
  /// - Parameter isForeign: whether a file without a valid seal is read, see `HDF5File`.
  /// - Throws: `StoreError` where it cannot be read, is of another kind, or of a newer major version.
  func open(_ path: String, isForeign: Bool = false) throws(StoreError) -> HDF5Group {
    let root = try storing { () throws(HDF5Error) in try HDF5File(path, isForeign: isForeign).root }
    let found = try storing { () throws(HDF5Error) in try root.attribute("format")?.text }
    guard found == kind else { throw .otherFormat(file: path, found: found, expected: kind) }
    let version = try storing { () throws(HDF5Error) in try root.attribute("format_version")?.text } ?? "none"
    guard let major = version.split(separator: ".").first.flatMap({ Int($0) }) else {
      throw .otherFormat(file: path, found: "\(kind) \(version)", expected: "\(kind) \(self.version)")
    }
    guard major <= self.major else {
      throw .newerFormat(file: path, kind: kind, found: version, supported: self.version)
    }
    return root
  }

  /// States this format in a file being written.
  func state(in root: HDF5Group) throws(HDF5Error) {
    try root.setAttribute("NX_class", "NXroot")
    try root.setAttribute("format", .text(kind))
    try root.setAttribute("format_version", .text(version))
    try root.setAttribute("creator", "coppice")
  }
}

extension HDF5Group {
  /// Writes JSON as a NeXus note, which viewers show laid out. As a dataset it may be of any length.
  func writeNote(_ name: String, json: String) throws(HDF5Error) {
    let note = try createGroup(name)
    try note.setAttribute("NX_class", "NXnote")
    try note.write("type", text: "application/json")
    try note.write("data", text: json)
  }

  /// The JSON of a note.
  func readNote(_ name: String) throws(HDF5Error) -> String {
    try dataset("\(name)/data").readTexts().first ?? ""
  }
}
