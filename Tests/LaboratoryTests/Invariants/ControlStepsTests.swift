import CoppiceLaboratory
import CoppiceStore
import Testing

@Suite struct ControlStepsTests {
  @Test(arguments: [30, 31]) func noFewerStepsHold(steps: Int) {
    let found = Sights.foundInRound("control-steps") { $0.steps = (steps, 30) }
    #expect(found == InvariantRecord("control-steps"))
    // A ticket is no control.
    #expect(Sights.foundInRound("control-steps") == nil)
  }

  @Test func fewerStepsBreakIt() {
    let fault = Sights.foundInRound("control-steps") { $0.steps = (29, 30) }?.fault
    #expect(fault?.contains("the control has had 29 steps, and its ticket 30") == true)
  }
}
