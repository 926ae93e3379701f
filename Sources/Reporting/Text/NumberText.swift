/// Numbers as text, the same on every machine: no locale, no rounding of the C library.
package enum NumberText {
  /// `value` with exactly `decimals` digits after the point, rounded to nearest, ties away from zero. The
  /// exact binary value is what is rounded: 0.285 (slightly below) becomes 0.28. Never writes `-0.00`.
  package static func fixed(_ value: Double, decimals: Int) -> String {
    guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
    let digits = min(max(decimals, 0), 15)
    var power = 1.0
    for _ in 0..<digits { power *= 10 }
    let magnitude = abs(value)
    let scaled = magnitude * power
    guard scaled < 0x1p52 else { return "\(value)" }

    var whole = scaled.rounded(.down)
    let rest = scaled - whole
    // The product itself was rounded; where it fell on a tie its error decides.
    let error = (-scaled).addingProduct(magnitude, power)
    if rest > 0.5 || (rest == 0.5 && error >= 0) { whole += 1 }

    var text = String(Int(whole))
    if digits > 0 {
      text = String(repeating: "0", count: max(0, digits + 1 - text.count)) + text
      text.insert(".", at: text.index(text.endIndex, offsetBy: -digits))
    }
    return value < 0 && whole > 0 ? "-" + text : text
  }

  /// As `fixed`, without trailing zeros: `51.20` becomes `51.2`, `100.00` becomes `100`.
  package static func trimmed(_ value: Double, decimals: Int) -> String {
    let text = fixed(value, decimals: decimals)
    guard decimals > 0, value.isFinite, text.contains(".") else { return text }
    var kept = text[...]
    while kept.last == "0" { kept.removeLast() }
    if kept.last == "." { kept.removeLast() }
    return String(kept)
  }

  /// A whole number with thin spaces between groups of three digits, from five digits on: `5000`, `50 000`.
  package static func grouped(_ value: Double) -> String {
    let text = fixed(value, decimals: 0)
    let digits = text.drop { $0 == "-" }
    guard digits.count > 4, digits.allSatisfy(\.isNumber) else { return text }
    var grouped = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { grouped.append("\u{2009}") }
      grouped.append(digit)
    }
    return (value < 0 ? "-" : "") + grouped
  }

  /// The shortest text that reads back as the same number, whole numbers without a point.
  package static func exact(_ value: Double) -> String {
    if value == value.rounded(), abs(value) < 1e15 { return "\(Int(value))" }
    return "\(value)"
  }
}
