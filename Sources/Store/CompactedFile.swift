import CoppiceHDF5
import CoppiceTensors
import CoppiceTerms

/// A file of a compacted network: what is left of one round of a trial. `/config` says what the whole network is, `/kept` which places
/// of it are left, `/parts` which branches and blocks are left out, where some are, `/weights/<name>` the smaller arrays, running statistics among them, and `/masks/<name>` what is pruned in these.
package struct CompactedFile: Sendable {
  /// Places that are kept along one axis of a parameter or buffer.
  package struct Axis: Hashable, Sendable {
    package let leaf: String
    package let axis: Int
    /// The places before.
    package let extent: Int
    package let places: [Int]

    package init(leaf: String, axis: Int, extent: Int, places: [Int]) {
      (self.leaf, self.axis, self.extent, self.places) = (leaf, axis, extent, places)
    }
  }

  /// A residual branch or block that is left out.
  package struct Part: Hashable, Sendable {
    /// `branch` or `block`.
    package let kind: String
    /// The part of the model that it is in: `h.2`.
    package let scope: String
    /// The parameters and buffers that go with it.
    package let parameters: [String]
    package let states: [String]

    package init(kind: String, scope: String, parameters: [String], states: [String]) {
      (self.kind, self.scope, self.parameters, self.states) = (kind, scope, parameters, states)
    }
  }

  /// The trial it is from, and the round.
  package var trial: String
  package var round: Int
  /// The trial's full specification, as JSON.
  package var configuration: String
  /// The axes of which not all is kept.
  package var axes: [Axis]
  /// What is left out as a whole.
  package var parts: [Part]
  package var weights: ParameterSet
  package var masks: MaskSet

  package init(
    trial: String, round: Int, configuration: String, axes: [Axis], parts: [Part] = [],
    weights: ParameterSet, masks: MaskSet
  ) {
    (self.trial, self.round, self.configuration) = (trial, round, configuration)
    (self.axes, self.parts, self.weights, self.masks) = (axes, parts, weights, masks)
  }

  /// Writes the file, which appears whole or not at all.
  package func write(to path: String) throws(StoreError) {
    try storing { () throws(HDF5Error) in
      let draft = try HDF5Draft(path)
      let root = draft.root
      try Library.exclusively { () throws(HDF5Error) in
        try Format.compacted.state(in: root)
        try root.setAttribute("trial", .text(trial))
        try root.setAttribute("round", .integer(Int64(round)))
        try root.writeNote("config", json: configuration)
        if !parts.isEmpty {
          try root.writeNote("parts", json: JSON.object([("parts", .list(parts.map(\.json)))]))
        }
        let kept = try root.createGroup("kept")
        for (place, axis) in axes.enumerated() {
          let dataset = try kept.write("\(place)", axis.places.map(Double.init))
          try dataset.setAttribute("name", .text(axis.leaf))
          try dataset.setAttribute("axis", .integer(Int64(axis.axis)))
          try dataset.setAttribute("extent", .integer(Int64(axis.extent)))
        }
        try root.write("weights", weights, compressed: true)
        try root.write("masks", masks)
      }
      try draft.commit(.contents)
    }
  }

  /// Reads such a file.
  /// - Parameter isForeign: whether a file without a valid seal is read, see `HDF5File`.
  package init(_ path: String, isForeign: Bool = false) throws(StoreError) {
    let root = try Format.compacted.open(path, isForeign: isForeign)
    self = try storing { () throws(HDF5Error) in
      var axes: [Axis] = []
      for place in try root.group("kept").names().indices {
        let dataset = try root.dataset("kept/\(place)")
        let places = try dataset.read(Double.self)
        guard let leaf = try dataset.attribute("name")?.text,
          let axis = try dataset.attribute("axis")?.number.flatMap({ Int(exactly: $0) }),
          let extent = try dataset.attribute("extent")?.number.flatMap({ Int(exactly: $0) }),
          places.allSatisfy(Contents.isCount)
        else {
          throw HDF5Error(call: "read", file: root.file, object: dataset.path, message: "bad kept places")
        }
        axes.append(Axis(leaf: leaf, axis: axis, extent: extent, places: places.map { Int($0) }))
      }
      return CompactedFile(
        trial: try root.attribute("trial")?.text ?? "",
        round: try root.attribute("round")?.number.flatMap { Int(exactly: $0) } ?? 0,
        configuration: try root.readNote("config"), axes: axes,
        parts: try root.contains("parts") ? Self.parts(try root.readNote("parts"), in: root) : [],
        weights: try root.readParameters("weights"), masks: try root.readMasks("masks"))
    }
  }

  private static func parts(_ text: String, in root: HDF5Group) throws(HDF5Error) -> [Part] {
    guard case .list(let values)? = JSON(parsing: text)?["parts"] else {
      throw HDF5Error(call: "read", file: root.file, object: "/parts", message: "bad parts")
    }
    let parts = values.compactMap(Part.init)
    guard parts.count == values.count else {
      throw HDF5Error(call: "read", file: root.file, object: "/parts", message: "bad parts")
    }
    return parts
  }
}

extension CompactedFile.Part {
  fileprivate var json: JSON {
    .members([
      ("kind", .text(kind)), ("scope", .text(scope)), ("parameters", .list(parameters.map(JSON.text))),
      ("states", .list(states.map(JSON.text))),
    ])
  }

  fileprivate init?(_ json: JSON) {
    func texts(_ name: String) -> [String]? {
      guard case .list(let values)? = json[name] else { return nil }
      let texts = values.compactMap { value -> String? in
        if case .text(let text) = value { text } else { nil }
      }
      return texts.count == values.count ? texts : nil
    }
    guard case .text(let kind)? = json["kind"], case .text(let scope)? = json["scope"],
      let parameters = texts("parameters"), let states = texts("states")
    else { return nil }
    self.init(kind: kind, scope: scope, parameters: parameters, states: states)
  }
}
