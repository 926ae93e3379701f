import CoppiceLaboratory
import CoppiceTestSupport
import Foundation
import Testing

@Suite struct EnergyCounterTests {
  private func write(_ folder: TemporaryFolder, _ name: String, _ energy: Double, range: Double?) throws {
    let path = folder.file(name)
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try "\(Int(energy))\n".write(toFile: path + "/energy_uj", atomically: true, encoding: .utf8)
    if let range {
      try "\(Int(range))\n".write(toFile: path + "/max_energy_range_uj", atomically: true, encoding: .utf8)
    }
  }

  @Test func packagesAreAddedAndCountersGoRound() throws {
    let folder = try TemporaryFolder()
    try write(folder, "intel-rapl:0", 9_000_000, range: 10_000_000)
    try write(folder, "intel-rapl:1", 1_000_000, range: 50_000_000)
    // A part of a package, and something else.
    try write(folder, "intel-rapl:0:0", 5_000_000, range: 10_000_000)
    try write(folder, "dtpm", 5_000_000, range: 10_000_000)
    let counter = try #require(EnergyCounter(folder: folder.path))
    let start = try #require(counter.reading())
    #expect(start == [9_000_000, 1_000_000])
    try write(folder, "intel-rapl:0", 2_000_000, range: nil)
    try write(folder, "intel-rapl:1", 1_500_000, range: nil)
    #expect(counter.joules(from: start, to: try #require(counter.reading())) == 3.5)
    try FileManager.default.removeItem(atPath: folder.file("intel-rapl:1"))
    #expect(counter.reading() == nil)
  }

  @Test func whereThereAreNoneThereIsNone() throws {
    let folder = try TemporaryFolder()
    #expect(EnergyCounter(folder: folder.path) == nil)
    #expect(EnergyCounter(folder: folder.file("nowhere")) == nil)
    try write(folder, "intel-rapl:0", 1, range: nil)
    #expect(EnergyCounter(folder: folder.path) == nil, "a counter that goes round nobody knows where")
  }
}
