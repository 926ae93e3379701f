import CoppiceHDF5
import CoppiceTestSupport
import Testing

@Suite struct HDF5GroupTests {
  let folder: TemporaryFolder
  let path: String
  init() throws {
    folder = try TemporaryFolder()
    path = folder.file("a.h5")
  }

  @Test func numbersOfEveryTypeKeepTheirBits() throws {
    let floats: [Float] = [0, -0, 1.5, .infinity, .leastNonzeroMagnitude, Float(bitPattern: 0x7fc0_1234)]
    let doubles: [Double] = [0, -0, .pi, -.infinity, .nan, .leastNonzeroMagnitude]
    let draft = try HDF5Draft(path)
    try draft.root.write("float32", floats, shape: [2, 3])
    try draft.root.write("float64", doubles, shape: [3, 1, 2])
    try draft.root.write("int32", [Int32.min, 0, .max])
    try draft.root.write("int64", [Int64.min, 0, .max])
    try draft.root.write("uint8", [UInt8](0...255), shape: [16, 16])
    try draft.root.write("scalar", [Int64(42)], shape: [])
    try draft.root.write("empty", [Float](), shape: [0, 7])
    try draft.commit()
    let root = try HDF5File(path).root
    #expect(try root.dataset("float32").shape == [2, 3])
    #expect(try root.dataset("float32").read(Float.self).map(\.bitPattern) == floats.map(\.bitPattern))
    #expect(try root.dataset("float64").shape == [3, 1, 2])
    #expect(try root.dataset("float64").read(Double.self).map(\.bitPattern) == doubles.map(\.bitPattern))
    #expect(try root.dataset("int32").read(Int32.self) == [.min, 0, .max])
    #expect(try root.dataset("int64").read(Int64.self) == [.min, 0, .max])
    #expect(try root.dataset("uint8").read(UInt8.self) == [UInt8](0...255))
    #expect(try root.dataset("scalar").shape == [])
    #expect(try root.dataset("scalar").read(Int64.self) == [42])
    #expect(try root.dataset("empty").shape == [0, 7])
    #expect(try root.dataset("empty").read(Float.self) == [])
    for number in HDF5Number.allCases {
      #expect(try root.dataset(number.rawValue).content == .number(number))
    }
  }

  @Test(arguments: [[1], [3, 5], [1000, 700], [300_000], [64, 32, 3, 3], [0, 4], []])
  func compressionKeepsEverything(shape: [Int]) throws {
    let count = shape.reduce(1, *)
    let values = (0..<count).map { $0 % 7 == 0 ? Float($0).squareRoot() : 0 }
    let draft = try HDF5Draft(path)
    try draft.root.write("x", values, shape: shape, storage: .compressed(shape, level: 4))
    try draft.commit()
    #expect(try HDF5File(path).root.dataset("x").shape == shape)
    #expect(try HDF5File(path).root.dataset("x").read(Float.self) == values)
  }

  @Test func textsKeepTheirCharacters() throws {
    let texts = ["", "magnitude", "Erdős–Rényi", "🌲", String(repeating: "x", count: 100_000)]
    let draft = try HDF5Draft(path)
    try draft.root.write("texts", texts: texts)
    try draft.root.write("text", text: "{\"a\": 1}")
    try draft.root.write("none", texts: [])
    let error = #expect(throws: HDF5Error.self) { try draft.root.write("bad", texts: ["a\0b"]) }
    #expect(error?.message.contains("zero character") == true)
    try draft.commit()
    let root = try HDF5File(path).root
    #expect(try root.dataset("texts").readTexts() == texts)
    #expect(try root.dataset("text").shape == [])
    #expect(try root.dataset("text").readTexts() == ["{\"a\": 1}"])
    #expect(try root.dataset("none").readTexts() == [])
    #expect(try root.dataset("text").content == .text)
  }

