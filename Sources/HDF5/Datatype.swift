import CHDF5

/// Questions asked of a type in a file, and the types made for strings. They take handles, not identifiers: a
/// handle that is only named in an argument would be closed as soon as its identifier is taken out of it.
enum Datatype {
  /// The type of variable-length UTF-8 strings, which is what xarray needs in coordinates.
  static func variableLengthString(at location: Location) throws(HDF5Error) -> Handle {
    try string(size: chdf5_variable_length(), at: location)
  }

  /// The type of UTF-8 strings of `size` bytes, filled up with zeros, which is what pandas needs in tables.
  static func fixedLengthString(size: Int, at location: Location) throws(HDF5Error) -> Handle {
    let type = try string(size: size, at: location)
    try Library.call("H5Tset_strpad", location) { H5Tset_strpad(type.id, H5T_STR_NULLPAD) }
    return type
  }

  private static func string(size: Int, at location: Location) throws(HDF5Error) -> Handle {
    let type = try Handle("H5Tcopy", location, closedBy: H5Tclose) { H5Tcopy(chdf5_c_string()) }
    try Library.call("H5Tset_size", location) { H5Tset_size(type.id, size) }
    try Library.call("H5Tset_cset", location) { H5Tset_cset(type.id, H5T_CSET_UTF8) }
    return type
  }

  /// What values of this type are.
  static func content(of type: Handle, at location: Location) throws(HDF5Error) -> HDF5Content {
    let kind = H5T_class_t(
      rawValue: try Library.call("H5Tget_class", location) { H5Tget_class(type.id).rawValue })
    switch kind {
    case H5T_STRING: return .text
    case H5T_COMPOUND: return .table
    case H5T_FLOAT, H5T_INTEGER: break
    default: return .other("values of a type that Coppice does not write")
    }
    let size = try size(of: type, at: location)
    if kind == H5T_FLOAT {
      if size == 4 { return .number(.float32) }
      if size == 8 { return .number(.float64) }
      return .other("float\(8 * size)")
    }
    let sign = H5T_sign_t(
      rawValue: try Library.call("H5Tget_sign", location) { H5Tget_sign(type.id).rawValue })
    switch (sign, size) {
    case (H5T_SGN_2, 4): return .number(.int32)
    case (H5T_SGN_2, 8): return .number(.int64)
    case (H5T_SGN_NONE, 1): return .number(.uint8)
    default: return .other("\(sign == H5T_SGN_2 ? "int" : "uint")\(8 * size)")
    }
  }

  /// Bytes a value.
  static func size(of type: Handle, at location: Location) throws(HDF5Error) -> Int {
    let size = try Library.call("H5Tget_size", location) { Int(H5Tget_size(type.id)) }
    guard size > 0 else { throw HDF5Error(call: "H5Tget_size", location, "bad type of no size") }
    return size
  }

  /// Whether strings of this type have lengths of their own.
  static func isVariableLength(_ type: Handle, at location: Location) throws(HDF5Error) -> Bool {
    try Library.call("H5Tis_variable_str", location) { H5Tis_variable_str(type.id) } > 0
  }
}

/// The extents of a dataset or an attribute.
struct Dataspace {
  let handle: Handle

  /// A space of this shape; `[]` is one value. With `growing`, the outermost axis may be extended later.
  init(_ shape: [Int], growing: Bool = false, at location: Location) throws(HDF5Error) {
    let extents = shape.map { hsize_t(max($0, 0)) }
    let limits = growing ? [chdf5_unlimited()] + extents.dropFirst() : extents
    handle = try Handle("H5Screate_simple", location, closedBy: H5Sclose) {
      shape.isEmpty ? H5Screate(H5S_SCALAR) : H5Screate_simple(Int32(shape.count), extents, limits)
    }
  }

  /// A space that the library gave.
  init(_ call: String, _ location: Location, _ body: () -> hid_t) throws(HDF5Error) {
    handle = try Handle(call, location, closedBy: H5Sclose, body)
  }

  /// The extents, `[]` for one value.
  func shape(at location: Location) throws(HDF5Error) -> [Int] {
    let id = handle.id
    let rank = try Library.call("H5Sget_simple_extent_ndims", location) { H5Sget_simple_extent_ndims(id) }
    var extents = [hsize_t](repeating: 0, count: Int(rank))
    try Library.call("H5Sget_simple_extent_dims", location) { H5Sget_simple_extent_dims(id, &extents, nil) }
    var shape: [Int] = []
    for extent in extents {
      guard let extent = Int(exactly: extent) else {
        throw HDF5Error(call: "H5Sget_simple_extent_dims", location, "bad extent \(extent)")
      }
      shape.append(extent)
    }
    return shape
  }
}

extension [Int] {
  /// The number of elements of this shape, or `nil` where it is negative or beyond what can be counted.
  var elementCount: Int? {
    var count = 1
    for extent in self {
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      guard !overflow, extent >= 0 else { return nil }
      count = product
    }
    return count
  }
}
