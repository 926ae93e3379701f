/// A value of a pickle. What others can be changed or shared by is kept in tables of the machine and named by a number, so that no
/// pickle, however deep or looped, makes a value that is deep.
enum PickleValue: Hashable {
  case none
  case flag(Bool)
  case integer(Int)
  /// Any other value that no array needs.
  case other
  case text(String)
  /// A name of Python: what a call would call.
  case global(String)
  case tuple(Int)
  case list(Int)
  case dictionary(Int)
  case storage(Int)
  case tensor(Int)

  /// The whole number, where it is one.
  var integer: Int? { if case .integer(let value) = self { value } else { nil } }
  /// The text, where it is one.
  var text: String? { if case .text(let value) = self { value } else { nil } }
  /// The name of Python, where it is one.
  var global: String? { if case .global(let value) = self { value } else { nil } }
}

/// A block of elements that tensors of a torch file share.
struct TorchStorage: Hashable {
  /// The key by which the file names it.
  let key: String
  /// The type of its elements; `nil` where it is of bytes, and each tensor says what it makes of them.
  let type: ArrayType?
  /// Its elements, or bytes.
  let count: Int
}

/// A tensor: a view of a storage.
struct TorchTensor: Hashable {
  let storage: TorchStorage
  let type: ArrayType
  /// Elements before its first.
  let offset: Int
  let axes: [Int]
  let strides: [Int]
}
