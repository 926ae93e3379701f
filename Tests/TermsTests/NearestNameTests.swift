import CoppiceTerms
import Testing

@Suite struct NearestNameTests {
  @Test(arguments: [
    ("", "", 0), ("abc", "", 3), ("", "ab", 2), ("kitten", "sitting", 3), ("ab", "ba", 1), ("ca", "abc", 3),
    ("magnitude", "magintude", 1), ("flaw", "lawn", 2),
  ])
  func distances(a: String, b: String, distance: Int) {
    #expect(editDistance(Array(a), Array(b)) == distance)
    #expect(editDistance(Array(b), Array(a)) == distance)
  }

  @Test(arguments: [
    ("magntude", "magnitude"), ("Magnitude", "magnitude"), ("tailor", "taylor"), ("randmo", "random"),
    ("quickstart", nil), ("xy", nil), ("", nil),
  ])
  func nearest(name: String, expected: String?) {
    #expect(["magnitude", "random", "taylor"].nearest(to: name) == expected)
  }

  @Test func theFirstOfEqualsWins() {
    #expect(["fc1", "fc2", "fc3"].nearest(to: "fc4") == "fc1")
    #expect([String]().nearest(to: "fc4") == nil)
  }

  @Test func saysWhatThereIsInstead() {
    #expect(
      ["magnitude", "taylor"].instead(of: "tailor")
        == "; did you mean \"taylor\"? There are: magnitude, taylor")
    #expect(["magnitude", "taylor"].instead(of: "x") == ". There are: magnitude, taylor")
  }
}
