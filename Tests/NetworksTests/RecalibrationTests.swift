import CoppiceNetworks
import CoppiceTensors
import Foundation
import Testing

/// Running statistics made anew, beside PyTorch's with `momentum=None`: Tests/Reference/retraining.py.
@Suite struct RecalibrationTests {
  private static let family = Family.all[3]

  private func recalibrated(
    _ family: Family, from buffers: ParameterSet? = nil, batches: Int, threads: Int = 1
  ) throws -> ParameterSet {
    let network = try family.traced()
    return try Recalibration.buffers(
      of: network, ReferenceNumbers.parameters(network), buffers ?? network.initialBuffers,
      masks: ReferenceNumbers.masks(network), batch: family.batch, count: batches, seed: 1, threads: threads
    ) { ReferenceNumbers.fill($0, family.interface, batch: family.batch, $1, $2) }
  }

  @Test func statisticsArePyTorchs() throws {
    let url = try #require(
      Bundle.module.url(forResource: "recalibration", withExtension: "json", subdirectory: "Fixtures"))
    let expected = try JSONDecoder().decode([String: [Double]].self, from: Data(contentsOf: url))
    let found = try recalibrated(Self.family, batches: 3)
    #expect(Set(found.names) == Set(expected.keys) && !expected.isEmpty)
    for (name, wanted) in expected {
      let scale = wanted.map(abs).max() ?? 0
      for (a, b) in zip(try #require(found[name]).scalars, wanted) {
        #expect(abs(Double(a) - b) <= 2e-6 * scale, "\(name): \(a), not \(b)")
      }
    }
  }

  /// Nothing is left of the statistics before, whatever they were.
  @Test func whatWasThereBeforeDoesNotCount() throws {
    let network = try Self.family.traced()
    let wild = network.initialBuffers.mapValues { Tensor(repeating: 1e6, $0.shape) }
    let plain = try recalibrated(Self.family, batches: 2)
    #expect(try recalibrated(Self.family, from: wild, batches: 2).hasSameBits(as: plain))
    #expect(!plain.hasSameBits(as: network.initialBuffers))
  }

  @Test func bitsDoNotDependOnThreads() throws {
    let one = try recalibrated(Self.family, batches: 2)
    #expect(try recalibrated(Self.family, batches: 2, threads: 3).hasSameBits(as: one))
  }

  @Test(arguments: Family.all)
  func onlyNormalisationsOfBatchesHaveStatistics(family: Family) throws {
    let network = try family.traced()
    #expect(try network.runningStatistics().isEmpty == (family.name != "resnet"))
    #expect(Set(try network.runningStatistics()) == Set(network.buffers.map(\.name)))
  }
}
