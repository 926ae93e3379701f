/// The state of a git checkout: its commit, and whether files differ from it. Results and exported notebooks, which runs
/// themselves write, do not count as differences. Both are `nil` outside a checkout or without git.
package struct GitState: Sendable {
  package let commit: String?
  package let isDirty: Bool?

  /// Reads the state of the checkout around a folder. Nothing of the checkout is executed, see `Git`.
  package init(_ folder: String) {
    let git = Git(folder)
    commit = git?.commit
    isDirty =
      commit == nil ? nil : git?.changes(without: ["Results", "notebooks-export"]).map { !$0.isEmpty }
  }
}
