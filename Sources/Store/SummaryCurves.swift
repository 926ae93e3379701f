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

  /// Writes `/curve/<measure>`: an NXdata whose signals are the curves, with `<label>_errors` as their bands.
  func write(to root: HDF5Group) throws(HDF5Error) {
    let entry = try root.createGroup("curve")
    try root.setAttribute("default", "curve")
    try entry.setAttribute("NX_class", "NXentry")
    try entry.setAttribute("default", .text(measure))
    let data = try entry.createGroup(measure)
    let names = names
    try data.setAttribute("NX_class", "NXdata")
    try data.setAttribute("signal", .text(names.first ?? ""))
    try data.setAttribute("auxiliary_signals", .texts(Array(names.dropFirst())))
    try data.setAttribute("axes", .texts(["density"]))
    // h5web draws the density on a logarithmic axis.
    try data.setAttribute("SILX_style", #"{"axes_scale_type": ["log"], "signal_scale_type": "linear"}"#)
    try data.write("title", text: title)
    let scale = try data.write("density", density)
    try scale.makeScale("density")
    try scale.setAttribute("units", "1")
    try scale.setAttribute("long_name", "Remaining weights")
    for (name, curve) in zip(names, curves) {
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
    let data = try root.group("curve/\(measure)")
    self.init(
      measure: measure, title: try data.dataset("title").readTexts().first ?? "",
      density: try data.dataset("density").read(Double.self), curves: [])
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

  /// The labels as names: only letters, digits, `_`, `.` and `-`, and none twice.
  private var names: [String] {
    var taken: Set<String> = ["density", "title"]
    return curves.map { curve in
      let label = curve.label.replacing(", ", with: "_")
      var name = String(
        label.map { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) ? $0 : "_" })
      if name.isEmpty || name.first == "." { name = "_" + name }
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
