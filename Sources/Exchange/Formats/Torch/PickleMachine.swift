import CoppiceTensors

/// Reads the pickles that `torch.save` makes of state dictionaries, and executes nothing.
///
/// A pickle is a program for a machine with a stack (Python's `pickletools` describes it). The machine here knows the operations that
/// dictionaries, lists, numbers, texts and tensors need. A call makes a value of its own where the name is one of `TorchNames`; any
/// other name, and any other operation, ends the reading and is named.
struct PickleMachine {
  /// Dictionaries: their entries in order.
  private(set) var dictionaries: [[(key: PickleValue, value: PickleValue)]] = []
  private(set) var lists: [[PickleValue]] = []
  private(set) var tuples: [[PickleValue]] = []
  private(set) var storages: [TorchStorage] = []
  private(set) var tensors: [TorchTensor] = []

  private let fields: ByteFields
  /// The next byte.
  private(set) var place: Int
  private var stack: [PickleValue] = []
  private var marks: [Int] = []
  private var memo: [Int: PickleValue] = [:]
  private var pushes = 0

  /// A pickle of more values than this is refused: it has some 40 a tensor.
  static let mostValues = 1 << 21

  init(_ bytes: [UInt8], at place: Int = 0) { (fields, self.place) = (ByteFields(bytes), place) }

  /// Whether a fault comes of bytes that end too early.
  static let isCutOff = "its pickle is cut off"

  /// Reads the next pickle to its end.
  mutating func read() throws(HeaderFault) -> PickleValue {
    (stack, marks, memo) = ([], [], [:])
    while true {
      let code = UInt8(truncatingIfNeeded: try number(1))
      if code == UInt8(ascii: ".") {
        guard marks.isEmpty, stack.count == 1 else { throw fault("ends with more than one value") }
        return try pop()
      }
      try perform(code)
    }
  }

  private mutating func perform(_ code: UInt8) throws(HeaderFault) {
    switch code {
    case 0x80:  // PROTO
      let version = try number(1)
      guard (2...4).contains(version) else { throw fault("is of version \(version), and 2 to 4 are read") }
    case 0x95: _ = try number(8)  // FRAME
    case UInt8(ascii: "("):
      try spend()
      marks.append(stack.count)
    case UInt8(ascii: "N"): try push(.none)
    case 0x88: try push(.flag(true))
    case 0x89: try push(.flag(false))
    case UInt8(ascii: "J"): try push(.integer(Int(Int32(truncatingIfNeeded: try number(4)))))
    case UInt8(ascii: "K"): try push(.integer(try number(1)))
    case UInt8(ascii: "M"): try push(.integer(try number(2)))
    case 0x8a: try pushLong()
    case UInt8(ascii: "G"):
      place += 8
      try push(.other)
    case UInt8(ascii: "X"): try push(.text(try text(try number(4))))
    case 0x8c: try push(.text(try text(try number(1))))
    case 0x8d: try push(.text(try text(try number(8))))
    case UInt8(ascii: "U"): try push(.text(try text(try number(1))))
    case UInt8(ascii: "T"): try push(.text(try text(try number(4))))
    case UInt8(ascii: "c"):
      let module = try line()
      try pushGlobal(module, try line())
    case 0x93:  // STACK_GLOBAL
      guard let name = try pop().text, let module = try pop().text else { throw fault("names no text") }
      try pushGlobal(module, name)
    case UInt8(ascii: "q"): try remember(try number(1))
    case UInt8(ascii: "r"): try remember(try number(4))
    case 0x94: try remember(memo.count)
    case UInt8(ascii: "h"): try recall(try number(1))
    case UInt8(ascii: "j"): try recall(try number(4))
    default: try build(code)
    }
  }

