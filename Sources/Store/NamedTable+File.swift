import CoppiceHDF5

extension HDF5Group {
  /// Writes a group with one compound table for each of these; nothing where there are none. Attributes of a table give its
  /// title, its description, the titles and units of its columns, and how it is drawn.
  func write(_ name: String, _ tables: [NamedTable]) throws(HDF5Error) {
    if tables.isEmpty { return }
    let group = try createGroup(name)
    for table in tables {
      let columns = table.columns.map { HDF5Table.Column($0.name, $0.values.stored) }
      let dataset = try group.write(table.name, HDF5Table(columns))
      try dataset.setAttribute("title", .text(table.title))
      try dataset.setAttribute("description", .text(table.description))
      try dataset.setAttribute("column_titles", .texts(table.columns.map(\.quantity.title)))
      try dataset.setAttribute("units", .texts(table.columns.map(\.quantity.unit.text)))
      guard let drawing = table.drawing else { continue }
      try dataset.setAttribute("drawing_x", .text(drawing.x))
      try dataset.setAttribute("drawing_y", .text(drawing.y))
      try dataset.setAttribute("drawing_by", .texts(drawing.by))
      if let reference = drawing.reference { try dataset.setAttribute("drawing_reference", .text(reference)) }
      if drawing.form != .curves { try dataset.setAttribute("drawing_form", .text(drawing.form.rawValue)) }
      if let value = drawing.value { try dataset.setAttribute("drawing_value", .text(value)) }
    }
  }

  /// Reads what `write` wrote: no tables where there is no such group.
  func readTables(_ name: String) throws(HDF5Error) -> [NamedTable] {
    guard try contains(name) else { return [] }
    let group = try group(name)
    var tables: [NamedTable] = []
    for name in try group.names() { tables.append(try NamedTable(name, from: group.dataset(name))) }
    return tables
  }
}

extension NamedTable {
  fileprivate init(_ name: String, from dataset: HDF5Dataset) throws(HDF5Error) {
    func texts(_ name: String) throws(HDF5Error) -> [String] {
      if case .texts(let texts)? = try dataset.attribute(name) { texts } else { [] }
    }
    let (titles, units) = (try texts("column_titles"), try texts("units"))
    let columns = try dataset.readTable().columns.enumerated().map { place, column in
      let values = ColumnValues(column.values)
      var quantity = Quantity(
        column.name, place < titles.count ? titles[place] : nil,
        unit: place < units.count ? Quantity.Unit(text: units[place]) : .none)
      // A file does not say that a fraction may be a change; its values do.
      if case .numbers(let numbers) = values, let bounds = quantity.bounds,
        numbers.contains(where: { $0.isFinite && !bounds.contains($0) })
      {
        quantity.bounds = nil
      }
      return Column(quantity, values)
    }
    self.init(
      name, title: try dataset.attribute("title")?.text ?? name,
      description: try dataset.attribute("description")?.text ?? "", columns: columns)
    guard let x = try dataset.attribute("drawing_x")?.text, let y = try dataset.attribute("drawing_y")?.text
    else { return }
    var drawing = Drawing(
      y, against: x, by: try texts("drawing_by"), reference: try dataset.attribute("drawing_reference")?.text)
    let form = try dataset.attribute("drawing_form")?.text ?? Drawing.Form.curves.rawValue
    // A form of a newer program is not drawn.
    guard let form = Drawing.Form(rawValue: form) else { return }
    (drawing.form, drawing.value) = (form, try dataset.attribute("drawing_value")?.text)
    self.drawing = drawing
  }
}

extension ColumnValues {
  /// As a file holds them.
  fileprivate var stored: HDF5Table.Values {
    switch self {
    case .texts(let values): .text(values)
    case .integers(let values): .int64(values.map(Int64.init))
    case .numbers(let values): .float64(values)
    }
  }

  fileprivate init(_ stored: HDF5Table.Values) {
    if let texts = stored.texts {
      self = .texts(texts)
    } else if let integers = stored.integers {
      self = .integers(integers)
    } else {
      self = .numbers(stored.doubles ?? [])
    }
  }
}
