import CoppiceHDF5

/// Mean curves over the density of weights, with their bands: the default plot of a summary in NeXus viewers.
package struct SummaryCurves: Hashable, Sendable {
  /// What is drawn: the name of a column, "test_accuracy".
  package var measure: String
  /// The title, which says what the curves and bands are and over how many seeds.
  package var title: String
  /// The densities, shared by all curves.
  package var density: [Double]
  package var curves: [Curve]

  /// One condition's curve; NaN where it has no point.
  package struct Curve: Hashable, Sendable {
    /// The condition: "magnitude, lottery-ticket".
    package var label: String
    /// The mean over seeds at each density.
    package var mean: [Double]
    /// Half the width of the band at each density.
    package var halfWidth: [Double]
    /// What the band is: "half-width, 95 % confidence interval, Student t, n = 5".
    package var band: String

    /// A curve of these values.
    package init(label: String, mean: [Double], halfWidth: [Double], band: String) {
      (self.label, self.mean, self.halfWidth, self.band) = (label, mean, halfWidth, band)
    }
  }

  /// Curves over these densities.
  package init(measure: String = "test_accuracy", title: String, density: [Double], curves: [Curve]) {
    (self.measure, self.title, self.density, self.curves) = (measure, title, density, curves)
  }

  /// The most curves of one group. The references of a dimension scale to its datasets, and the names of the signals, are
  /// attributes, which take 64 KiB at most: 2,042 curves with their bands.
  static let groupLimit = 1000

  /// Writes `/curve/<measure>`: an NXdata whose signals are the curves, with `<label>_errors` as their bands. Where there are more
  /// curves than a group takes, `/curve/<measure>_2` and so on hold the others in the same way.
  func write(to root: HDF5Group) throws(HDF5Error) {
    let entry = try root.createGroup("curve")
    try root.setAttribute("default", "curve")
    try entry.setAttribute("NX_class", "NXentry")
    try entry.setAttribute("default", .text(measure))
    let names = names
    for (part, start) in stride(from: 0, to: max(1, curves.count), by: Self.groupLimit).enumerated() {
      let range = start..<min(start + Self.groupLimit, curves.count)
      let data = try entry.createGroup(part == 0 ? measure : "\(measure)_\(part + 1)")
      try write(Array(zip(names[range], curves[range])), to: data)
    }
  }

  private func write(_ curves: [(name: String, curve: Curve)], to data: HDF5Group) throws(HDF5Error) {
    try data.setAttribute("NX_class", "NXdata")
    try data.setAttribute("signal", .text(curves.first?.name ?? ""))
    try data.setAttribute("auxiliary_signals", .texts(curves.dropFirst().map(\.name)))
    try data.setAttribute("axes", .texts(["density"]))
    // h5web draws the density on a logarithmic axis.
    try data.setAttribute("SILX_style", #"{"axes_scale_type": ["log"], "signal_scale_type": "linear"}"#)
    try data.write("title", text: title)
    let scale = try data.write("density", density)
    try scale.makeScale("density")
    try scale.setAttribute("units", "1")
    try scale.setAttribute("long_name", "Remaining weights")
    for (name, curve) in curves {
      let mean = try data.write(name, curve.mean, shape: [density.count])
      try mean.setAttribute("units", "1")
      try mean.setAttribute("long_name", .text(curve.label))
      try mean.attachScales([scale])
      let errors = try data.write(name + "_errors", curve.halfWidth, shape: [density.count])
      try errors.setAttribute("description", .text(curve.band))
      try errors.attachScales([scale])
    }
  }

  /// Reads what `write` wrote, or `nil` where a summary has no curves.
  init?(from root: HDF5Group) throws(HDF5Error) {
    guard try root.contains("curve"), let measure = try root.attribute("curve", "default") else { return nil }
    let entry = try root.group("curve")
    let first = try entry.group(measure)
    self.init(
      measure: measure, title: try first.dataset("title").readTexts().first ?? "",
      density: try first.dataset("density").read(Double.self), curves: [])
    try read(first)
    var part = 2
    while try entry.contains("\(measure)_\(part)") {
      try read(entry.group("\(measure)_\(part)"))
      part += 1
    }
  }

  private mutating func read(_ data: HDF5Group) throws(HDF5Error) {
    var names = try data.attribute("signal")?.text.map { [$0] } ?? []
    if case .texts(let others)? = try data.attribute("auxiliary_signals") { names += others }
    for name in names where !name.isEmpty {
      let (mean, errors) = (try data.dataset(name), try data.dataset(name + "_errors"))
      curves.append(
        Curve(
          label: try mean.attribute("long_name")?.text ?? name, mean: try mean.read(count: density.count),
          halfWidth: try errors.read(count: density.count),
          band: try errors.attribute("description")?.text ?? ""))
    }
  }

  /// The labels as names, shortened where they are long: only letters, digits, `_`, `.` and `-`, and none twice.
  private var names: [String] {
    var taken: Set<String> = ["density", "title"]
    return curves.map { curve in
      let label = curve.label.replacing(", ", with: "_")
      var name = String(
        label.map { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) ? $0 : "_" })
      if name.isEmpty || name.first == "." { name = "_" + name }
      // The label itself is an attribute, whatever its length.
      name = FileName.shortened(name)
      while taken.contains(name) || taken.contains(name + "_errors") { name += "_" }
      taken.formUnion([name, name + "_errors"])
      return name
    }
  }
}

extension HDF5Group {
  /// The text of a child's attribute.
  fileprivate func attribute(_ child: String, _ name: String) throws(HDF5Error) -> String? {
    try group(child).attribute(name)?.text
  }
}
