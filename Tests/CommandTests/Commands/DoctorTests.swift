import Foundation
import Testing

@Suite struct DoctorTests {
  @Test func thePublishedDigestsHold() throws {
    let program = try Sweeps.finished.get()
    let outcome = try program.run(["doctor", "--bits"])
    #expect(outcome.status == 0, "\(outcome.output)")
    #expect(outcome.output.contains("causal transformer") && outcome.output.contains("10 families on "))
    #expect(outcome.output.hasSuffix(": 10 identical\n"))
    let json = try object(try program.run(["doctor", "--bits", "--json"]).output)
    #expect(json["proven"] as? Bool == true && json["kernels"] is String)
    // What came out is printed for those who raise the version.
    let list = try program.run(["doctor", "--bits", "--list"])
    #expect(list.output.split(separator: "\n").count == 10)
    #expect(list.output.split(separator: "\n").allSatisfy { $0.prefix(64).allSatisfy(\.isHexDigit) })
    #expect(try program.run(["doctor", "--list"]).status == 64)
  }
}
