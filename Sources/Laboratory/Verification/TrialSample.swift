import CoppiceTensors

/// Which of many trials are verified, where not all of them are.
package enum TrialSample {
  /// So many different places below `count`, ascending; all of them where that many are not there. Every choice is as likely.
  package static func places(_ wanted: Int, of count: Int, seed: Int) -> [Int] {
    guard wanted < count else { return Array(0..<count) }
    var stream = RandomStream(seed: UInt64(bitPattern: Int64(seed)), stream: .split)
    var places = Array(0..<count)
    for place in 0..<max(0, wanted) {
      places.swapAt(place, place + Int(stream.integer(below: UInt32(count - place))))
    }
    return places.prefix(max(0, wanted)).sorted()
  }
}
