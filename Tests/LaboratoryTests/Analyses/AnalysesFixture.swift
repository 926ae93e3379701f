import CoppiceStore
import CoppiceTensors
import Foundation
import Testing

/// What NumPy and SciPy find: Tests/Reference/analyses.py.
struct AnalysesFixture: Decodable {
  struct Topology: Decodable {
    let one: [[Int]]
    let other: [[Int]]
    let layers: Int
    let distances: [Double]
  }

  struct Assigned: Decodable {
    let rows: Int
    let costs: [Double]
    let columns: [Int]
    let cost: Double
  }

  struct Weight: Decodable {
    let weights: [Float]
    let initial: [Float]
    let kept: [Int]
    let mean, deviation, kurtosis, flipped: Double
    let quantiles: [Double]
    let histogram: [Double]
  }

  struct Events: Decodable {
    let probabilities: [Double]
    let distribution: [Double]
  }

  let topologies: [Topology]
  let assignments: [Assigned]
  let weight: Weight
  let events: Events

  static func read() throws -> AnalysesFixture {
    let url = try #require(
      Bundle.module.url(forResource: "analyses", withExtension: "json", subdirectory: "Fixtures"))
    return try JSONDecoder().decode(AnalysesFixture.self, from: Data(contentsOf: url))
  }
}

extension NamedTable {
  func texts(_ name: String) -> [String] {
    if case .texts(let values)? = self[name]?.values { values } else { [] }
  }

  func integers(_ name: String) -> [Int] {
    if case .integers(let values)? = self[name]?.values { values } else { [] }
  }

  func numbers(_ name: String) -> [Double] {
    if case .numbers(let values)? = self[name]?.values { values } else { [] }
  }
}

/// Numbers that are one up to rounding, or both not measured.
func areClose(_ one: [Double], _ other: [Double], within tolerance: Double = 1e-12) -> Bool {
  one.count == other.count
    && zip(one, other).allSatisfy { ($0.isNaN && $1.isNaN) || abs($0 - $1) <= tolerance * max(1, abs($1)) }
}
