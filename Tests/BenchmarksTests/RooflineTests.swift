import CoppiceBenchmarks
import Testing

@Suite struct RooflineTests {
  /// 100 FLOP/s; 50 bytes a second in 64 bytes, 10 in 1,000.
  private let roofline = Roofline(
    peak: 100, levels: [.init(bytes: 64, bandwidth: 50), .init(bytes: 1_000, bandwidth: 10)])

  @Test func anOperationIsAsSlowAsItsSlowestPart() {
    #expect(roofline.leastSeconds(flops: 400, bytes: 50) == 4)
    #expect(roofline.bound(flops: 400, bytes: 50) == .arithmetic)
    #expect(roofline.leastSeconds(flops: 50, bytes: 50) == 1)
    #expect(roofline.bound(flops: 50, bytes: 50) == .memory(roofline.levels[0]))
    // What does not fit into the cache is bound by the memory behind it, and so is what fits into neither.
    #expect(roofline.leastSeconds(flops: 400, bytes: 500) == 50)
    #expect(roofline.bound(flops: 400, bytes: 500) == .memory(roofline.levels[1]))
    #expect(roofline.leastSeconds(flops: 0, bytes: 2_000) == 200)
    #expect(roofline.level(for: 64).bytes == 64 && roofline.level(for: 65).bytes == 1_000)
  }

  @Test func theMachineHasLimits() {
    let found = Roofline.measured(seconds: 1e-4)
    #expect(found.levels.map(\.bytes) == Roofline.workingSets)
    #expect(found.peak > 0 && found.peak.isFinite)
    #expect(found.levels.allSatisfy { $0.bandwidth > 0 && $0.bandwidth.isFinite })
  }

  @Test func callsOfALayerAreOneLine() throws {
    func call(_ scope: String, _ primitive: String, _ seconds: Double, _ flops: Int, _ bytes: Int)
      -> ExecutionProfile.Call
    { .init(primitive: primitive, scope: scope, seconds: seconds, flops: flops, bytes: bytes) }
    let form = NetworkProfile.Form(
      name: "dense",
      profile: ExecutionProfile(
        calls: [
          call("a", "affine", 4, 200, 50), call("b", "relu", 10, 0, 50), call("a", "affine", 8, 400, 50),
        ], whole: 21, runs: 5, memory: .init(leaves: 1, arena: 2, scratch: 3)))
    let profile = NetworkProfile(batch: 1, isTraining: false, roofline: roofline, forms: [form])
    let lines = profile.lines(form)
    #expect(lines.map(\.scope) == ["a", "b"] && lines.map(\.calls) == [2, 1])
    #expect(lines[0].seconds == 12 && lines[0].flops == 600 && lines[0].bytes == 100)
    // 2 s and 4 s at the peak.
    #expect(lines[0].leastSeconds == 6 && lines[0].attained == 0.5 && lines[0].attainable == 100)
    #expect(lines[0].flopRate == 50 && lines[0].bound == .arithmetic)
    // What only moves numbers has a rate of bytes.
    #expect(lines[1].flopRate == nil && lines[1].attainable == nil && lines[1].byteRate == 5)
    #expect(lines[1].attained == 0.1 && lines[1].bound == .memory(roofline.levels[0]))
    #expect(form.profile.seconds == 22 && form.profile.flops == 600 && form.profile.bytes == 150)
  }
}
