import CoppiceTestSupport
import Testing

@testable import CoppiceExchange

/// Pickles that would do more than make tensors, or less.
@Suite struct PickleMachineTests {
  private func message(_ bytes: [UInt8]) -> String {
    var machine = PickleMachine(bytes)
    do throws(HeaderFault) { _ = try machine.read() } catch { return error.reason }
    return ""
  }

  private func message(_ text: String) -> String { message([0x80, 2] + Array(text.utf8)) }

  @Test func whatWouldBeCalledIsNamed() {
    #expect(
      message("cos\nsystem\n(U\u{2}lstR.").hasPrefix("its pickle would call os.system; nothing in a file"))
    #expect(message("c__builtin__\neval\n(tR.").contains("would call __builtin__.eval"))
    #expect(
      message("ctorch.storage\n_load_from_bytes\n.").contains("would call torch.storage._load_from_bytes"))
    #expect(
      message([0x80, 4, 0x8c, 2] + Array("os".utf8) + [0x8c, 6] + Array("system".utf8) + [0x93]).contains(
        "os.system"))
    // Names that tensors need, called as they are not.
    #expect(message("ctorch\nFloatStorage\n)R.").contains("would call torch.FloatStorage with 0 values"))
    #expect(
      message("ccollections\nOrderedDict\n(]tR.").contains("would call collections.OrderedDict with 1 values")
    )
    #expect(message("K\u{1}}b.").contains("would set the state of an object"))
    #expect(message("K\u{1})R.").contains("would call something that has no name"))
    // NEWOBJ, INST, OBJ, EXT1, NEXT_BUFFER
    for code: UInt8 in [0x81, UInt8(ascii: "i"), UInt8(ascii: "o"), 0x82, 0x97] {
      #expect(
        message([0x80, 2, 0x29, 0x29, code]).contains("uses the operation 0x\(String(code, radix: 16))"))
    }
  }

  @Test func damagedPicklesAreNamed() {
    #expect(message("") == "its pickle is cut off")
    #expect(message("(K\u{1}.").contains("ends with more than one value"))
    #expect(message("t.").contains("takes values that are not there"))
    #expect(message("(\u{85}.").contains("that are not there") == false)
    #expect(message([0x80, 2, 0x85]).contains("takes a value that is not there"))
    #expect(message("h\u{1}.").contains("asks for a value that was not kept"))
    #expect(message([0x80, 7]).contains("is of version 7, and 2 to 4 are read"))
    #expect(message([0x80, 2, UInt8(ascii: "X"), 0xff, 0xff, 0xff, 0x7f]) == "its pickle is cut off")
    #expect(message([0x80, 2, UInt8(ascii: "U"), 1, 0xff]).contains("that is not UTF-8"))
    #expect(message("U\u{1}aQ.").contains("names a storage that cannot be"))
    #expect(message("c" + String(repeating: "a", count: 1000)).contains("is too long"))
  }

  /// Values that lie in each other a million times, and such that hold themselves, are but numbers here.
  @Test func deepAndLoopedValuesEndWell() {
    let deep =
      String(repeating: "]", count: 1) + String(repeating: "]", count: 1_000_000)
      + String(repeating: "a", count: 1_000_000) + "."
    #expect(message(deep) == "")
    #expect(message("}q\u{1}U\u{1}ah\u{1}s.") == "")
    #expect(message(String(repeating: "N", count: PickleMachine.mostValues + 1)).contains("has more than"))
  }

  @Test func longNumbersAreRead() throws {
    for (bytes, value) in [
      ([], 0), ([0xff], -1), ([0, 0, 1], 65536), ([UInt8](repeating: 0xff, count: 8), -1),
    ]
      as [([UInt8], Int)]
    {
      var machine = PickleMachine([0x80, 2, 0x8a, UInt8(bytes.count)] + bytes + Array(".".utf8))
      #expect(try machine.read() == .integer(value))
    }
  }
}
