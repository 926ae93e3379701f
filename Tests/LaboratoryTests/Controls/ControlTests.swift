import CoppiceLaboratory
import CoppiceTerms
import Testing

@Suite struct ControlTests {
  @Test func names() throws {
    #expect(Control.allCases.map(\.description) == ["none", "random-reinit", "random-mask"])
    for control in Control.allCases { #expect(try Control(parsing: control.name) == control) }
    #expect(
      throws: ComponentError.unknown(
        "control", "random-init", known: ["none", "random-reinit", "random-mask"])
    ) { try Control(parsing: "random-init") }
  }
}
