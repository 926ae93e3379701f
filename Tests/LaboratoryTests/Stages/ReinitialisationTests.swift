import CoppiceLaboratory
import CoppiceTensors
import Testing

/// Initial weights that controls make from a trial's own.
@Suite struct ReinitialisationTests {
  private let regimen: Regimen
  private let own: ParameterSet

  init() throws {
    regimen = try TrialPlan(Trial.tiny.with { $0.model = .mlp([12]) }, Bench.library).regimen
    own = try regimen.initialParameters(draw: 0)
  }

  private func made(
    _ way: Reinitialisation, draw: Int = 1, masks: MaskSet? = nil
  ) throws -> (weight: [Float], parameters: ParameterSet) {
    let parameters = try regimen.initialParameters(way, draw: draw, masks: masks)
    return (parameters["fc1.weight"]?.scalars ?? [], parameters)
  }

  private var weight: [Float] { own["fc1.weight"]?.scalars ?? [] }

  @Test func signedOnesHaveFreshSizesAndOldSigns() throws {
    let (found, fresh) = (try made(.signed, draw: 3).weight, try regimen.initialParameters(draw: 3))
    let sizes = (fresh["fc1.weight"]?.scalars ?? []).map(\.magnitude)
    #expect(found.map(\.magnitude) == sizes && found.map(\.sign) == weight.map(\.sign))
    #expect(found != fresh["fc1.weight"]?.scalars && found != weight)
    // Biases begin at 0 and stay there.
    #expect(try made(.signed).parameters["fc1.bias"] == own["fc1.bias"])
  }

  /// Glorot's uniform weights in ±√(6 / 28) have the standard deviation √(6 / 28) / √3.
  @Test func constantsHaveOneSizeALayer() throws {
    let found = try made(.signedConstant).weight
    let size = try #require(found.first?.magnitude)
    #expect(found.allSatisfy { $0.magnitude == size } && found.map(\.sign) == weight.map(\.sign))
    var (sum, squares) = (0.0, 0.0)
    for value in weight { (sum, squares) = (sum + Double(value), squares + Double(value) * Double(value)) }
    let count = Double(weight.count)
    let variance = squares / count - (sum / count) * (sum / count)
    #expect(abs(Double(size) - variance.squareRoot()) < 1e-6 * Double(size))
    #expect(try made(.signedConstant).parameters["fc2.weight"]?.scalars.first?.magnitude != size)
    // What is no weight stays: a bias has no deviation.
    #expect(try made(.signedConstant).parameters["fc1.bias"] == own["fc1.bias"])
  }

  @Test func permutedOnesAreTheSameInAnotherOrder() throws {
    let found = try made(.permuted).weight
    #expect(found.sorted() == weight.sorted() && found != weight)
    #expect(try made(.permuted, draw: 2).weight != found && made(.permuted).weight == found)
  }

  @Test func reshuffledSurvivorsStayAmongThemselves() throws {
    let declared = try #require(own["fc1.weight"])
    let bytes = declared.scalars.indices.map { UInt8($0 % 3 == 0 ? 1 : 0) }
    let masks = MaskSet([("fc1.weight", Mask(declared.shape, bytes))])
    let found = try made(.reshuffled, masks: masks).weight
    func values(_ scalars: [Float], _ byte: UInt8) -> [Float] {
      scalars.indices.filter { bytes[$0] == byte }.map { scalars[$0] }
    }
    #expect(values(found, 0) == values(weight, 0))
    #expect(values(found, 1).sorted() == values(weight, 1).sorted() && values(found, 1) != values(weight, 1))
  }
}
