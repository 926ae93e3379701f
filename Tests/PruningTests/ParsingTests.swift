import CoppicePruning
import CoppiceTensors
import CoppiceTerms
import Testing

@Suite struct ParsingTests {
  @Test func everyComponentReadsBackWhatItPrints() throws {
    let criteria =
      Criteria.all + [
        .woodFisher(block: 7, damping: 0.5, update: .joint), .sparseGPT(block: 32, damping: 0),
        .chita(damping: 2, iterations: 5), .relevance(alpha: 2), .relevance(epsilon: 0.5),
      ]
    for criterion in criteria { #expect(try Criterion(parsing: "\(criterion)") == criterion) }
    for granularity in Granularities.all
      + [
        .neuron(aggregate: .maximum), .head(aggregate: .l2, normalised: true),
        .head(coupling: Coupling()), .head(aggregate: .sum, coupling: Coupling(ranked: true, floor: 2)),
        .residualBranch(aggregate: .l2, coupling: Coupling(floor: 0)),
        .residualBlock(normalised: true, coupling: Coupling(ranked: true)), .neuron(normalised: true),
        .block(rows: 1, columns: 8, aggregate: .sum), .oneByN(outputs: 16, normalised: true),
        .nOfM(keep: 4, of: 8, uneven: .dense, permuted: true),
      ]
    {
      #expect(try Granularity(parsing: "\(granularity)") == granularity)
    }
    for allocation in Allocations.all + [
      .layerWise(rates: ["conv1": 0.25, "fc1.weight": 2], output: 0.5, ignoring: ["fc3", "block.0"]),
      .rowWise(rates: ["conv1": 0.25], output: 0.5, ignoring: ["fc3"]), .global(ignoring: ["fc3"]),
      .erdosRenyi(ignoring: ["fc3"]), .erdosRenyiKernel(ignoring: ["fc3"]),
    ] {
      #expect(try Allocation(parsing: "\(allocation)") == allocation)
    }
  }

  @Test func fieldsWithADefaultMayBeLeftOut() throws {
    #expect(try Granularity(parsing: "filter") == .neuron)
    #expect(try Criterion(parsing: "obs(update: joint)") == .woodFisher(update: .joint))
    #expect(try Criterion(parsing: "sparse-gpt(damping: 0.1)") == .sparseGPT(damping: 0.1))
    #expect(try Criterion(parsing: "obd") == .optimalBrainDamage)
    #expect(try Allocation(parsing: "layer-wise(rates: rates(fc1: 1))") == .layerWise(rates: ["fc1": 1]))
  }

  @Test func errorsNameWhatIsMeant() {
    #expect(throws: ComponentError.unknown("criterion", "magnitud", known: Criteria.all.map(\.name))) {
      try Criterion(parsing: "magnitud")
    }
    #expect(
      throws: ComponentError.specification(.unknownField("batch", of: "taylor", nearest: nil, known: []))
    ) { try Criterion(parsing: "taylor(batch: 3)") }
    #expect(
      throws: ComponentError.specification(
        .wrongField(
          "aggregate", of: "neuron", found: "median", expected: "one of mean, sum, maximum, l2"))
    ) { try Granularity(parsing: "neuron(aggregate: median)") }
    #expect(throws: ComponentError.unknown("allocation", "golbal", known: Allocations.all.map(\.name))) {
      try Allocation(parsing: "golbal")
    }
    #expect(throws: ComponentError.self) { try Allocation(parsing: "global(output: 0.5)") }
  }
}
