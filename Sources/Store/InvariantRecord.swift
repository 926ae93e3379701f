import CoppiceHDF5

/// What came of something that must hold of a round: that it held, or how it was broken.
package struct InvariantRecord: Hashable, Sendable {
  /// The invariant's name: `inactive-weights`.
  package var name: String
  /// What was found where it was broken; `nil` where it held.
  package var fault: String?

  /// A record of an invariant.
  package init(_ name: String, fault: String? = nil) { (self.name, self.fault) = (name, fault) }

  /// Whether it held.
  package var isHeld: Bool { fault == nil }
  /// In a word, as files have it.
  package var outcome: String { isHeld ? "held" : "broken" }
}

extension [InvariantRecord] {
  /// The first sentence about one that was broken; `nil` where all held.
  package var fault: String? { lazy.compactMap(\.fault).first }

  /// Takes in what was found later. What was broken once stays so, with what was found first.
  package mutating func merge(_ others: [InvariantRecord]) {
    for other in others {
      if let place = firstIndex(where: { $0.name == other.name }) {
        if self[place].isHeld { self[place].fault = other.fault }
      } else {
        append(other)
      }
    }
  }
}

extension HDF5Group {
  /// Writes the table `invariants`, with the columns `name`, `outcome` (`held` or `broken`) and `fault`; where there are none, nothing.
  func write(_ invariants: [InvariantRecord]) throws(HDF5Error) {
    guard !invariants.isEmpty else { return }
    try write(
      "invariants",
      HDF5Table([
        .init("name", .text(invariants.map(\.name))), .init("outcome", .text(invariants.map(\.outcome))),
        .init("fault", .text(invariants.map { $0.fault ?? "" })),
      ]))
  }

  /// Reads what `write` wrote; files from before there were any have none.
  func readInvariants() throws(HDF5Error) -> [InvariantRecord] {
    guard try contains("invariants") else { return [] }
    let dataset = try dataset("invariants")
    let table = try dataset.readTable()
    guard let names = table["name"]?.texts, let outcomes = table["outcome"]?.texts,
      let faults = table["fault"]?.texts
    else { throw HDF5Error(call: "read", file: dataset.file, object: dataset.path, message: "bad columns") }
    return try names.indices.map { place throws(HDF5Error) in
      let fault = outcomes[place] == "held" ? nil : faults[place]
      let record = InvariantRecord(names[place], fault: fault)
      guard record.outcome == outcomes[place] else {
        throw HDF5Error(
          call: "read", file: dataset.file, object: dataset.path, message: "bad outcome \(outcomes[place])")
      }
      return record
    }
  }
}
