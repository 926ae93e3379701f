import CoppiceHDF5

/// Quantities logged while training, all at the same steps: loss, learning rate.
package struct Series: Hashable, Sendable {
  /// The training steps (iterations since the start of the round), ascending.
  package var steps: [Int]
  /// The quantities in order, each with one value a step.
  package private(set) var columns: [Column]

  /// A quantity by name.
  package struct Column: Hashable, Sendable {
    package let name: String
    package let values: [Float]
  }

  /// A log of nothing at these steps.
  package init(steps: [Int] = []) {
    self.steps = steps
    columns = []
  }

  /// The values of a quantity, one a step; setting `nil` removes it.
  package subscript(name: String) -> [Float]? {
    get { columns.first { $0.name == name }?.values }
    set {
      let place = columns.firstIndex { $0.name == name }
      switch (newValue, place) {
      case (let values?, let place?): columns[place] = Column(name: name, values: values)
      case (let values?, nil): columns.append(Column(name: name, values: values))
      case (nil, let place?): columns.remove(at: place)
      case (nil, nil): break
      }
    }
  }

  /// Writes `step`, a dimension scale, and one dataset `[step]` a quantity.
  func write(to group: HDF5Group) throws(HDF5Error) {
    let storage = HDF5Storage.compressed([steps.count])
    let scale = try group.write("step", steps.map(Int64.init), storage: storage)
    try scale.makeScale("step")
    try scale.setAttribute("units", "iterations")
    for column in columns {
      let dataset = try group.write(column.name, column.values, shape: [steps.count], storage: storage)
      try dataset.setAttribute("units", .text(Metrics.column(column.name).quantity.unit.text))
      try dataset.attachScales([scale])
    }
  }

  /// Reads what `write` wrote.
  init(from group: HDF5Group) throws(HDF5Error) {
    self.init(steps: try group.dataset("step").read(Int64.self).map(Int.init))
    for name in try group.names() where name != "step" {
      columns.append(Column(name: name, values: try group.dataset(name).read(count: steps.count)))
    }
  }
}

extension HDF5Dataset {
  /// The elements, of which there must be so many.
  func read<Element: HDF5Element>(count: Int) throws(HDF5Error) -> [Element] {
    let values = try read(Element.self)
    guard values.count == count else {
      throw HDF5Error(
        call: "read", file: file, object: path, message: "bad shape \(try shape): \(count) values belong here"
      )
    }
    return values
  }
}
