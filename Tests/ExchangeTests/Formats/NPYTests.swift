import CoppiceTestSupport
import Testing

@testable import CoppiceExchange

/// Headers of arrays of NumPy.
@Suite struct NPYTests {
  private func bytes(_ header: String, version: UInt8 = 1) -> [UInt8] {
    var bytes = NPY.magic + [version, 0]
    bytes.append(header.utf8.count, width: version == 1 ? 2 : 4)
    return bytes + Array(header.utf8)
  }

  private func message(_ header: String) -> String {
    do throws(HeaderFault) { _ = try NPY.header(bytes(header)) } catch { return error.reason }
    return ""
  }

  @Test func headersAreRead() throws {
    let header = "{'descr': '>f8', 'fortran_order': True, 'shape': (2, 3L), }   \n"
    for version: UInt8 in 1...3 {
      let read = try NPY.header(bytes(header, version: version))
      #expect(read.shape == [2, 3] && read.type == .float64 && read.isBigEndian && read.isColumnMajor)
      #expect(read.count == header.utf8.count + (version == 1 ? 10 : 12))
    }
    #expect(try NPY.header(bytes("{\"shape\":(),'descr':'|u1','fortran_order':False}")).shape == [])
    #expect(try NPY.header(bytes("{\"shape\":(5,),'descr':'|u1','fortran_order':False}")).shape == [5])
  }

  @Test func damagedHeadersAreNamed() {
    func with(descr: String = "'<f4'", order: String = "False", shape: String = "(1,)") -> String {
      message("{'descr': \(descr), 'fortran_order': \(order), 'shape': \(shape), }")
    }
    #expect(with() == "")
    #expect(with(descr: "'<f3'").contains("it is of the type <f3, and known are b1"))
    #expect(with(descr: "'|O'").contains("it holds Python objects"))
    #expect(with(descr: "[('a', '<f4')]").contains("it is a table"))
    #expect(with(order: "Maybe").contains("should be True or False"))
    #expect(with(shape: "(-1,)").contains("should be a whole number"))
    #expect(with(shape: "(9223372036854775807,)").contains("a whole number that can be counted"))
    #expect(with(shape: "(4294967296, 4294967296)").contains("more elements than can be counted"))
    #expect(with(shape: "(" + String(repeating: "1,", count: 65) + ")").contains("at most 64 numbers"))
    #expect(message("{'descr': '<f4'}").contains("is not a type, an order and a shape"))
    #expect(message("{'descr': '<f4', 'descr': '<f4'}").contains("a field descr that is not known"))
    #expect(message("").contains("should be \"{\""))
  }
}
