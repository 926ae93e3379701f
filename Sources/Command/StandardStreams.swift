import Foundation

/// What becomes of standard input, output and error where they are closed, or nobody reads them any more.
enum StandardStreams {
  /// Opens `/dev/null` in the place of each that is closed. The next file that is opened would take its place else, and words meant
  /// for a person would be written into it.
  static func open() {
    for stream in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(stream, F_GETFD) < 0 {
      // The system gives the lowest number that is free.
      _ = Foundation.open("/dev/null", O_RDWR)
    }
  }

  /// Lets this process go on where its readers have gone: what is written for them goes nowhere.
  static func outliveReaders() { signal(SIGPIPE, SIG_IGN) }

  /// Ends as other tools do whose reader has gone (`| head`): quietly, by SIGPIPE, even where whoever started us ignores it.
  static func endWithoutReader() -> Never {
    signal(SIGPIPE, SIG_DFL)
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGPIPE)
    sigprocmask(SIG_UNBLOCK, &signals, nil)
    raise(SIGPIPE)
    _exit(128 + SIGPIPE)
  }
}
