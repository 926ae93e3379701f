/// A message of Protocol Buffers taken apart, as its specification says: the tests' own reader of what `ProtobufMessage` writes.
struct ProtobufReader {
  /// The contents of a field.
  enum Contents: Equatable {
    case varint(UInt64)
    case fixed32(UInt32)
    case bytes([UInt8])
  }

  /// The fields in order.
  private(set) var fields: [(number: Int, contents: Contents)] = []

  /// Takes a message apart; `nil` where it is none.
  init?(_ bytes: [UInt8]) {
    var place = 0
    func varint() -> UInt64? {
      var (value, shift) = (UInt64(0), UInt64(0))
      while place < bytes.count, shift < 64 {
        let byte = bytes[place]
        place += 1
        value |= UInt64(byte & 127) << shift
        if byte < 128 { return value }
        shift += 7
      }
      return nil
    }
    while place < bytes.count {
      guard let tag = varint() else { return nil }
      switch tag & 7 {
      case 0:
        guard let value = varint() else { return nil }
        fields.append((Int(tag >> 3), .varint(value)))
      case 2:
        guard let length = varint(), length <= bytes.count - place else { return nil }
        fields.append((Int(tag >> 3), .bytes(Array(bytes[place..<place + Int(length)]))))
        place += Int(length)
      case 5:
        guard place + 4 <= bytes.count else { return nil }
        let value = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[place + $1]) << UInt32(8 * $1) }
        fields.append((Int(tag >> 3), .fixed32(value)))
        place += 4
      default: return nil
      }
    }
  }

  /// The whole numbers of a field.
  func integers(_ number: Int) -> [Int] {
    fields.compactMap { field in
      guard field.number == number, case .varint(let value) = field.contents else { return nil }
      return Int(Int64(bitPattern: value))
    }
  }

  /// The bytes of each field of a number.
  func bytes(_ number: Int) -> [[UInt8]] {
    fields.compactMap { field in
      guard field.number == number, case .bytes(let bytes) = field.contents else { return nil }
      return bytes
    }
  }

  func texts(_ number: Int) -> [String] { bytes(number).map { String(decoding: $0, as: UTF8.self) } }

  func messages(_ number: Int) -> [ProtobufReader] { bytes(number).compactMap { ProtobufReader($0) } }
}

/// What an ONNX file holds, as the tests' own reader finds it.
struct ONNXReader {
  struct Node: Equatable {
    let name: String
    let operation: String
    let inputs: [String]
    let outputs: [String]
  }

  struct Tensor: Equatable {
    let name: String
    let shape: [Int]
    let type: Int
    let bytes: [UInt8]

    fileprivate init(_ message: ProtobufReader) {
      name = message.texts(8).first ?? ""
      shape = message.integers(1)
      type = message.integers(2).first ?? 0
      bytes = message.bytes(9).first ?? []
    }

    var floats: [Float] {
      stride(from: 0, to: bytes.count, by: 4).map { place in
        Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(bytes[place + $1]) << UInt32(8 * $1) })
      }
    }

    var int64: [Int] {
      stride(from: 0, to: bytes.count, by: 8).map { place in
        Int(Int64(bitPattern: (0..<8).reduce(0) { $0 | UInt64(bytes[place + $1]) << UInt64(8 * $1) }))
      }
    }

    var int32: [Int] {
      stride(from: 0, to: bytes.count, by: 4).map { place in
        Int(Int32(bitPattern: (0..<4).reduce(0) { $0 | UInt32(bytes[place + $1]) << UInt32(8 * $1) }))
      }
    }
  }

  let nodes: [Node]
  let tensors: [Tensor]
  let sparse: [(values: Tensor, places: Tensor, shape: [Int])]
  /// The extents of inputs and outputs, as numbers or names.
  let inputs: [String: [String]]
  let outputs: [String: [String]]
  let metadata: [String: String]
  let version: Int
  let operators: [Int]

  init?(_ bytes: [UInt8]) {
    guard let model = ProtobufReader(bytes), let graph = model.messages(7).first else { return nil }
    version = model.integers(1).first ?? 0
    operators = model.messages(8).flatMap { $0.integers(2) }
    nodes = graph.messages(1).map {
      Node(
        name: $0.texts(3).first ?? "", operation: $0.texts(4).first ?? "", inputs: $0.texts(1),
        outputs: $0.texts(2))
    }
    tensors = graph.messages(5).map { Tensor($0) }
    sparse = graph.messages(15).compactMap { message in
      guard let values = message.messages(1).first, let places = message.messages(2).first else { return nil }
      return (Tensor(values), Tensor(places), message.integers(3))
    }
    func ports(_ number: Int) -> [String: [String]] {
      Dictionary(
        uniqueKeysWithValues: graph.messages(number).map { port in
          let shape = port.messages(2).first?.messages(1).first?.messages(2).first
          let extents = shape?.messages(1).map { $0.texts(2).first ?? "\($0.integers(1).first ?? -1)" }
          return (port.texts(1).first ?? "", extents ?? [])
        })
    }
    (inputs, outputs) = (ports(11), ports(12))
    metadata = Dictionary(
      uniqueKeysWithValues: model.messages(14).map { ($0.texts(1).first ?? "", $0.texts(2).first ?? "") })
  }

  /// The array of a name.
  subscript(name: String) -> Tensor? { tensors.first { $0.name == name } }

  /// Whether every node reads what stands before it, and every name is given once.
  var isInOrder: Bool {
    var known = Set(tensors.map(\.name) + sparse.map(\.values.name) + inputs.keys + [""])
    let count = known.count
    guard count == tensors.count + sparse.count + inputs.count + 1 else { return false }
    for node in nodes {
      guard node.inputs.allSatisfy(known.contains), node.outputs.allSatisfy({ known.insert($0).inserted })
      else { return false }
    }
    return outputs.keys.allSatisfy(known.contains)
  }
}
