import CoppiceTensors

/// Makes damaged inputs of good ones, each from its number alone: flipped bits, pieces cut out, repeated, or put in from another input, and
/// numbers that are extreme.
package struct Mutator: Sendable {
  /// The good inputs.
  package let corpus: [[UInt8]]
  /// Pieces that are put in whole: words of the format.
  package let words: [[UInt8]]

  /// Numbers as text at which arithmetic breaks.
  private static let numbers = [
    "0", "-1", "1", "9223372036854775807", "-9223372036854775808", "9223372036854775808", "1e308", "-1e308",
    "1e999", "5e-324", "nan", "inf", "-inf", "0x10", "99999999999999999999999999", "2147483648", "-0.0",
    "1e19",
  ].map { Array($0.utf8) }

  /// A mutator of these inputs.
  package init(_ corpus: [[UInt8]], words: [String] = []) {
    (self.corpus, self.words) = (corpus, words.map { Array($0.utf8) })
  }

  /// A mutator of these texts.
  package init(_ corpus: [String], words: [String] = []) {
    self.init(corpus.map { Array($0.utf8) }, words: words)
  }

  /// The input of that number. The first ones are the corpus itself.
  package func input(_ number: Int) -> [UInt8] {
    guard number >= corpus.count else { return corpus[number] }
    var random = RandomStream(seed: UInt64(number), stream: .generation)
    func below(_ bound: Int) -> Int { Int(random.integer(below: UInt32(max(1, bound)))) }
    var bytes = corpus[below(corpus.count)]
    for _ in 0...below(4) {
      let place = below(bytes.count + 1)
      let piece = place..<min(bytes.count, place + 1 + below(below(2) == 0 ? 4 : bytes.count + 1))
      switch below(9) {
      case 0 where !piece.isEmpty: bytes[place] ^= 1 << UInt8(below(8))
      case 1 where !piece.isEmpty: bytes[place] = UInt8(below(256))
      case 2: bytes = Array(bytes.prefix(place))
      case 3: bytes.removeSubrange(piece)
      case 4: bytes.insert(contentsOf: Array(bytes[piece]), at: place)
      case 5:
        let other = corpus[below(corpus.count)]
        bytes = Array(bytes.prefix(place)) + other.dropFirst(below(other.count + 1))
      case 6: replaceNumber(in: &bytes, near: place, by: Self.numbers[below(Self.numbers.count)])
      case 7 where !words.isEmpty: bytes.insert(contentsOf: words[below(words.count)], at: place)
      default:
        // An extreme number of 1, 2, 4 or 8 bytes.
        let width = 1 << below(4)
        let fill: [UInt8] = [[0x00], [0xff], [0x7f, 0xff], [0x80, 0x00]][below(4)]
        for offset in 0..<width where place + offset < bytes.count {
          bytes[place + offset] = fill[min(offset, fill.count - 1)]
        }
      }
    }
    return bytes
  }

  /// Puts a number in the place of the next one in a text.
  private func replaceNumber(in bytes: inout [UInt8], near place: Int, by number: [UInt8]) {
    func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
    guard let start = bytes[place...].firstIndex(where: isDigit) ?? bytes.firstIndex(where: isDigit) else {
      return bytes.insert(contentsOf: number, at: place)
    }
    let end = bytes[start...].firstIndex { !isDigit($0) } ?? bytes.endIndex
    bytes.replaceSubrange(start..<end, with: number)
  }
}
