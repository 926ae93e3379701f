extension Unicode.Scalar {
  /// Whether it is no letter to be seen but an order to what shows the text: an escape, another control character but for the end
  /// of a line and the tabulator, a separator of lines, or a turn of the direction of writing.
  package var isControl: Bool {
    switch value {
    case 0x09, 0x0A: false
    case 0..<0x20, 0x7F...0x9F: true
    case 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
    default: false
    }
  }
}

extension String {
  /// The text as it may be shown on a terminal, whatever file or argument it comes from: control characters stand as `\u{1B}`, so
  /// that none can move the cursor, rename the window or hide what follows.
  package var printable: String {
    // Most texts have none.
    guard unicodeScalars.contains(where: \.isControl) else { return self }
    var text = ""
    for scalar in unicodeScalars {
      if scalar.isControl {
        text += "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
      } else {
        text.unicodeScalars.append(scalar)
      }
    }
    return text
  }
}
