import CoppiceTerms

extension Safetensors {
  /// A file of these arrays: the header names them in their order, and their elements follow with those of wide types first, so that each
  /// lies where its type may lie.
  static func pieces(
    of arrays: [WeightArray], _ metadata: [(name: String, text: String)]
  ) throws(ExchangeError) -> [FilePiece] {
    var names: Set<String> = []
    for (name, _) in metadata {
      guard names.insert(name).inserted else {
        throw .arrays("two texts of the name \(name) do not go into one file; name one of them otherwise")
      }
    }
    var begins = [Int](repeating: 0, count: arrays.count)
    var end = 0
    // `sorted` keeps the order of equals.
    let order = arrays.indices.sorted { arrays[$0].type.size > arrays[$1].type.size }
    for index in order {
      begins[index] = end
      end += arrays[index].count
    }
    var members: [(name: String, value: JSON)] = []
    if !metadata.isEmpty {
      members.append((metadataName, .members(metadata.map { ($0.name, JSON.text($0.text)) })))
    }
    for (array, begin) in zip(arrays, begins) {
      guard array.name != metadataName else {
        throw .arrays("no array of a safetensors file can be named \(metadataName); name it otherwise")
      }
      let type = types.first { $0.type == array.type }?.name ?? ""
      let place = [begin, begin + array.count].map(JSON.integer)
      members.append(
        (
          array.name,
          .members([
            ("dtype", .text(type)), ("shape", .list(array.shape.axes.map(JSON.integer))),
            ("data_offsets", .list(place)),
          ])
        ))
    }
    var header = Array(JSON.object(members).utf8)
    // The elements begin at a multiple of eight bytes.
    header += [UInt8](repeating: UInt8(ascii: " "), count: (8 - header.count % 8) % 8)
    guard header.count <= longestHeader else {
      throw .arrays(
        "\(arrays.count) arrays are more than the header of a safetensors file can name; write fewer")
    }
    let length = (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) }
    return [.bytes(length + header)] + order.map { .elements(arrays[$0]) }
  }
}
