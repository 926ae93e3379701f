import CoppiceStore

extension RowExpression {
  /// Reads an expression.
  /// - Throws: `ReportingError.unreadableExpression` with the place of what cannot be read.
  package init(parsing text: String) throws(ReportingError) {
    var parser = RowExpressionParser(text)
    self = try parser.expression(depth: 0)
    parser.skipSpaces()
    guard parser.isAtEnd else { throw parser.fault("&& or || stands between two conditions") }
  }
}

/// A recursive descent over the letters of an expression.
private struct RowExpressionParser {
  private let text: String
  private let letters: [Unicode.Scalar]
  private var place = 0

  /// How deep parentheses and `!` may stand in each other.
  private static let deepest = 100

  init(_ text: String) { (self.text, letters) = (text, Array(text.unicodeScalars)) }

  var isAtEnd: Bool { place >= letters.count }

  /// What is wrong at a place, else at this one.
  func fault(_ reason: String, at start: Int? = nil) -> ReportingError {
    .unreadableExpression(text, place: (start ?? place) + 1, reason: reason)
  }

  mutating func skipSpaces() {
    while place < letters.count, letters[place].properties.isWhitespace { place += 1 }
  }

  private mutating func accept(_ sign: String) -> Bool {
    skipSpaces()
    let wanted = Array(sign.unicodeScalars)
    guard letters[place...].starts(with: wanted) else { return false }
    place += wanted.count
    return true
  }

  /// The word `in`, behind which no name goes on.
  private mutating func acceptIn() -> Bool {
    let start = place
    guard accept("in"), place >= letters.count || !Self.isOfName(letters[place]) else {
      place = start
      return false
    }
    return true
  }

  mutating func expression(depth: Int) throws(ReportingError) -> RowExpression {
    var parts = [try all(depth: depth)]
    while accept("||") { parts.append(try all(depth: depth)) }
    return parts.count == 1 ? parts[0] : .any(parts)
  }

  private mutating func all(depth: Int) throws(ReportingError) -> RowExpression {
    var parts = [try term(depth: depth)]
    while accept("&&") { parts.append(try term(depth: depth)) }
    return parts.count == 1 ? parts[0] : .all(parts)
  }

  private mutating func term(depth: Int) throws(ReportingError) -> RowExpression {
    guard depth < Self.deepest else { throw fault("it is nested too deeply") }
    if accept("!") { return .not(try term(depth: depth + 1)) }
    if accept("(") {
      let inner = try expression(depth: depth + 1)
      guard accept(")") else { throw fault("a parenthesis is not closed") }
      return inner
    }
    let start = place
    let one = try operand()
    if acceptIn() { return try membership(of: one, at: start) }
    guard let sign = sign() else {
      if case .text = one { throw fault("a text alone is no condition", at: start) }
      if case .number = one { throw fault("a number alone is no condition", at: start) }
      if case .column("true", _) = one { return .constant(true) }
      if case .column("false", _) = one { return .constant(false) }
      return .isTrue(one)
    }
    skipSpaces()
    let second = place
    let other = try operand()
    for (operand, start) in [(one, start), (other, second)] {
      if case .text(let text) = operand, sign.isOrder {
        throw fault("\(sign.rawValue) compares numbers, and \"\(text)\" is none", at: start)
      }
    }
    return .comparison(Self.value(one), sign, Self.value(other))
  }

  /// `true` and `false` are the numbers that flags are.
  private static func value(_ operand: RowExpression.Operand) -> RowExpression.Operand {
    switch operand {
    case .column("true", _): .number(1)
    case .column("false", _): .number(0)
    default: operand
    }
  }

  private mutating func membership(
    of one: RowExpression.Operand, at start: Int
  ) throws(ReportingError) -> RowExpression {
    guard accept("[") else {
      let column = try operand()
      guard case .column = column else {
        throw fault("behind in stands a list in brackets or a column of words")
      }
      return .isWord(one, of: column)
    }
    var values = [Self.value(try operand())]
    while accept(",") { values.append(Self.value(try operand())) }
    guard accept("]") else { throw fault("a list ends with ]") }
    return .isOne(Self.value(one), of: values)
  }

  private mutating func sign() -> RowExpression.Sign? {
    for sign in RowExpression.Sign.allCases where accept(sign.rawValue) { return sign }
    return accept("=") ? .equal : nil
  }

  private mutating func operand() throws(ReportingError) -> RowExpression.Operand {
    skipSpaces()
    guard let first = place < letters.count ? letters[place] : nil else {
      throw fault("a value is missing: a number, a text in quotes or the name of a column")
    }
    if first == "\"" || first == "'" { return .text(try quoted(by: first)) }
    if ("0"..."9").contains(first) || "+-.".unicodeScalars.contains(first) { return .number(try number()) }
    guard Self.beginsName(first) else {
      throw fault("a value stands here: a number, a text in quotes or the name of a column")
    }
    let start = place
    while place < letters.count, Self.isOfName(letters[place]) { place += 1 }
    return .column(word(from: start), at: start)
  }

  private static func beginsName(_ letter: Unicode.Scalar) -> Bool {
    letter == "_" || letter.properties.isAlphabetic
  }

  private static func isOfName(_ letter: Unicode.Scalar) -> Bool {
    beginsName(letter) || ("0"..."9").contains(letter) || letter == "-" || letter == "."
  }

  private func word(from start: Int) -> String {
    var word = String.UnicodeScalarView()
    word.append(contentsOf: letters[start..<place])
    return String(word)
  }

  private mutating func quoted(by quote: Unicode.Scalar) throws(ReportingError) -> String {
    let start = place
    place += 1
    var text = String.UnicodeScalarView()
    while place < letters.count, letters[place] != quote {
      if letters[place] == "\\", place + 1 < letters.count { place += 1 }
      text.append(letters[place])
      place += 1
    }
    guard place < letters.count else { throw fault("the text that begins here has no end", at: start) }
    place += 1
    return String(text)
  }

  private mutating func number() throws(ReportingError) -> Double {
    let start = place
    while place < letters.count {
      let letter = letters[place]
      let isSign = letter == "+" || letter == "-"
      let isExponentSign = isSign && place > start && "eE".unicodeScalars.contains(letters[place - 1])
      guard
        ("0"..."9").contains(letter) || ".eE".unicodeScalars.contains(letter) || isExponentSign
          || isSign && place == start
      else { break }
      place += 1
    }
    guard let value = Double(word(from: start)), value.isFinite else {
      throw fault("\"\(word(from: start))\" is no number", at: start)
    }
    return accept("%") ? value / 100 : value
  }
}
