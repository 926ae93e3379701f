import Coppice
import Foundation

/// Where words go: data on standard output, progress and log on standard error.
enum Terminal {
  /// Whether standard error is a terminal on which a line may be drawn over.
  static var isLive: Bool { isatty(STDERR_FILENO) == 1 && Environment["TERM"] != "dumb" }

  /// Whether colours may be used: on such a terminal, unless NO_COLOR says no.
  static var hasColor: Bool { isLive && Environment["NO_COLOR"] == nil }

  /// Whether standard output is a terminal that can be drawn over.
  static var isOutputLive: Bool { isatty(STDOUT_FILENO) == 1 && Environment["TERM"] != "dumb" }

  /// Whether colours may be used there, unless NO_COLOR says no.
  static var hasOutputColor: Bool { isOutputLive && Environment["NO_COLOR"] == nil }

  /// Rows of the terminal that is drawn over.
  static var height: Int {
    if let lines = Environment["LINES"].flatMap(Int.init), lines > 0 { return lines }
    var size = winsize()
    return ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_row > 0 ? Int(size.ws_row) : 24
  }

  /// Columns of the terminal that shows progress.
  static var width: Int { columns(STDERR_FILENO) ?? 80 }

  /// Columns a table may take: those of the terminal it is printed on; in a pipe or a file as many as it needs.
  static var tableWidth: Int? { isatty(STDOUT_FILENO) == 1 ? columns(STDOUT_FILENO) ?? 80 : nil }

  /// Data: to standard output. Where nobody reads them any more, the process ends as other tools do. Like all that is printed, they
  /// may come from a file of others, and their control characters are shown and not sent.
  /// - Throws: an input/output failure where it cannot be written, as on a full disk.
  static func data(_ text: String) throws {
    try output(text) { StandardStreams.endWithoutReader() }
  }

  /// What a work has come to that does not depend on being read: to standard output, or nowhere where nobody reads.
  /// - Throws: an input/output failure where it cannot be written, as on a full disk.
  static func report(_ text: String) throws { try output(text) {} }

  private static func output(_ text: String, withoutReader: () -> Void) throws {
    guard write(text.printable + "\n", to: STDOUT_FILENO) else {
      if errno == EPIPE { return withoutReader() }
      throw CommandFailure(
        "standard output cannot be written: \(String(cString: strerror(errno)))", CommandFailure.inputOutput)
    }
  }

  /// Words about the work: to standard error.
  static func log(_ text: String) { _ = write(text.printable + "\n", to: STDERR_FILENO) }

  /// Draws over the current line of standard error. The text is our own, with colours in it.
  static func redraw(_ text: String) { _ = write("\r\u{1B}[2K" + text, to: STDERR_FILENO) }

  /// Draws on standard output. The text is our own, with orders to the terminal in it.
  static func screen(_ text: String) { _ = write(text, to: STDOUT_FILENO) }

  private static func write(_ text: String, to descriptor: Int32) -> Bool {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { return false }
      rest = rest.dropFirst(written)
    }
    return true
  }

  private static func columns(_ descriptor: Int32) -> Int? {
    if let columns = Environment["COLUMNS"].flatMap(Int.init), columns > 0 { return columns }
    var size = winsize()
    return ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : nil
  }
}
