import CoppiceLaboratory
import CoppiceStore
import CoppiceTensors
import Testing

@Suite struct RewoundWeightsTests {
  /// The weights of step 7: those that survive are the ones the training begins with, and where it is pruned they are others.
  private let origin = Sights.weights.changing("fc.weight", at: 1, to: 3)

  private func found(_ origin: ParameterSet) -> InvariantRecord? {
    Sights.found("rewound-weights") { ($0.step, $0.origin) = (0, (7, origin)) }
  }

  @Test func survivorsAreThoseOfTheirStep() {
    #expect(found(origin) == InvariantRecord("rewound-weights"))
    #expect(Sights.found("rewound-weights") == nil)
  }

  @Test(arguments: [("fc.weight", 0), ("fc.bias", 1)]) func anotherBitBreaksIt(name: String, place: Int) {
    let value = (origin[name]?.scalars[place] ?? 0).nextUp
    let fault = found(origin.changing(name, at: place, to: value))?.fault
    #expect(fault?.contains("1 of \(name), at place \(place) that survive are not those of step 7") == true)
    // Zeros of either sign are other bits.
    #expect(found(origin.changing("fc.weight", at: 5, to: -0.0))?.isHeld == false)
  }
}
