import CoppiceAutodiff
import Testing

/// When a team stops working together.
struct CrowdTests {
  private let millisecond = 1_000_000

  @Test("small losses do not matter; each loss soon after a pause makes the next one longer")
  func pauses() {
    let crowd = Crowd()
    #expect(crowd.note(900_000, at: 0) == 0)
    var now = 0
    var lengths: [Int] = []
    for _ in 0..<6 {
      let length = crowd.note(3 * millisecond, at: now)
      lengths.append(length / millisecond)
      now += length + 5 * millisecond
    }
    #expect(lengths == [50, 100, 200, 400, 800, 800])
    #expect(crowd.note(3 * millisecond, at: now + 1000 * millisecond) == 50 * millisecond)
  }

  @Test("a pause ends")
  func end() {
    let crowd = Crowd()
    #expect(!crowd.isCrowded)
    crowd.note(millisecond)
    #expect(crowd.isCrowded)
    crowd.note(millisecond, at: Nanoseconds.now - 10_000 * millisecond)
    #expect(!crowd.isCrowded)
  }
}
