import Foundation

/// Where words go: data on standard output, progress and log on standard error.
enum Terminal {
  /// Whether standard error is a terminal on which a line may be drawn over.
  static var isLive: Bool { isatty(STDERR_FILENO) == 1 && environment("TERM") != "dumb" }

  /// Whether colours may be used: on a terminal, unless NO_COLOR says no.
  static var hasColor: Bool { isLive && (environment("NO_COLOR") ?? "").isEmpty }

  /// Columns of the terminal.
  static var width: Int {
    if let columns = environment("COLUMNS").flatMap(Int.init), columns > 0 { return columns }
    var size = winsize()
    return ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
  }

  /// Data: to standard output.
  static func data(_ text: String) {
    FileHandle.standardOutput.write(Data((text + "\n").utf8))
  }

  /// Words about the work: to standard error.
  static func log(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
  }

  /// Draws over the current line of standard error.
  static func redraw(_ text: String) {
    FileHandle.standardError.write(Data(("\r\u{1B}[2K" + text).utf8))
  }

  private static func environment(_ name: String) -> String? { ProcessInfo.processInfo.environment[name] }
}
