import CoppicePruning
import CoppiceTensors
import Testing

@Suite struct ParsingTests {
  @Test func everyComponentReadsBackWhatItPrints() throws {
    for criterion in Criteria.all { #expect(try Criterion(parsing: "\(criterion)") == criterion) }
    for granularity in Granularities.all {
      #expect(try Granularity(parsing: "\(granularity)") == granularity)
    }
    for allocation in Allocations.all + [
      .layerWise(rates: ["conv1": 0.25, "fc1.weight": 2], output: 0.5, ignoring: ["fc3", "block.0"]),
      .global(ignoring: ["fc3"]), .erdosRenyi(ignoring: ["fc3"]), .erdosRenyiKernel(ignoring: ["fc3"]),
    ] {
      #expect(try Allocation(parsing: "\(allocation)") == allocation)
    }
  }

  @Test func fieldsWithADefaultMayBeLeftOut() throws {
    #expect(try Granularity(parsing: "filter") == .neuron)
    #expect(try Allocation(parsing: "layer-wise(rates: rates(fc1: 1))") == .layerWise(rates: ["fc1": 1]))
  }

  @Test func errorsNameWhatIsMeant() {
    #expect(
      throws: PruningError.unknownComponent(
        "magnitud", kind: "criterion", nearest: "magnitude", known: Criteria.all.map(\.name))
    ) { try Criterion(parsing: "magnitud") }
    #expect(
      throws: PruningError.specification(.unknownField("batch", of: "taylor", nearest: nil, known: []))
    ) { try Criterion(parsing: "taylor(batch: 3)") }
    #expect(throws: PruningError.self) { try Allocation(parsing: "global(output: 0.5)") }
  }
}
