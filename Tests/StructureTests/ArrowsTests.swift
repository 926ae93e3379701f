import Testing

/// The rules themselves, on targets that break them.
@Suite struct ArrowsTests {
  @Test func wrongArrowsAreSaid() {
    #expect(
      Arrows.faults(of: "CoppicePruning", importing: ["CoppiceNetworks", "CoppiceTensors"]) == [
        "CoppicePruning may not import CoppiceNetworks: DESIGN draws no arrow from the one to the other"
      ])
    #expect(
      Arrows.faults(of: "CoppiceTensors", importing: ["CoppiceAutodiff"]) == [
        "CoppiceTensors may not import CoppiceAutodiff: arrows point down, and it stands above"
      ])
    #expect(
      Arrows.faults(of: "CoppiceNetworks", importing: ["ArgumentParser", "Foundation"]) == [
        "CoppiceNetworks may not import ArgumentParser: that is for CoppiceCommand"
      ])
    #expect(Arrows.faults(of: "CoppiceDatasets", importing: ["Crypto", "CZlib", "Foundation"]) == [])
    #expect(Arrows.faults(of: "CoppiceAttic", importing: []).count == 1)
  }

  @Test func onlyCommandImportsBenchmarksAndNothingImportsMain() {
    for floor in Arrows.floors {
      #expect(Arrows.faults(of: floor.target, importing: ["CoppiceMain"]).count == 1)
      #expect(
        Arrows.faults(of: floor.target, importing: ["CoppiceBenchmarks"]).isEmpty
          == (floor.target == "CoppiceCommand"))
      #expect(
        Arrows.faults(of: floor.target, importing: ["CoppiceCommand"]).isEmpty
          == ["CoppiceMain", "OwnProgram"].contains(floor.target))
      #expect(Arrows.faults(of: floor.target, importing: ["CoppiceTestSupport"]).count == 1)
    }
  }

  /// The table cannot be given an arrow that points up.
  @Test func theTableIsInOrder() {
    var below: Set<String> = []
    for floor in Arrows.floors {
      #expect(floor.mayImport.subtracting(below) == [], "\(floor.target) stands too low")
      #expect(below.insert(floor.target).inserted, "\(floor.target) is there twice")
    }
  }

  @Test func whatIsNotDeclaredOrNotUsedIsSaid() {
    let target = DeclaredTarget(
      name: "CoppiceStore", dependencies: ["CoppiceHDF5", "CoppiceTensors"], folder: "Sources/Store")
    #expect(
      Arrows.faults(of: target, using: ["CoppiceHDF5", "CoppiceTerms", "Foundation"]) == [
        "Sources/Store imports CoppiceTerms, which CoppiceStore does not declare in Package.swift",
        "CoppiceStore declares CoppiceTensors in Package.swift, and nothing in Sources/Store imports it",
      ])
    #expect(Arrows.faults(of: target, using: ["CoppiceHDF5", "CoppiceTensors"]) == [])
  }
}