  /// The operations that make values of values.
  private mutating func build(_ code: UInt8) throws(HeaderFault) {
    switch code {
    case UInt8(ascii: ")"): try pushTuple([])
    case UInt8(ascii: "t"): try pushTuple(try popToMark())
    case 0x85, 0x86, 0x87:
      var values: [PickleValue] = []
      for _ in 0..<(code - 0x84) { values.append(try pop()) }
      try pushTuple(values.reversed())
    case UInt8(ascii: "]"):
      lists.append([])
      try push(.list(lists.count - 1))
    case UInt8(ascii: "a"):
      let value = try pop()
      try append([value])
    case UInt8(ascii: "e"): try append(try popToMark())
    case UInt8(ascii: "}"): try pushDictionary()
    case UInt8(ascii: "s"):
      let value = try pop()
      try set([try pop(), value])
    case UInt8(ascii: "u"): try set(try popToMark())
    case UInt8(ascii: "Q"): try pushStorage(try pop())
    case UInt8(ascii: "R"):
      let arguments = try pop()
      try call(try pop(), arguments)
    case UInt8(ascii: "b"):  // BUILD: attributes of a dictionary, such as the versions of its modules
      _ = try pop()
      guard case .dictionary? = stack.last else {
        throw fault("would set the state of an object that is no dictionary; \(Self.advice)")
      }
    default:
      throw fault(
        "uses the operation 0x\(String(code, radix: 16)), which arrays do not need; \(Self.advice)")
    }
  }

  private static let advice =
    "nothing in a file is executed; save the weights alone: torch.save(model.state_dict(), path)"

  private func fault(_ what: String) -> HeaderFault { HeaderFault("its pickle " + what) }

  // MARK: Bytes

  private mutating func number(_ width: Int) throws(HeaderFault) -> Int {
    guard let value = fields.integer(width, at: place) else { throw HeaderFault(Self.isCutOff) }
    place += width
    return value
  }

