import CoppiceLaboratory
import CoppiceTestSupport
import Foundation
import Testing

/// A checkout that names programs wherever git knows a place for one. Each writes its name to a witness.
@Suite(.enabled(if: Python.run("git", ["--version"]) != nil, "git is not found"))
struct GitTests {
  let folder: TemporaryFolder
  private let witness: String
  private let repository: String

  init() throws {
    folder = try TemporaryFolder()
    (witness, repository) = (folder.file("witness"), folder.file("repository"))
    try FileManager.default.createDirectory(atPath: repository, withIntermediateDirectories: true)
    try git("init", "-q")
    try write("a", "text\n")
    try write("b", "text\n")
    try write(".gitattributes", "* filter=spy diff=spy\n")
    try git("add", ".")
    try git("commit", "-q", "-m", "A commit")
  }

  private func git(_ arguments: String...) throws {
    let identity = ["-c", "user.name=A", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false"]
    let outcome = try #require(Python.run("git", ["-C", repository] + identity + arguments))
    try #require(outcome.status == 0, "\(arguments): \(outcome.output)")
  }

  private func write(_ name: String, _ text: String) throws {
    try text.write(toFile: "\(repository)/\(name)", atomically: false, encoding: .utf8)
  }

  /// A program that writes to the witness and passes its input through, or fails.
  private func spy(_ name: String, fails: Bool = false) throws -> String {
    let path = folder.file(name)
    try "#!/bin/sh\necho \(name) >>'\(witness)'\n\(fails ? "exit 1" : "exec cat")\n".write(
      toFile: path, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    return path
  }

  private func seen() -> Set<String> {
    let text = (try? String(contentsOfFile: witness, encoding: .utf8)) ?? ""
    try? FileManager.default.removeItem(atPath: witness)
    return Set(text.split(separator: "\n").map(String.init))
  }

  /// Makes git look at the contents of a file that is as it was.
  private func touch(_ name: String) throws {
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: 1e9)], ofItemAtPath: "\(repository)/\(name)")
  }

  @Test func nothingThatARepositoryNamesIsExecuted() throws {
    let hooks = folder.file("hooks")
    try FileManager.default.createDirectory(atPath: hooks, withIntermediateDirectories: true)
    for hook in ["post-index-change", "reference-transaction", "pre-auto-gc"] {
      let script = try spy("hook-\(hook)")
      try FileManager.default.copyItem(atPath: script, toPath: "\(hooks)/\(hook)")
      try FileManager.default.copyItem(atPath: script, toPath: "\(repository)/.git/hooks/\(hook)")
    }
    for (key, name) in [
      ("core.fsmonitor", "monitor"), ("filter.spy.clean", "clean"), ("filter.spy.smudge", "smudge"),
      ("diff.external", "external"), ("diff.spy.textconv", "textconv"), ("diff.spy.command", "command"),
      ("core.pager", "pager"), ("pager.status", "pager-of-status"), ("core.sshCommand", "ssh"),
      ("core.editor", "editor"), ("credential.helper", "credential"), ("alias.status", "alias"),
      ("gpg.program", "gpg"), ("core.alternateRefsCommand", "alternates"),
    ] {
      try git("config", key, try spy(name))
    }
    try git("config", "core.hooksPath", hooks)
    try touch("a")
    // What the test is about: a plain `git status` runs them.
    try git("status", "--porcelain")
    #expect(seen().isSuperset(of: ["monitor", "clean", "hook-post-index-change"]))
    try touch("b")
    let state = GitState(repository)
    #expect(seen() == [])
    #expect(state.commit?.count == 40 && state.isDirty == false)
    try write("c", "new\n")
    #expect(GitState(repository).isDirty == true)
    #expect(seen() == [])
    // A filter that stays at work, and those with odd names.
    try write(".gitattributes", "a filter=process\nb filter=with.dots\nc filter=\n")
    for name in ["process", "with.dots", "", "Spaced Name"] {
      try git("config", "filter.\(name).process", try spy("process-\(name.count)", fails: true))
      try git("config", "filter.\(name).required", "true")
    }
    try git("config", "filter.without", "a name")
    try touch("a")
    #expect(GitState(repository).isDirty == true)
    #expect(seen() == [])
    // One that the command line cannot switch off is not asked.
    try write(".gitattributes", "* filter=a=b\n")
    try git("config", "filter.a=b.clean", try spy("equal"))
    try touch("a")
    let unknown = GitState(repository)
    #expect(unknown.commit == state.commit && unknown.isDirty == nil)
    #expect(seen() == [])
  }

  @Test func aSubmoduleIsNotEntered() throws {
    let inner = folder.file("inner")
    try FileManager.default.copyItem(atPath: repository, toPath: inner)
    try git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", inner, "inner")
    try git("commit", "-q", "-m", "A submodule")
    for (key, name) in [("core.fsmonitor", "monitor"), ("filter.spy.clean", "clean")] {
      try git("-C", "inner", "config", key, try spy(name))
    }
    try touch("inner/a")
    try git("config", "submodule.inner.ignore", "none")
    try git("status", "--porcelain")
    #expect(seen() == ["monitor", "clean"])
    try touch("inner/b")
    #expect(GitState(repository).isDirty == false)
    #expect(seen() == [])
  }

  /// Objects that are missing are promised by a remote, which is a program.
  @Test func nothingIsFetched() throws {
    try git("config", "core.repositoryFormatVersion", "1")
    try git("config", "extensions.partialClone", "origin")
    try git("config", "remote.origin.promisor", "true")
    try git("config", "remote.origin.url", repository)
    try git("config", "remote.origin.uploadpack", try spy("upload", fails: true))
    let tree = try #require(Python.run("git", ["-C", repository, "rev-parse", "HEAD^{tree}"])).output
      .trimmingCharacters(in: .whitespacesAndNewlines)
    try FileManager.default.removeItem(
      atPath: "\(repository)/.git/objects/\(tree.prefix(2))/\(tree.dropFirst(2))")
    _ = Python.run("git", ["-C", repository, "status", "--porcelain"])
    #expect(seen() == ["upload"])
    let state = GitState(repository)
    #expect(state.commit?.count == 40 && state.isDirty == nil)
    #expect(seen() == [])
  }
}
