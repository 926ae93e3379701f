import Coppice
import Foundation

/// A terminal that is drawn over: it shows a screen of its own, and afterwards what stood there before.
final class LiveScreen {
  private var settings: termios?

  init() {
    var now = termios()
    // Keys are read one by one and are not shown.
    if isatty(STDIN_FILENO) == 1, tcgetattr(STDIN_FILENO, &now) == 0 {
      settings = now
      now.c_lflag &= ~tcflag_t(ICANON | ECHO)
      tcsetattr(STDIN_FILENO, TCSANOW, &now)
    }
    Terminal.screen("\u{1B}[?1049h\u{1B}[?25l")
  }

  /// Draws lines from the top of the screen on. They are our own, with colours in them.
  func show(_ lines: [String]) {
    Terminal.screen("\u{1B}[H" + lines.map { $0 + "\u{1B}[K" }.joined(separator: "\r\n") + "\u{1B}[J")
  }

  /// Waits some seconds.
  ///
  /// - Returns: whether an end was asked for, by q or by a signal.
  func waitForQuit(_ seconds: Double, until interruption: Interruption) -> Bool {
    let watch = Stopwatch()
    var hasKeys = settings != nil
    while watch.elapsed < seconds {
      if interruption.isRequested { return true }
      guard hasKeys else {
        usleep(50_000)
        continue
      }
      var keys = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
      guard poll(&keys, 1, 50) > 0 else { continue }
      var key: UInt8 = 0
      if read(STDIN_FILENO, &key, 1) != 1 { hasKeys = false }
      if [UInt8(ascii: "q"), UInt8(ascii: "Q")].contains(key) { return true }
    }
    return interruption.isRequested
  }

  /// Gives the terminal back as it was.
  func end() {
    Terminal.screen("\u{1B}[?25h\u{1B}[?1049l")
    guard var settings else { return }
    tcsetattr(STDIN_FILENO, TCSANOW, &settings)
    self.settings = nil
  }

  deinit { if settings != nil { end() } }
}