  private mutating func text(_ count: Int) throws(HeaderFault) -> String {
    guard let bytes = fields.slice(count, at: place) else { throw HeaderFault(Self.isCutOff) }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw fault("holds a text at byte \(place) that is not UTF-8")
    }
    place += count
    return text
  }

  /// A text up to the end of its line.
  private mutating func line() throws(HeaderFault) -> String {
    var end = place
    while end < min(fields.count, place + 512), fields.bytes[end] != UInt8(ascii: "\n") { end += 1 }
    guard end < fields.count else { throw HeaderFault(Self.isCutOff) }
    guard end < place + 512 else { throw fault("has a name at byte \(place) that is too long") }
    let line = try text(end - place)
    place += 1
    return line
  }

  private mutating func pushLong() throws(HeaderFault) {
    let count = try number(1)
    guard let bytes = fields.slice(count, at: place) else { throw HeaderFault(Self.isCutOff) }
    place += count
    guard count <= 8 else { return try push(.other) }
    let isNegative = bytes.last.map { $0 >= 0x80 } ?? false
    try push(.integer(Int(bytes.reversed().reduce(isNegative ? -1 : 0) { $0 << 8 | Int64($1) })))
  }

  // MARK: The stack

  private mutating func spend() throws(HeaderFault) {
    pushes += 1
    guard pushes <= Self.mostValues else {
      throw fault("has more than \(Self.mostValues) values; \(Self.advice)")
    }
  }

  private mutating func push(_ value: PickleValue) throws(HeaderFault) {
    try spend()
    stack.append(value)
  }

  private mutating func pop() throws(HeaderFault) -> PickleValue {
    guard stack.count > marks.last ?? 0, let value = stack.popLast() else {
      throw fault("takes a value that is not there")
    }
    return value
  }

  private mutating func popToMark() throws(HeaderFault) -> [PickleValue] {
    guard let mark = marks.popLast() else { throw fault("takes values that are not there") }
    let values = Array(stack[mark...])
    stack.removeSubrange(mark...)
    return values
  }

  private mutating func remember(_ index: Int) throws(HeaderFault) {
    guard let value = stack.last else { throw fault("keeps a value that is not there") }
    memo[index] = value
  }

  private mutating func recall(_ index: Int) throws(HeaderFault) {
    guard let value = memo[index] else { throw fault("asks for a value that was not kept") }
    try push(value)
  }

  private mutating func pushTuple(_ values: [PickleValue]) throws(HeaderFault) {
    tuples.append(values)
    try push(.tuple(tuples.count - 1))
  }

  private mutating func pushDictionary() throws(HeaderFault) {
    dictionaries.append([])
    try push(.dictionary(dictionaries.count - 1))
  }

  private mutating func append(_ values: [PickleValue]) throws(HeaderFault) {
    guard case .list(let index)? = stack.last else { throw fault("adds to a list that is not there") }
    lists[index] += values
  }

  /// Adds keys and values by turns to the dictionary on top.
  private mutating func set(_ values: [PickleValue]) throws(HeaderFault) {
    guard case .dictionary(let index)? = stack.last, values.count.isMultiple(of: 2) else {
      throw fault("adds to a dictionary that is not there")
    }
    for pair in stride(from: 0, to: values.count, by: 2) {
      dictionaries[index].append((values[pair], values[pair + 1]))
    }
  }

  // MARK: Names and calls

  private mutating func pushGlobal(_ module: String, _ name: String) throws(HeaderFault) {
    let global = module + "." + name
    guard TorchNames.isKnown(global) else { throw fault("would call \(global); \(Self.advice)") }
    try push(.global(global))
  }

  /// A storage by what names it: the word "storage", a class, a key, a device and a count; in old files also a part of another.
  private mutating func pushStorage(_ name: PickleValue) throws(HeaderFault) {
    guard case .tuple(let index) = name, tuples[index].count >= 5, tuples[index][0].text == "storage",
      let kind = tuples[index][1].global, let key = tuples[index][2].text,
      let count = tuples[index][4].integer, count >= 0
    else { throw fault("names a storage that cannot be") }
    guard tuples[index].dropFirst(5).allSatisfy({ $0 == .none }) else {
      throw fault("names a part of a storage; save it again with a PyTorch of today")
    }
    let type = TorchNames.storages.first { $0.name == kind }?.type
    guard type != nil || kind == TorchNames.untyped else { throw fault("names \(kind) as a storage") }
    storages.append(TorchStorage(key: key, type: type, count: count))
    try push(.storage(storages.count - 1))
  }

  private mutating func call(_ callee: PickleValue, _ arguments: PickleValue) throws(HeaderFault) {
    guard let name = callee.global, case .tuple(let index) = arguments else {
      throw fault("would call something that has no name; \(Self.advice)")
    }
    let values = tuples[index]
    switch name {
    case TorchNames.orderedDictionary where values.isEmpty: try pushDictionary()
    case TorchNames.size where values.count == 1:
      try pushTuple(try elements(of: values[0]))
    case TorchNames.parameter where values.count == 3:
      guard case .tensor = values[0] else { throw fault("makes a parameter of no tensor") }
      try push(values[0])
    case TorchNames.tensor2 where values.count >= 6: try pushTensor(values, type: nil)
    case TorchNames.tensor3 where values.count >= 7:
      guard let name = values[6].global, let type = TorchNames.types.first(where: { $0.name == name })?.type
      else { throw fault("makes a tensor of no type") }
      try pushTensor(values, type: type)
    default: throw fault("would call \(name) with \(values.count) values; \(Self.advice)")
    }
  }

  /// A tensor of a storage, an offset, extents and strides.
  private mutating func pushTensor(_ values: [PickleValue], type: ArrayType?) throws(HeaderFault) {
    guard case .storage(let index) = values[0], let offset = values[1].integer, offset >= 0 else {
      throw fault("makes a tensor of no storage")
    }
    var numbers: [[Int]] = []
    for value in values[2...3] {
      let elements = try elements(of: value)
      let integers = elements.prefix(65).compactMap(\.integer)
      guard integers.count == elements.count, integers.count <= 64, integers.allSatisfy({ $0 >= 0 }) else {
        throw fault("makes a tensor of extents or strides that cannot be")
      }
      numbers.append(integers)
    }
    guard numbers[0].count == numbers[1].count else { throw fault("makes a tensor without a stride an axis") }
    let storage = storages[index]
    guard let type = storage.type ?? type, storage.type == nil || type == storage.type else {
      throw fault("makes a tensor of no type")
    }
    tensors.append(
      TorchTensor(storage: storage, type: type, offset: offset, axes: numbers[0], strides: numbers[1]))
    try push(.tensor(tensors.count - 1))
  }

  private func elements(of value: PickleValue) throws(HeaderFault) -> [PickleValue] {
    switch value {
    case .tuple(let index): tuples[index]
    case .list(let index): lists[index]
    default: throw fault("needs a tuple where there is none")
    }
  }
}
