import CoppiceTensors
import Foundation
import Testing

/// Against correctly rounded values from mpmath (Tests/Reference/elementary.py).
@Suite struct ElementaryTests {
  private static let limits: [(name: String, ulps: Double)] = [
    ("exp", 1), ("expm1", 2), ("log", 1), ("sin", 1), ("cos", 1), ("tanh", 2), ("pow", 2),
  ]

  @Test(arguments: limits)
  func agreesWithTheReference(_ limit: (name: String, ulps: Double)) throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../Reference/elementary.txt")
    var worst = 0.0
    var cases = 0
    for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
      let fields = line.split(separator: " ")
      guard fields[0] == limit.name else { continue }
      let numbers = fields.dropFirst().compactMap { UInt64($0, radix: 16) }.map(Double.init(bitPattern:))
      try #require(numbers.count == fields.count - 1)
      let expected = numbers[numbers.count - 1]
      let value = evaluate(limit.name, numbers)
      let error = value == expected ? 0 : (value - expected).magnitude / expected.ulp
      #expect(error <= limit.ulps, "\(limit.name)(\(numbers.dropLast())) = \(value), not \(expected)")
      worst = max(worst, error)
      cases += 1
    }
    #expect(cases >= 200)
  }

  private func evaluate(_ name: String, _ x: [Double]) -> Double {
    switch name {
    case "exp": Elementary.exp(x[0])
    case "expm1": Elementary.expm1(x[0])
    case "log": Elementary.log(x[0])
    case "sin": Elementary.sin(x[0])
    case "cos": Elementary.cos(x[0])
    case "tanh": Elementary.tanh(x[0])
    default: Elementary.pow(x[0], x[1])
    }
  }

  @Test func specialValues() {
    let inf = Double.infinity
    #expect(Elementary.exp(0) as Double == 1)
    #expect(Elementary.exp(inf) == inf && Elementary.exp(-inf) == 0 && Elementary.exp(Double.nan).isNaN)
    #expect(Elementary.exp(709.9) == inf && Elementary.exp(-746.0) == 0)
    #expect(Elementary.exp(-745.0) > 0)
    #expect(Elementary.expm1(0.0) == 0 && Elementary.expm1(-inf) == -1 && Elementary.expm1(inf) == inf)
    #expect(Elementary.log(1.0) == 0 && Elementary.log(0.0) == -inf && Elementary.log(-0.0) == -inf)
    #expect(Elementary.log(-1.0).isNaN && Elementary.log(inf) == inf && Elementary.log(Double.nan).isNaN)
    #expect(Elementary.sin(-0.0).sign == .minus && Elementary.sin(inf).isNaN && Elementary.sin(0x1p46).isNaN)
    #expect(Elementary.cos(0.0) == 1 && Elementary.cos(-inf).isNaN && Elementary.cos(Double.nan).isNaN)
    #expect(Elementary.tanh(inf) == 1 && Elementary.tanh(-inf) == -1 && Elementary.tanh(Double.nan).isNaN)
    #expect(Elementary.tanh(-0.0).sign == .minus && Elementary.tanh(30.0) == 1)
  }

  @Test func specialPowers() {
    let inf = Double.infinity
    let nan = Double.nan
    #expect(Elementary.pow(nan, 0) == 1 && Elementary.pow(1, nan) == 1 && Elementary.pow(nan, 1).isNaN)
    #expect(Elementary.pow(-2.0, 3) == -8 && Elementary.pow(-2.0, 4) == 16 && Elementary.pow(-2, 0.5).isNaN)
    #expect(
      Elementary.pow(0, 2.0) == 0 && Elementary.pow(0, -2.0) == inf && Elementary.pow(-0.0, -3.0) == -inf)
    #expect(Elementary.pow(-0.0, 3.0).sign == .minus && Elementary.pow(-inf, 3.0) == -inf)
    #expect(Elementary.pow(inf, -1.0) == 0 && Elementary.pow(-1.0, inf) == 1)
    #expect(
      Elementary.pow(0.5, inf) == 0 && Elementary.pow(0.5, -inf) == inf && Elementary.pow(2, inf) == inf)
    #expect(Elementary.pow(10.0, 400) == inf && Elementary.pow(10.0, -400) == 0)
    #expect(Elementary.pow(3.0, 2) == 9 && Elementary.pow(10.0, 3) == 1000 && Elementary.pow(4.0, 0.5) == 2)
  }

  @Test func floatVersionsRoundOnce() {
    #expect(Elementary.exp(Float(1)) == 2.7182817)
    #expect(Elementary.log(Float(2)) == 0.6931472)
    #expect(Elementary.sin(Float(1)) == 0.84147096)
    #expect(Elementary.cos(Float(1)) == 0.5403023)
    #expect(Elementary.tanh(Float(0.5)) == 0.46211717)
    #expect(Elementary.pow(Float(2), Float(0.5)) == 1.4142135)
    #expect(Elementary.expm1(Float(1e-6)) == 1.0000005e-6)
  }
}
