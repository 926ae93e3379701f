import CoppiceStore
import Foundation
import Testing

@Suite struct TagTests {
  @Test func tagsAndNotesAreKeptBesideTheResults() throws {
    let program = try Program(copying: Sweeps.finished.get())
    let trial = try #require(program.store.trials(of: "tiny").first { $0.hasPrefix("dense") })
    #expect(try program.run(["tag", "tiny/\(trial)", "+good", "+first", "-bad"]).status == 0)
    let tagged = try program.run(["tag", "tiny/\(trial)", "-first"])
    #expect(tagged.output == "tiny/\(trial)\ntags: good\n", "\(tagged.errors)")
    let noted = try program.run(["note", "tiny/\(trial)", "jumps at step 3", "--json"])
    #expect(try object(noted.output)["note"] as? String == "jumps at step 3")
    #expect(try object(noted.output)["tags"] as? [String] == ["good"])

    let shown = try program.run(["show", "tiny/\(trial)"])
    #expect(shown.output.contains("\ntags: good\nnote: jumps at step 3\n"))
    #expect(
      try object(try program.run(["show", "tiny/\(trial)", "--json"]).output)["tags"] as? [String] == ["good"]
    )
    let listed = try program.run([
      "ls", "tiny", "--where", #""good" in tags"#, "--columns", "trial,tags,note", "--format", "csv",
    ])
    #expect(listed.output == "trial,tags,note\n\(trial),good,jumps at step 3\n", "\(listed.errors)")
    #expect(try program.run(["ls", "tiny"]).output.contains("tags"))
    #expect(
      try program.run(["table", "tiny", "--where", #"!("bad" in tags)"#]).output
        == program.run(["table", "tiny"]).output)
    // What clean removes is nothing of people.
    #expect(try program.run(["clean", "--stages", "--orphans", "--set-aside"]).status == 0)
    #expect(try program.run(["note", "tiny/\(trial)"]).output.contains("jumps at step 3"))
    #expect(try program.run(["note", "tiny/\(trial)", ""]).output == "tiny/\(trial)\ntags: good\n")
  }

  @Test func slipsAreTold() throws {
    let program = try Program(copying: Sweeps.finished.get())
    let trial = try #require(program.store.trials(of: "tiny").first { $0.hasPrefix("dense") })
    for (words, status, message) in [
      (["tiny/\(trial)", "good"], Int32(64), "a change is + or - and a tag"),
      (["tiny/\(trial)", "+two words"], 64, "a change is"),
      (["tiny/\(trial)", "--rezults"], 64, "there is no option"),
      (["tiny/nothing", "+good"], 66, "there is no trial"), (["nowhere/x", "+good"], 64, "nowhere"),
      (["tiny/magnitude", "+good"], 64, "trials are meant by"),
    ] {
      let outcome = try program.run(["tag"] + words)
      #expect(outcome.status == status && outcome.errors.contains(message), "\(words): \(outcome.errors)")
    }
    try "no notes".write(toFile: program.store.notes(of: "tiny"), atomically: true, encoding: .utf8)
    #expect(try program.run(["tag", "tiny/\(trial)", "+good"]).status == 65)
  }
}
