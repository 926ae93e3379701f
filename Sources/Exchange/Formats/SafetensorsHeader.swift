import CoppiceTensors

/// The header of a file of safetensors, read entry by entry, so that it takes little more memory than its text.
struct SafetensorsHeader {
  /// What is said of an array.
  struct Entry {
    let name: String
    let type: ArrayType
    let shape: Shape
    /// The first of its bytes, counted from the end of the header.
    let begin: Int
    /// The first byte behind them.
    let end: Int
  }

  private(set) var entries: [Entry] = []
  private(set) var metadata: [(name: String, text: String)] = []
  private var scanner: JSONScanner

  init(_ bytes: [UInt8]) { scanner = JSONScanner(bytes) }

  /// Reads all of it.
  /// - Throws: `HeaderFault` where it is not what it should be.
  mutating func read() throws(HeaderFault) {
    var names: Set<String> = []
    try scanner.expect("{")
    var isFirst = true
    while !scanner.accept("}") {
      if !isFirst { try scanner.expect(",") }
      isFirst = false
      let name = try scanner.string()
      guard names.insert(name).inserted else { throw HeaderFault("it names \(name) twice") }
      try scanner.expect(":")
      if name == Safetensors.metadataName { try readMetadata() } else { try readEntry(name) }
    }
    guard scanner.isAtEnd else { throw scanner.fault("the end of the header") }
  }

  private mutating func readMetadata() throws(HeaderFault) {
    try scanner.expect("{")
    while !scanner.accept("}") {
      if !metadata.isEmpty { try scanner.expect(",") }
      let name = try scanner.string()
      try scanner.expect(":")
      metadata.append((name, try scanner.string()))
    }
  }

  private mutating func readEntry(_ name: String) throws(HeaderFault) {
    var (type, shape, place): (ArrayType?, Shape?, [Int]?)
    try scanner.expect("{")
    for field in 0..<3 {
      if field > 0 { try scanner.expect(",") }
      let key = try scanner.string()
      try scanner.expect(":")
      switch key {
      case "dtype" where type == nil:
        let text = try scanner.string()
        guard let entry = Safetensors.types.first(where: { $0.name == text }) else {
          throw HeaderFault(
            "\(name) is of the type \(text), and known are "
              + Safetensors.types.map(\.name).joined(separator: ", ") + "; save it as one of these")
        }
        type = entry.type
      case "shape" where shape == nil:
        shape = Shape(stored: try scanner.integers(atMost: 64))
        if shape == nil { throw HeaderFault("the shape of \(name) has more elements than can be counted") }
      case "data_offsets" where place == nil: place = try scanner.integers(atMost: 2)
      default: throw HeaderFault("what it says of \(name) has a field \(key) that is not known here")
      }
    }
    try scanner.expect("}")
    guard let type, let shape, let place, place.count == 2 else {
      throw HeaderFault("what it says of \(name) is not a type, a shape and two offsets")
    }
    entries.append(Entry(name: name, type: type, shape: shape, begin: place[0], end: place[1]))
  }
}