  @Test func attributesComeBackAsTheyWere() throws {
    let values: [(String, HDF5Attribute)] = [
      ("text", "Größe"), ("texts", .texts(["a", "", "c"])), ("noTexts", .texts([])), ("integer", -3),
      ("number", 0.1), ("float", .float(0.1)), ("numbers", .numbers([1, .infinity])),
      ("long", .text(String(repeating: "y", count: 70_000))),
    ]
    let draft = try HDF5Draft(path)
    let dataset = try draft.root.write("x", [Float(1)])
    for (name, value) in values {
      try draft.root.setAttribute(name, value)
      try dataset.setAttribute(name, value)
    }
    try draft.commit()
    let root = try HDF5File(path).root
    for (name, value) in values {
      #expect(try root.attribute(name) == value)
      #expect(try root.dataset("x").attribute(name) == value)
    }
    #expect(try root.attribute("absent") == nil)
  }

  @Test func namesComeInTheOrderOfTheirMaking() throws {
    let names = (0..<20).map { "layer.\(19 - $0).weight" }
    let draft = try HDF5Draft(path)
    let ordered = try draft.root.createGroup("ordered")
    let sorted = try draft.root.createGroup("by name", ordered: false)
    for name in names {
      try ordered.write(name, [Float(0)])
      try sorted.write(name, [Float(0)])
    }
    try draft.commit()
    let root = try HDF5File(path).root
    #expect(try root.names() == ["ordered", "by name"])
    #expect(try root.group("ordered").names() == names)
    #expect(try root.group("by name").names() == names.sorted())
    #expect(try root.contains("ordered/layer.3.weight"))
    #expect(try !root.contains("ordered/layer.3.bias"))
    #expect(try !root.contains("absent/layer.3.weight"))
  }

  @Test func whatIsNotThereIsNamedWithWhatIs() throws {
    let draft = try HDF5Draft(path)
    let rounds = try draft.root.createGroup("rounds")
    _ = try rounds.createGroup("0")
    try rounds.write("count", [Int32(1)])
    try draft.commit()
    let root = try HDF5File(path).root
    let error = #expect(throws: HDF5Error.self) { _ = try root.group("rounds").group("7") }
    #expect(error?.object == "/rounds/7")
    #expect(error?.message == "there is no such object; /rounds holds: 0, count")
    let far = #expect(throws: HDF5Error.self) { _ = try root.dataset("rounds/7/weights/fc1.weight") }
    #expect(far?.message == "there is no such object; /rounds holds: 0, count")
    #expect(throws: HDF5Error.self) { _ = try root.dataset("rounds/0") }
    #expect(throws: HDF5Error.self) { _ = try root.group("rounds/count") }
    let other = #expect(throws: HDF5Error.self) { _ = try root.dataset("rounds/count").read(Float.self) }
    #expect(other?.message == "holds int32 of shape [1], not float32")
    #expect(throws: HDF5Error.self) { _ = try root.dataset("rounds/count").readTexts() }
    #expect(throws: HDF5Error.self) { _ = try root.dataset("rounds/count").readTable() }
  }

  @Test(arguments: ["", ".", "a/b", "a\0b"]) func namesThatCannotBeAreRefused(name: String) throws {
    let draft = try HDF5Draft(path)
    #expect(throws: HDF5Error.self) { try draft.root.write(name, [Float(1)]) }
    #expect(throws: HDF5Error.self) { _ = try draft.root.createGroup(name) }
  }

  @Test func aNameIsTakenOnce() throws {
    let draft = try HDF5Draft(path)
    try draft.root.write("x", [Float(1)])
    let error = #expect(throws: HDF5Error.self) { try draft.root.write("x", [Float(1)]) }
    #expect(error?.message.contains("exists") == true)
    #expect(throws: HDF5Error.self) { try draft.root.write("y", [Float(1)], shape: [2]) }
  }

  @Test func writingAfterTheEndIsAnError() throws {
    let draft = try HDF5Draft(path)
    let root = draft.root
    let group = try root.createGroup("g")
    try draft.commit()
    #expect(throws: HDF5Error.self) { try group.write("x", [Float(1)]) }
  }
}
