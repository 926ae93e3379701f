import CHDF5

/// A group, a dataset, a column of a table or an attribute in a file.
struct Place {
  let path: String
  var attribute: String?
  var kind: H5T_class_t?
  var extents: [hsize_t] = []
  var columns: [(name: String, kind: H5T_class_t)] = []

  /// Everything in a file.
  static func all(in file: hid_t) -> [Place] {
    var places: [Place] = []
    visit(file, "", &places)
    return places
  }

  private static func visit(_ file: hid_t, _ path: String, _ places: inout [Place]) {
    let object = H5Oopen(file, path.isEmpty ? "/" : path, hid_t(H5P_DEFAULT))
    defer { H5Oclose(object) }
    var place = Place(path: path)
    for index in 0..<UInt32(max(0, H5Aget_num_attrs(object))) {
      let attribute = H5Aopen_by_idx(
        file, path.isEmpty ? "/" : path, H5_INDEX_NAME, H5_ITER_INC, hsize_t(index), hid_t(H5P_DEFAULT),
        hid_t(H5P_DEFAULT)
      )
      let name = text { H5Aget_name(attribute, $1, $0) }
      // What ties datasets to their scales, and is not read.
      if !["DIMENSION_LIST", "REFERENCE_LIST", "CLASS", "NAME"].contains(name) {
        let (type, space) = (H5Aget_type(attribute), H5Aget_space(attribute))
        var found = Place(path: path, attribute: name, kind: H5Tget_class(type))
        found.extents = extents(of: space)
        places.append(found)
        H5Tclose(type)
        H5Sclose(space)
      }
      H5Aclose(attribute)
    }
    if H5Iget_type(object) == H5I_DATASET {
      let (type, space) = (H5Dget_type(object), H5Dget_space(object))
      place.kind = H5Tget_class(type)
      place.extents = extents(of: space)
      if place.kind == H5T_COMPOUND {
        for index in 0..<UInt32(max(0, H5Tget_nmembers(type))) {
          guard let name = H5Tget_member_name(type, index) else { continue }
          place.columns.append((String(cString: name), H5Tget_member_class(type, index)))
          H5free_memory(name)
        }
      }
      H5Tclose(type)
      H5Sclose(space)
      places.append(place)
      return
    }
    if !path.isEmpty { places.append(place) }
    var info = H5G_info_t()
    H5Gget_info(object, &info)
    for index in 0..<info.nlinks {
      let name = text {
        H5Lget_name_by_idx(object, ".", H5_INDEX_NAME, H5_ITER_INC, index, $0, $1, hid_t(H5P_DEFAULT))
      }
      visit(file, path + "/" + name, &places)
    }
  }

  private static func text(_ read: (UnsafeMutablePointer<CChar>?, Int) -> Int) -> String {
    var bytes = [CChar](repeating: 0, count: 4096)
    _ = read(&bytes, bytes.count)
    return String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private static func extents(of space: hid_t) -> [hsize_t] {
    var extents = [hsize_t](repeating: 0, count: max(0, Int(H5Sget_simple_extent_ndims(space))))
    H5Sget_simple_extent_dims(space, &extents, nil)
    return extents
  }
}
