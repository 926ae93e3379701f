import CoppiceStore
import CoppiceTestSupport
import Foundation
import Testing

@Suite struct LaunchRecordTests {
  @Test func whatIsWrittenIsRead() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("jobs.json")
    #expect(try LaunchRecord(path) == nil)
    var record = LaunchRecord()
    record.jobs = [
      .init(id: "12", name: "coppice-tiny", label: "wave-1", tasks: 3, list: "1/wave-1.txt", time: 1e9),
      .init(id: "13", name: "coppice-tiny", label: "assembly", tasks: 0, list: nil, time: 1e9),
    ]
    try record.write(to: path)
    #expect(try LaunchRecord(path) == record)
    #expect(try String(contentsOfFile: path, encoding: .utf8).contains("\"schema_version\" : 1"))
    withExtendedLifetime(folder) {}
  }

  /// Numbers become words of a command line and lists are opened: what no launch has written is left out.
  @Test func whatNoLaunchHasWrittenIsLeftOut() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("jobs.json")
    let sound = LaunchRecord.Job(id: "1", name: "n", label: "l", tasks: 1, list: "1/wave-1.txt", time: 0)
    var record = LaunchRecord()
    record.jobs = [sound]
    for id in ["", "--me", "1 2", "1_2", "-1", String(repeating: "9", count: 30)] {
      var job = sound
      job.id = id
      record.jobs.append(job)
    }
    for list in ["../../etc/passwd.txt", "/etc/passwd", "1/../x.txt", "x.txt", ""] {
      var job = sound
      job.list = list
      record.jobs.append(job)
    }
    for tasks in [-1, Int.max] {
      var job = sound
      job.tasks = tasks
      record.jobs.append(job)
    }
    try record.write(to: path)
    #expect(try LaunchRecord(path)?.jobs == [sound])
    for text in ["", "[]", "{}", "{\"schema_version\": 1, \"jobs\": [{\"id\": 3}]}"] {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path))
      let error = #expect(throws: StoreError.self) { try LaunchRecord(path) }
      #expect(error?.exitCode == .badData)
      #expect(error?.description.contains("it is no record of launched jobs; remove it") ?? false)
    }
    withExtendedLifetime(folder) {}
  }
}
