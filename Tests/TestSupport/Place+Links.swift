import CHDF5

extension Place {
  static let integers: [Int64] = [.max, .min, -1, -7, 0, 1, 7, 1 << 53, 1 << 62, 1 << 40]
  static let numbers = [
    Double.nan, .infinity, -.infinity, 1e300, -1e300, .leastNonzeroMagnitude, -1, 0, 2, 0x1p63, 0x1p53,
  ]
  static let texts = [
    "", "..", "../../x", "/", ".", "x", "nan", "\u{1b}[2J", "\u{0301}é\u{202e}",
    String(repeating: "a", count: 5000), "{",
    #"{"model": {"name": "mlp", "widths": [65536, 65536]}}"#,
  ]

  /// Everything that can be changed about it.
  var changes: [Forger.Change] {
    if let attribute { return attributeChanges(attribute) }
    var changes = linkChanges
    guard let kind else { return changes }
    switch kind {
    case H5T_INTEGER, H5T_FLOAT:
      changes += values(in: nil, kind) + shapeChanges(kind)
    case H5T_STRING:
      changes += Self.texts.map { text in
        change("is \(text.prefix(12).debugDescription)") { Self.write(texts: text, to: $0, self) }
      }
    case H5T_COMPOUND:
      for column in columns { changes += values(in: column.name, column.kind) }
    default: break
    }
    return changes
  }

  func change(_ what: String, _ make: @escaping @Sendable (hid_t) -> Void) -> Forger.Change {
    Forger.Change(description: "\(path)\(attribute.map { "@\($0)" } ?? "") \(what)", make: make)
  }

  // MARK: Links

  private var linkChanges: [Forger.Change] {
    let path = path
    let folder = path.split(separator: "/").dropLast().map { "/" + $0 }.joined()
    return [
      change("is gone") { H5Ldelete($0, path, hid_t(H5P_DEFAULT)) },
      change("is called ..") {
        H5Lmove($0, path, $0, folder + "/..", hid_t(H5P_DEFAULT), hid_t(H5P_DEFAULT))
      },
      change("is called otherwise") {
        H5Lmove($0, path, $0, path + "\u{0301}-1", hid_t(H5P_DEFAULT), hid_t(H5P_DEFAULT))
      },
      change("is called 7") { H5Lmove($0, path, $0, folder + "/7", hid_t(H5P_DEFAULT), hid_t(H5P_DEFAULT)) },
      change("is the file itself") {
        H5Ldelete($0, path, hid_t(H5P_DEFAULT))
        H5Lcreate_soft("/", $0, path, hid_t(H5P_DEFAULT), hid_t(H5P_DEFAULT))
      },
      change("is a link to itself") {
        H5Ldelete($0, path, hid_t(H5P_DEFAULT))
        H5Lcreate_soft(path, $0, path, hid_t(H5P_DEFAULT), hid_t(H5P_DEFAULT))
      },
      change("is an empty group") {
        H5Ldelete($0, path, hid_t(H5P_DEFAULT))
        H5Gclose(H5Gcreate2($0, path, hid_t(H5P_DEFAULT), hid_t(H5P_DEFAULT), hid_t(H5P_DEFAULT)))
      },
    ]
  }

  // MARK: Shapes and types

  private func shapeChanges(_ kind: H5T_class_t) -> [Forger.Change] {
    let own = kind == H5T_FLOAT ? chdf5_file_float32() : chdf5_file_int64()
    let shapes: [[hsize_t]] = [
      [], [0], [1], [7], [2, 1, 3], extents + [1], extents.dropLast(), extents.map { $0 + 1 },
      extents.reversed(),
      [1 << 40], [0, 1 << 62],
    ]
    var changes = shapes.map { shape in
      change("is shaped \(shape)") { self.replace(in: $0, type: self.type(in: $0) ?? own, shape: shape) }
    }
    let types = [
      ("float32", chdf5_file_float32()), ("float64", chdf5_file_float64()), ("int64", chdf5_file_int64()),
      ("uint8", chdf5_file_uint8()), ("int32", chdf5_file_int32()), ("text", chdf5_c_string()),
    ]
    changes += types.map { name, type in
      change("holds \(name)") { self.replace(in: $0, type: H5Tcopy(type), shape: self.extents) }
    }
    changes.append(
      change("lies in a file beside") { file in
        let list = H5Pcreate(chdf5_dataset_creation())
        H5Pset_external(list, "/dev/zero", 0, 1 << 20)
        self.replace(in: file, type: self.type(in: file) ?? own, shape: self.extents, list: list)
        H5Pclose(list)
      })
    changes.append(
      change("is of another dataset") { file in
        let list = H5Pcreate(chdf5_dataset_creation())
        let space = H5Screate_simple(Int32(self.extents.count), self.extents, nil)
        H5Pset_virtual(list, space, "/dev/zero", "/x", space)
        H5Sclose(space)
        self.replace(in: file, type: self.type(in: file) ?? own, shape: self.extents, list: list)
        H5Pclose(list)
      })
    return changes
  }

  /// The type of the dataset, to be closed.
  private func type(in file: hid_t) -> hid_t? {
    let dataset = H5Dopen2(file, path, hid_t(H5P_DEFAULT))
    guard dataset >= 0 else { return nil }
    defer { H5Dclose(dataset) }
    return H5Dget_type(dataset)
  }

  /// Puts a dataset of zeros in the place of this one, chunked where it would be too large to be there.
  private func replace(in file: hid_t, type: hid_t, shape: [hsize_t], list: hid_t? = nil) {
    H5Ldelete(file, path, hid_t(H5P_DEFAULT))
    let space = shape.isEmpty ? H5Screate(H5S_SCALAR) : H5Screate_simple(Int32(shape.count), shape, nil)
    let own = H5Pcreate(chdf5_dataset_creation())
    if shape.reduce(1.0, { $0 * Double($1) }) > 1e6
      || shape.contains(0) && shape.contains(where: { $0 > 1000 })
    {
      H5Pset_chunk(own, Int32(shape.count), shape.map { min(max($0, 1), 16) })
    }
    H5Dclose(H5Dcreate2(file, path, type, space, hid_t(H5P_DEFAULT), list ?? own, hid_t(H5P_DEFAULT)))
    H5Pclose(own)
    H5Sclose(space)
    H5Tclose(type)
  }
}
