import CoppiceHDF5
import CoppiceTerms
import Foundation

/// What people noted of the trials of an experiment: tags and a note each, in `<experiment>/notes.json`.
///
///     {"schema_version": 1, "trials": {"magnitude-0.9-seed0-1a2b3c4d": {"tags": ["good"], "note": "the first that held"}}}
///
/// The file is of people, not of runs: none writes it, `clean` leaves it, and it may be edited by hand.
package struct TrialNotes: Sendable, Equatable {
  /// What is noted of one trial.
  package struct Entry: Sendable, Equatable {
    /// Sorted, each once.
    package var tags: [String]
    /// Empty for none.
    package var note: String

    package init(tags: [String] = [], note: String = "") { (self.tags, self.note) = (tags, note) }

    fileprivate var isEmpty: Bool { tags.isEmpty && note.isEmpty }
  }

  /// By the name of the trial.
  package private(set) var entries: [String: Entry] = [:]

  /// Nothing noted.
  package init() {}

  /// What is noted of a trial.
  package subscript(trial: String) -> Entry {
    get { entries[trial] ?? Entry() }
    set { entries[trial] = newValue.isEmpty ? nil : newValue }
  }

  /// The most bytes a file of notes may have.
  static let mostBytes = 64 << 20

  /// Reads the notes at a path; none where there is no file.
  /// - Throws: `StoreError` where they cannot be read or are no notes.
  package init(_ path: String) throws(StoreError) {
    let bytes: [UInt8]
    do { bytes = try ReadableFile.bytes(path, atMost: Self.mostBytes) } catch {
      if error.systemError == ENOENT { return }
      throw .file(HDF5Error(error))
    }
    guard let json = String(validating: bytes, as: UTF8.self).flatMap({ JSON(parsing: $0) }) else {
      throw .badContents(file: path, reason: "it is no JSON")
    }
    if case .integer(let version)? = json["schema_version"], version > 1 {
      throw .newerFormat(file: path, kind: "coppice-notes", found: "\(version).0", supported: "1.0")
    }
    guard case .members(let trials)? = json["trials"] else {
      throw .badContents(file: path, reason: "it has no trials")
    }
    for (trial, value) in trials {
      guard case .members = value else {
        throw .badContents(file: path, reason: "what is noted of \(trial) is no object")
      }
      var entry = Entry()
      if case .list(let tags)? = value["tags"] {
        for tag in tags {
          guard case .text(let text) = tag, Self.isTag(text) else {
            throw .badContents(file: path, reason: "\(trial) has a tag that is none: \(tag.text)")
          }
          if !entry.tags.contains(text) { entry.tags.append(text) }
        }
      }
      if case .text(let note)? = value["note"] { entry.note = note }
      entry.tags.sort()
      self[trial] = entry
    }
  }

  /// Whether a text can be a tag: letters, digits, `-`, `_` and `.`, and begins with a letter or a digit.
  package static func isTag(_ text: String) -> Bool {
    text.wholeMatch(of: #/[A-Za-z0-9][A-Za-z0-9_.-]{0,63}/#) != nil
  }

  /// The text of the file, trials by name.
  package var text: String {
    let trials = entries.sorted { $0.key < $1.key }.map { trial, entry in
      "    "
        + JSON.object(ofTexts: [
          (
            trial,
            JSON.object([("tags", .list(entry.tags.map(JSON.text))), ("note", .text(entry.note))])
          )
        ]).dropFirst().dropLast()
    }
    return "{\n  \"schema_version\": 1,\n  \"trials\": {\n" + trials.joined(separator: ",\n") + "\n  }\n}\n"
  }

  /// Changes the notes at a path, atomically: of several who do so at once, each has its change.
  /// - Throws: `StoreError` where they cannot be read or written.
  package static func change(
    _ path: String, _ change: (inout TrialNotes) -> Void
  ) throws(StoreError) -> TrialNotes {
    // The folder is what is held: a lock of its own would be one more file.
    let folder = (path as NSString).deletingLastPathComponent
    let descriptor = try storing { () throws(HDF5Error) in try AtomicFile.lockFolder(folder) }
    defer { close(descriptor) }
    var notes = try TrialNotes(path)
    change(&notes)
    let bytes = Array(notes.text.utf8)
    try storing { () throws(HDF5Error) in
      try AtomicFile.replace(path) { (write: AtomicFile.Writing) throws(HDF5Error) in
        var failure: HDF5Error?
        bytes.withUnsafeBytes { buffer in
          do throws(HDF5Error) { try write(buffer) } catch { failure = error }
        }
        if let failure { throw failure }
      }
    }
    return notes
  }
}
