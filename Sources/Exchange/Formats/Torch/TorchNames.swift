/// The names of Python that the pickle of a state dictionary may use, and no others.
enum TorchNames {
  /// Storages by their classes, as `torch.FloatStorage`.
  static let storages: [(name: String, type: ArrayType)] = [
    ("torch.FloatStorage", .float32), ("torch.DoubleStorage", .float64), ("torch.HalfStorage", .float16),
    ("torch.BFloat16Storage", .bfloat16), ("torch.LongStorage", .int64), ("torch.IntStorage", .int32),
    ("torch.ShortStorage", .int16), ("torch.CharStorage", .int8), ("torch.ByteStorage", .uint8),
    ("torch.BoolStorage", .bool),
  ]

  /// The class of storages of bytes.
  static let untyped = "torch.storage.UntypedStorage"

  /// Types of elements by their names, as `torch.float32`.
  static let types: [(name: String, type: ArrayType)] = ArrayType.allCases.map {
    ("torch." + $0.rawValue, $0)
  }

  static let orderedDictionary = "collections.OrderedDict"
  static let size = "torch.Size"
  static let tensor2 = "torch._utils._rebuild_tensor_v2"
  static let tensor3 = "torch._utils._rebuild_tensor_v3"
  static let parameter = "torch._utils._rebuild_parameter"

  private static let known = Set(
    storages.map(\.name) + types.map(\.name)
      + [untyped, orderedDictionary, size, tensor2, tensor3, parameter])

  /// Whether a pickle may use this name.
  static func isKnown(_ name: String) -> Bool { known.contains(name) }
}
