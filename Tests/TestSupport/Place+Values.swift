import CHDF5

extension Place {
  // MARK: Values

  /// Changes of all values, or of the first alone; of a table's column where one is named.
  func values(in column: String?, _ kind: H5T_class_t) -> [Forger.Change] {
    let name = column.map { ".\($0)" } ?? ""
    func both(_ what: String, _ write: @escaping @Sendable (hid_t, Bool) -> Void) -> [Forger.Change] {
      [
        change("\(name) is \(what)") { write($0, false) },
        change("\(name) begins with \(what)") { write($0, true) },
      ]
    }
    switch kind {
    case H5T_INTEGER:
      return Self.integers.flatMap { value in
        both("\(value)") { self.write([value], chdf5_memory_int64(), to: $0, column, isFirstAlone: $1) }
      }
    case H5T_FLOAT:
      return Self.numbers.flatMap { value in
        both("\(value)") { self.write([value], chdf5_memory_float64(), to: $0, column, isFirstAlone: $1) }
      }
    case H5T_STRING:
      return Self.texts.flatMap { text in
        both(text.prefix(12).debugDescription) { file, isFirst in
          let bytes = Array(text.utf8.prefix(64)) + [UInt8](repeating: 0, count: max(0, 64 - text.utf8.count))
          let type = H5Tcopy(chdf5_c_string())
          H5Tset_size(type, 64)
          H5Tset_cset(type, H5T_CSET_UTF8)
          H5Tset_strpad(type, H5T_STR_NULLPAD)
          self.write(bytes, type, to: file, column, isFirstAlone: isFirst)
          H5Tclose(type)
        }
      }
    default: return []
    }
  }

  /// Writes one value into every element, or into the first.
  func write<Element: BitwiseCopyable>(
    _ value: [Element], _ type: hid_t, to file: hid_t, _ column: String?, isFirstAlone: Bool
  ) {
    let dataset = H5Dopen2(file, path, hid_t(H5P_DEFAULT))
    guard dataset >= 0 else { return }
    defer { H5Dclose(dataset) }
    let size = H5Tget_size(type)
    let memory = column.map { column in
      let row = H5Tcreate(H5T_COMPOUND, size)
      H5Tinsert(row, column, 0, type)
      return row
    }
    let space = H5Dget_space(dataset)
    let count = Int(max(0, H5Sget_simple_extent_npoints(space)))
    defer { H5Sclose(space) }
    guard count > 0, count < 1 << 20 else { return }
    var buffer = [Element]()
    for _ in 0..<count { buffer += value }
    if isFirstAlone, count > 1 {
      H5Dread(dataset, memory ?? type, hid_t(H5S_ALL), hid_t(H5S_ALL), hid_t(H5P_DEFAULT), &buffer)
      buffer.replaceSubrange(0..<value.count, with: value)
    }
    H5Dwrite(dataset, memory ?? type, hid_t(H5S_ALL), hid_t(H5S_ALL), hid_t(H5P_DEFAULT), buffer)
    if let memory { H5Tclose(memory) }
  }

  /// Writes one text into every element of a dataset of texts.
  static func write(texts text: String, to file: hid_t, _ place: Place) {
    let dataset = H5Dopen2(file, place.path, hid_t(H5P_DEFAULT))
    guard dataset >= 0 else { return }
    let type = H5Dget_type(dataset)
    let count = Int(place.extents.reduce(1, *))
    withPointers(text, count) {
      H5Dwrite(dataset, type, hid_t(H5S_ALL), hid_t(H5S_ALL), hid_t(H5P_DEFAULT), $0)
    }
    H5Tclose(type)
    H5Dclose(dataset)
  }

  static func withPointers(
    _ text: String, _ count: Int, _ body: (UnsafeMutablePointer<UnsafePointer<CChar>?>) -> Void
  ) {
    text.withCString { pointer in
      var pointers = [UnsafePointer<CChar>?](repeating: pointer, count: max(1, count))
      pointers.withUnsafeMutableBufferPointer { if let base = $0.baseAddress { body(base) } }
    }
  }

  // MARK: Attributes

  func attributeChanges(_ attribute: String) -> [Forger.Change] {
    var changes = [
      change("is gone") { file in self.withObject(file) { H5Adelete($0, attribute) } },
      change("is a number of many") {
        self.setAttribute($0, chdf5_memory_float64(), [1, 2, .nan] as [Double], 3)
      },
      change("is one text") { file in
        Self.withPointers("x", 1) { self.setAttribute(file, Self.textType, $0, 0) }
      },
      change("is no text") { file in
        Self.withPointers("x", 1) { self.setAttribute(file, Self.textType, $0, 0, isEmpty: true) }
      },
    ]
    switch kind {
    case H5T_INTEGER, H5T_FLOAT:
      changes += Self.integers.map { value in
        change("is \(value)") { self.setAttribute($0, chdf5_memory_int64(), [value], 0) }
      }
      changes += Self.numbers.map { value in
        change("is \(value)") { self.setAttribute($0, chdf5_memory_float64(), [value], 0) }
      }
    case H5T_STRING:
      let count = extents.isEmpty ? 0 : Int(extents.reduce(1, *))
      changes += Self.texts.map { text in
        change("is \(text.prefix(12).debugDescription)") { file in
          Self.withPointers(text, count) {
            self.setAttribute(file, Self.textType, $0, count, isList: !extents.isEmpty)
          }
        }
      }
    default: break
    }
    return changes
  }

  static var textType: hid_t {
    let type = H5Tcopy(chdf5_c_string())
    H5Tset_size(type, chdf5_variable_length())
    H5Tset_cset(type, H5T_CSET_UTF8)
    return type
  }

  func withObject(_ file: hid_t, _ body: (hid_t) -> Void) {
    let object = H5Oopen(file, path.isEmpty ? "/" : path, hid_t(H5P_DEFAULT))
    guard object >= 0 else { return }
    body(object)
    H5Oclose(object)
  }

  /// Puts an attribute of this type in the place of the one there: a single one, or `count` of them.
  func setAttribute(
    _ file: hid_t, _ type: hid_t, _ values: UnsafeRawPointer, _ count: Int, isList: Bool = false,
    isEmpty: Bool = false
  ) {
    guard let attribute else { return }
    withObject(file) { object in
      H5Adelete(object, attribute)
      var extent = hsize_t(count)
      let space =
        count > 0 || isList ? H5Screate_simple(1, &extent, nil) : H5Screate(isEmpty ? H5S_NULL : H5S_SCALAR)
      let made = H5Acreate2(object, attribute, type, space, hid_t(H5P_DEFAULT), hid_t(H5P_DEFAULT))
      if !isEmpty, count > 0 || !isList { H5Awrite(made, type, values) }
      H5Aclose(made)
      H5Sclose(space)
    }
  }
}
