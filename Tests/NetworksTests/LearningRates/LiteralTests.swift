import CoppiceNetworks
import Testing

@Suite struct LiteralTests {
  @Test func aNumberIsAConstantRate() {
    let rate: LearningRate = 0.1
    let whole: LearningRate = 1
    #expect(rate == .constant(0.1) && whole == .constant(1))
    #expect(rate(step: 7, total: 10) == 0.1)
  }
}
