import CoppiceTerms
import Foundation

/// The state of a git checkout: its commit, and whether files differ from it. Results and exported notebooks, which runs
/// themselves write, do not count as differences. Both are `nil` outside a checkout or without git.
package struct GitState: Sendable {
  package let commit: String?
  package let isDirty: Bool?

  package init(_ folder: String) {
    commit = Self.git(["rev-parse", "HEAD"], in: folder)
    let ignored = [":(exclude,top)Results", ":(exclude,top)notebooks-export"]
    isDirty =
      commit == nil
      ? nil : Self.git(["status", "--porcelain", "--", ":/"] + ignored, in: folder).map { !$0.isEmpty }
  }

  private static func git(_ arguments: [String], in folder: String) -> String? {
    guard let run = ToolRun(["git", "-C", folder] + arguments), run.status == 0 else { return nil }
    return String(decoding: run.output, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
