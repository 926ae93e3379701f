import Foundation

/// A browser for tests of pages: Chromium, driven by Tests/Reference/report_page.py.
package enum Browser {
  /// The interpreter that drives it, or `nil` where there is no Python or no Chromium.
  package static let python: String? = Python.interpreter(with: ["json", "socket"]).flatMap { python in
    Python.run(python, ["-c", search])?.status == 0 ? python : nil
  }

  private static let search = """
    import os, shutil, sys
    names = ["chromium", "chromium-browser", "google-chrome", "chrome"]
    sys.exit(0 if os.environ.get("COPPICE_CHROMIUM") or any(map(shutil.which, names)) else 1)
    """

  /// What the script says of a page: it opens it, points at figures, sorts and filters tables, and moves the focus.
  package static func check(_ page: String, _ options: [String] = []) -> Python.Outcome? {
    run("report_page.py", [page] + options)
  }

  /// What Tests/Reference/live_page.py says of the page of a server: it looks on while a run is at work.
  package static func watch(_ address: String, _ options: [String] = []) -> Python.Outcome? {
    run("live_page.py", [address] + options)
  }

  private static func run(_ script: String, _ arguments: [String]) -> Python.Outcome? {
    guard let python else { return nil }
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Reference/\(script)").path
    return Python.run(python, [script] + arguments)
  }
}
