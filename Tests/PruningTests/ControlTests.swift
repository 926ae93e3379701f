import CoppicePruning
import Testing

@Suite struct ControlTests {
  @Test func names() throws {
    #expect(Control.allCases.map(\.description) == ["none", "random-reinit", "random-mask"])
    for control in Control.allCases { #expect(try Control.named(control.rawValue) == control) }
    #expect(
      throws: PruningError.unknownComponent(
        "random-init", kind: "control", nearest: "random-reinit",
        known: ["none", "random-reinit", "random-mask"])
    ) { try Control.named("random-init") }
  }
}
