import CHDF5

/// A folder inside a file: it holds groups and datasets by name.
package final class HDF5Group: HandledObject {
  let handle: Handle
  let location: Location

  init(handle: Handle, location: Location) {
    self.handle = handle
    self.location = location
  }

  /// The group that holds everything in an open file.
  convenience init(rootOf file: Handle, at location: Location) throws(HDF5Error) {
    let handle = try Handle("H5Gopen2", location, closedBy: H5Gclose) {
      H5Gopen2(file.id, "/", hid_t(H5P_DEFAULT))
    }
    self.init(handle: handle, location: location)
  }

  /// The names in it, in the order in which they were added where the group keeps that, else by name.
  package func names() throws(HDF5Error) -> [String] {
    var info = H5G_info_t()
    try Library.call("H5Gget_info", location) { H5Gget_info(handle.id, &info) }
    let order = try isOrdered ? H5_INDEX_CRT_ORDER : H5_INDEX_NAME
    var names: [String] = []
    for position in 0..<info.nlinks {
      let length = try name(at: position, by: order, into: nil, size: 0)
      guard length < 1 << 16 else { throw HDF5Error(call: "H5Lget_name_by_idx", location, "bad name length") }
      var bytes = [CChar](repeating: 0, count: length + 1)
      _ = try name(at: position, by: order, into: &bytes, size: length + 1)
      names.append(String(decoding: bytes.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }
    return names
  }

  /// Whether the path leads somewhere from here: "rounds/3/weights".
  package func contains(_ path: String) throws(HDF5Error) -> Bool {
    var prefix = ""
    for component in path.split(separator: "/") {
      prefix += (prefix.isEmpty ? "" : "/") + component
      if try Library.call("H5Lexists", location, { H5Lexists(handle.id, prefix, hid_t(H5P_DEFAULT)) }) == 0 {
        return false
      }
    }
    return true
  }

  /// The group at a path from here.
  package func group(_ path: String) throws(HDF5Error) -> HDF5Group {
    let place = location.appending(path)
    try requireExistence(of: path)
    let handle = try Handle("H5Gopen2", place, closedBy: H5Gclose) {
      H5Gopen2(self.handle.id, path, hid_t(H5P_DEFAULT))
    }
    return HDF5Group(handle: handle, location: place)
  }

  /// The dataset at a path from here.
  package func dataset(_ path: String) throws(HDF5Error) -> HDF5Dataset {
    let place = location.appending(path)
    try requireExistence(of: path)
    let handle = try Handle("H5Dopen2", place, closedBy: H5Dclose) {
      H5Dopen2(self.handle.id, path, hid_t(H5P_DEFAULT))
    }
    return HDF5Dataset(handle: handle, location: place)
  }

  /// Makes a group. With `ordered`, it keeps the order in which its members are added.
  package func createGroup(_ name: String, ordered: Bool = true) throws(HDF5Error) -> HDF5Group {
    let place = try child(name)
    let list = try Handle("H5Pcreate", place, closedBy: H5Pclose) { H5Pcreate(chdf5_group_creation()) }
    if ordered {
      try Library.call("H5Pset_link_creation_order", place) {
        H5Pset_link_creation_order(list.id, chdf5_tracked_and_indexed())
      }
    }
    try Library.call("H5Pset_obj_track_times", place) { H5Pset_obj_track_times(list.id, false) }
    let handle = try Handle("H5Gcreate2", place, closedBy: H5Gclose) {
      H5Gcreate2(self.handle.id, name, hid_t(H5P_DEFAULT), list.id, hid_t(H5P_DEFAULT))
    }
    return HDF5Group(handle: handle, location: place)
  }

  /// Takes a member out of the group of a draft.
  package func remove(_ name: String) throws(HDF5Error) {
    try Library.call("H5Ldelete", location.appending(name)) {
      H5Ldelete(handle.id, name, hid_t(H5P_DEFAULT))
    }
  }

  /// Writes an array of numbers, row-major; `shape` is one axis unless given, `[]` for a single value.
  @discardableResult
  package func write<Element: HDF5Element>(
    _ name: String, _ values: [Element], shape: [Int]? = nil, storage: HDF5Storage = .contiguous
  ) throws(HDF5Error) -> HDF5Dataset {
    let place = try child(name)
    let shape = shape ?? [values.count]
    try Self.require(values.count, fills: shape, at: place)
    let number = Element.number
    let list = try storage.properties(shape: shape, size: number.size, at: place)
    let dataset = try createDataset(
      name, type: number.fileType, space: Dataspace(shape, at: place), list, place)
    if values.isEmpty { return dataset }
    try Library.call("H5Dwrite", place) {
      H5Dwrite(
        dataset.handle.id, number.memoryType, hid_t(H5S_ALL), hid_t(H5S_ALL), hid_t(H5P_DEFAULT), values)
    }
    return dataset
  }

  /// Writes strings of variable length in UTF-8; `shape` is one axis unless given.
  @discardableResult
  package func write(
    _ name: String, texts: [String], shape: [Int]? = nil
  ) throws(HDF5Error) -> HDF5Dataset {
    let place = try child(name)
    let shape = shape ?? [texts.count]
    try Self.require(texts.count, fills: shape, at: place)
    let buffer = try StringBuffer(texts, at: place)
    let type = try Datatype.variableLengthString(at: place)
    let list = try HDF5Storage.contiguous.properties(shape: shape, size: 16, at: place)
    let dataset = try createDataset(name, type: type.id, space: Dataspace(shape, at: place), list, place)
    if texts.isEmpty { return dataset }
    let transfer = try Library.transfer(of: texts.count, at: place)
    try Library.call("H5Dwrite", place) {
      buffer.withPointers {
        H5Dwrite(
          dataset.handle.id, type.id, hid_t(H5S_ALL), hid_t(H5S_ALL), transfer.id, $0.baseAddress)
      }
    }
    return dataset
  }

  /// Writes one string.
  @discardableResult
  package func write(_ name: String, text: String) throws(HDF5Error) -> HDF5Dataset {
    try write(name, texts: [text], shape: [])
  }

  func createDataset(
    _ name: String, type: hid_t, space: Dataspace, _ list: Handle, _ place: Location
  ) throws(HDF5Error) -> HDF5Dataset {
    let handle = try Handle("H5Dcreate2", place, closedBy: H5Dclose) {
      H5Dcreate2(
        self.handle.id, name, type, space.handle.id, hid_t(H5P_DEFAULT), list.id, hid_t(H5P_DEFAULT))
    }
    return HDF5Dataset(handle: handle, location: place)
  }

  /// The place of a child to be made. The library would take a slash for a path, and "." for the group
  /// itself.
  func child(_ name: String) throws(HDF5Error) -> Location {
    guard !name.isEmpty, name != ".", !name.contains("/"), !name.utf8.contains(0) else {
      throw HDF5Error(call: "create", location, "\(name.debugDescription) cannot be the name of a member")
    }
    return location.appending(name)
  }

  static func require(_ count: Int, fills shape: [Int], at place: Location) throws(HDF5Error) {
    guard shape.elementCount == count, shape.count <= 32 else {
      throw HDF5Error(call: "write", place, "\(count) values do not fill the shape \(shape)")
    }
  }

  /// - Throws: an `HDF5Error` that says how far the path leads and what is there instead.
  private func requireExistence(of path: String) throws(HDF5Error) {
    if try contains(path) { return }
    var parent = path.split(separator: "/").dropLast()
    while !(try contains(parent.joined(separator: "/"))) { parent.removeLast() }
    let place = parent.isEmpty ? self : try group(parent.joined(separator: "/"))
    let names = try place.names()
    let listing = names.prefix(20).joined(separator: ", ") + (names.count > 20 ? ", …" : "")
    throw HDF5Error(
      call: "open", location.appending(path), "there is no such object; \(place.path) holds: \(listing)")
  }

  private var isOrdered: Bool {
    get throws(HDF5Error) {
      let list = try Handle("H5Gget_create_plist", location, closedBy: H5Pclose) {
        H5Gget_create_plist(handle.id)
      }
      var flags: UInt32 = 0
      try Library.call("H5Pget_link_creation_order", location) { H5Pget_link_creation_order(list.id, &flags) }
      return flags & chdf5_tracked_and_indexed() == chdf5_tracked_and_indexed()
    }
  }

  private func name(
    at position: hsize_t, by order: H5_index_t, into buffer: UnsafeMutablePointer<CChar>?, size: Int
  ) throws(HDF5Error) -> Int {
    try Library.call("H5Lget_name_by_idx", location) {
      H5Lget_name_by_idx(handle.id, ".", order, H5_ITER_INC, position, buffer, size, hid_t(H5P_DEFAULT))
    }
  }
}
