import CoppiceStore
import CoppiceTestSupport
import Foundation
import Testing

/// `coppice serve`, asked as browsers ask, and as nobody should.
@Suite struct ServeTests {
  /// A server on the results of a program, ended with this.
  private final class Served {
    let program: Program
    let port: Int
    let token: String
    private let running: Program.Running
    private var isOver = false

    init(_ program: Program, _ options: [String] = []) throws {
      self.program = program
      let output = program.folder.file("serve.out")
      running = try program.start(
        script: #"exec "$0" "$@" > "# + "'\(output)'", ["serve"] + options)
      let deadline = Date(timeIntervalSinceNow: 120)
      var address = ""
      while !address.hasSuffix("/\n"), Date() < deadline {
        usleep(10_000)
        address = (try? String(contentsOfFile: output, encoding: .utf8)) ?? ""
      }
      let parts = try #require(
        address.wholeMatch(of: #/http://127\.0\.0\.1:([0-9]+)/([0-9a-f]{32})/\n/#), "\(address)")
      (port, token) = (try #require(Int(parts.1)), String(parts.2))
    }

    func get(_ path: String, _ method: String = "GET") -> String {
      PlainClient.answer(port: port, "\(method) /\(token)/\(path) HTTP/1.1")
    }

    /// Ends it by a signal and tells how it ended.
    func end(_ number: Int32 = SIGTERM) throws -> Program.Outcome {
      isOver = true
      kill(running.process.processIdentifier, number)
      return try running.outcome()
    }

    var process: Int32 { running.process.processIdentifier }

    deinit { if !isOver { kill(running.process.processIdentifier, SIGKILL) } }
  }

  private func served(_ options: [String] = []) throws -> Served {
    try Served(try Program(copying: try Sweeps.finished.get()), options)
  }

  private func body(_ answer: String) -> String {
    answer.components(separatedBy: "\r\n\r\n").dropFirst().joined(separator: "\r\n\r\n")
  }

  @Test func thePageAndItsDataAreBehindTheToken() throws {
    let served = try served()
    let page = served.get("")
    #expect(page.hasPrefix("HTTP/1.1 200 OK\r\n") && page.contains("<title>Runs at work</title>"))
    for header in [
      "Content-Security-Policy: default-src 'none'; script-src 'nonce-", "X-Content-Type-Options: nosniff",
      "Cache-Control: no-store", "Referrer-Policy: no-referrer", "X-Frame-Options: DENY",
      "Content-Type: text/html; charset=utf-8",
    ] { #expect(page.contains("\r\n\(header)"), "\(header)") }
    // Nothing is asked of anywhere else.
    #expect(!page.contains("http://") || !page.contains("src=\"http"))
    let list = try object(body(served.get("experiments.json")))
    #expect((list["experiments"] as? [[String: Any]])?.map { $0["name"] as? String } == ["tiny"])
    let run = try object(body(served.get("run/tiny")))
    #expect(run["done"] as? Int == 21 && run["planned"] as? Int == 21 && run["left"] as? Int == 0)
    #expect((run["finished"] as? [Any])?.count == 21 && run["is_at_work"] as? Bool == false)
    #expect((run["files"] as? [String])?.contains("accuracy.svg") == true)
    let moved = PlainClient.answer(port: served.port, "GET /\(served.token) HTTP/1.1")
    #expect(moved.hasPrefix("HTTP/1.1 301 ") && moved.contains("\r\nLocation: /\(served.token)/\r\n"))
    let outcome = try served.end()
    #expect(outcome.status == 0 && outcome.errors.contains("serving "), "\(outcome.errors)")
  }

  @Test func withoutTheTokenNothingIsThere() throws {
    let served = try served()
    let wrong = String(served.token.reversed())
    for path in [
      "/", "/\(wrong)/", "/\(served.token.dropLast())/", "/run/tiny", "/favicon.ico", "/\(served.token)x/",
      "/%00",
    ] {
      for method in ["GET", "POST"] {
        let answer = PlainClient.answer(port: served.port, "\(method) \(path) HTTP/1.1")
        #expect(answer.hasPrefix("HTTP/1.1 404 "), "\(method) \(path): \(answer)")
        #expect(!answer.contains(served.token) && !answer.contains("tiny"))
      }
    }
    withExtendedLifetime(served) {}
  }

  @Test func nothingCanBeChanged() throws {
    let served = try served()
    for method in ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT"] {
      for path in ["", "run/tiny", "files/tiny/accuracy.svg"] {
        let answer = served.get(path, method)
        #expect(
          answer.hasPrefix("HTTP/1.1 405 ") && answer.contains("\r\nAllow: GET, HEAD\r\n"),
          "\(method): \(answer)")
      }
    }
    let head = served.get("files/tiny/accuracy.svg", "HEAD")
    let whole = served.get("files/tiny/accuracy.svg")
    #expect(head.hasPrefix("HTTP/1.1 200 ") && body(head).isEmpty)
    #expect(head.contains("\r\nContent-Length: \(body(whole).utf8.count)\r\n"))
    // Nobody sends anything along.
    let sent = PlainClient.answer(
      port: served.port, "GET /\(served.token)/ HTTP/1.1", headers: "Content-Length: 5\r\n")
    #expect(sent.hasPrefix("HTTP/1.1 413 "), "\(sent)")
    withExtendedLifetime(served) {}
  }

  @Test func filesOfTheResultsFolderAreServedAndNoOthers() throws {
    let served = try served()
    let results = served.program.results
    let secret = served.program.folder.file("secret.txt")
    try Data("a secret".utf8).write(to: URL(fileURLWithPath: secret))
    symlink(secret, results + "/tiny/link.txt")
    symlink(served.program.folder.path, results + "/tiny/up")
    symlink(served.program.folder.path, results + "/linked")
    try Data("hidden".utf8).write(to: URL(fileURLWithPath: results + "/tiny/.hidden"))
    let figure = served.get("files/tiny/accuracy.svg")
    #expect(
      figure.contains("\r\nContent-Type: image/svg+xml\r\n") && figure.contains("; sandbox\r\n")
    )
    #expect(body(figure) == (try String(contentsOfFile: results + "/tiny/accuracy.svg", encoding: .utf8)))
    #expect(
      served.get("files/tiny/journal.jsonl").contains("\r\nContent-Type: text/plain; charset=utf-8\r\n"))
    let summary = served.get("files/tiny/summary.h5", "HEAD")
    #expect(summary.contains("\r\nContent-Disposition: attachment\r\n"))
    for path in [
      "files/../secret.txt", "files/tiny/../../secret.txt", "files/%2e%2e/secret.txt",
      "files/tiny/%2e%2e/%2e%2e/secret.txt",
      "files/..%2fsecret.txt", "files/tiny/..%2f..%2fsecret.txt", "files//etc/passwd",
      "files/%2fetc%2fpasswd",
      "files/tiny/link.txt", "files/tiny/up/secret.txt", "files/linked/secret.txt", "run/linked",
      "files/tiny/accuracy.svg%00.txt", "files/tiny/accuracy.svg/", "files/tiny/.hidden", "files/tiny",
      "files/tiny/",
      "files/tiny//accuracy.svg", "files/tiny/./accuracy.svg", "files/tiny/%5c..%5csecret.txt",
      "files/%c0%ae%c0%ae/secret.txt",
      "files/tiny/%", "files/tiny/%2", "files/tiny/%zz", "run/..", "run/%2e%2e", "run/nothing", "run/tiny/",
      "run/tiny/x", "nothing",
      "files\\..\\secret.txt",
    ] {
      let answer = served.get(path)
      #expect(answer.hasPrefix("HTTP/1.1 404 "), "\(path): \(answer.prefix(300))")
      #expect(!answer.contains("a secret") && !answer.contains("root:"))
    }
    withExtendedLifetime(served) {}
  }

  @Test func whatIsNoRequestEndsTheConnectionAndNotTheServer() throws {
    let served = try served()
    for (bytes, status) in [
      ("nonsense\r\n\r\n", "400"), ("GET http://elsewhere/ HTTP/1.1\r\n\r\n", "400"),
      ("GET / HTTP/9\r\n\r\n", "400"),
      ("get / HTTP/1.1\r\n\r\n", "400"), ("GET /a b HTTP/1.1\r\n\r\n", "400"), ("\r\n\r\n", "400"),
      ("\0\0\n\n", "400"),
      ("GET / HTTP/1.1\r\nno header\r\n\r\n", "400"),
      ("GET /" + String(repeating: "a", count: 1 << 20), "431"),
      ("GET / HTTP/1.1\r\nX: " + String(repeating: "a", count: 1 << 20), "431"),
      (String(repeating: "X: y\r\n", count: 1 << 15), "431"),
      ("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", "413"),
    ] {
      let client = try #require(PlainClient(port: served.port))
      client.send(bytes)
      let answer = client.receive()
      // Where it sends on and on, the connection may be gone before the answer is read.
      #expect(
        answer.hasPrefix("HTTP/1.1 \(status) ") || bytes.utf8.count > 1 << 16 && answer.isEmpty,
        "\(bytes.prefix(60)): \(answer)")
    }
    #expect(served.get("").hasPrefix("HTTP/1.1 200 "))
  }

  @Test func aConnectionIsUsedAgain() throws {
    let served = try served()
    let client = try #require(PlainClient(port: served.port))
    // Two at once, in pieces.
    let request = "HEAD /\(served.token)/ HTTP/1.1\r\nHost: localhost\r\n\r\n"
    for part in [request.prefix(20), request.dropFirst(20) + request.prefix(5), request.dropFirst(5)] {
      client.send(String(part))
      usleep(20_000)
    }
    client.send("GET /\(served.token)/experiments.json HTTP/1.1\r\nConnection: close\r\n\r\n")
    let answers = client.receive()
    #expect(answers.matches(of: #/HTTP\/1\.1 200 /#).count == 3 && answers.contains("\"tiny\""))
    withExtendedLifetime(served) {}
  }

  /// Whoever opens connections and says nothing, or reads nothing, keeps nobody else out.
  @Test func manyConnectionsKeepNobodyOut() throws {
    let served = try served()
    var idle: [PlainClient] = []
    for number in 0..<400 {
      guard let client = PlainClient(port: served.port) else { continue }
      if number % 2 == 0 { client.send("GET /\(served.token)/ HT") }
      if number % 5 == 0 { client.send("TP/1.1\r\n\r\n") }
      idle.append(client)
    }
    #expect(idle.count > 300)
    for _ in 0..<5 { #expect(served.get("").hasPrefix("HTTP/1.1 200 ")) }
    withExtendedLifetime(idle) {}
    #expect(try served.end(SIGINT).status == 0)
  }

  /// A journal that grows is read on, and one that is moved.
  @Test func whatHappensIsTold() throws {
    let served = try served()
    let path = served.program.store.journal(of: "tiny")
    func append(_ events: [JournalEntry.Event]) throws {
      let journal = try Journal(path)
      for event in events {
        var entry = JournalEntry(
          time: Date().timeIntervalSince1970, event: event, trial: "new", trials: 30, process: 4711)
        (entry.host, entry.stage, entry.message) = ("elm", "5a", "<b>disk full</b>")
        (entry.step, entry.total, entry.loss) = (5, 10, 0.5)
        try journal.append(entry)
      }
    }
    #expect(try object(body(served.get("run/tiny")))["is_at_work"] as? Bool == false)
    try append([.began, .started, .progress])
    var run = try object(body(served.get("run/tiny")))
    #expect(run["is_at_work"] as? Bool == true && run["planned"] as? Int == 30 && run["left"] as? Int == 9)
    #expect((run["stages"] as? [[String: Any]])?.first?["step"] as? Int == 5)
    rename(path, served.program.results + "/tiny/journal.1.jsonl")
    try append([.failed, .ended])
    let answer = body(served.get("run/tiny"))
    run = try object(answer)
    #expect(run["is_at_work"] as? Bool == false && (run["finished"] as? [Any])?.count == 21)
    #expect((run["failures"] as? [[String: Any]])?.first?["message"] as? String == "<b>disk full</b>")
    #expect(!answer.contains("<"))
  }

  @Test func faultsHaveTheirExitCodes() throws {
    let served = try served()
    let program = served.program
    let taken = try program.run(["serve", "--port", "\(served.port)"])
    #expect(
      taken.status == 75
        && taken.errors.contains(
          "port \(served.port) of 127.0.0.1 is taken by another program: name another with --port")
    )
    for (options, words) in [
      (["--port", "65536"], "--port takes a number from 0 to 65535, not 65536"),
      (["--port=-1"], "from 0 to 65535"),
      (["--bind", "elsewhere"], "\"elsewhere\" is no address: --bind takes one in numbers"),
      (["--bind", "192.0.2.1"], "this machine has no address 192.0.2.1"),
    ] {
      let outcome = try program.run(["serve"] + options)
      #expect(outcome.status == 64 && outcome.errors.contains(words), "\(options): \(outcome.errors)")
    }
    let nowhere = try program.run(["serve", "--results", program.folder.file("nothing")])
    #expect(nowhere.status == 66 && nowhere.errors.contains("there is no folder "))
    withExtendedLifetime(served) {}
  }

  /// Whoever is not the system's own user may not have the first ports.
  @Test(.enabled(if: geteuid() != 0, "another user than root")) func theFirstPortsAreForTheSystem() throws {
    let outcome = try Program().run(["serve", "--port", "80", "--results", "."])
    #expect(
      outcome.status == 64 && outcome.errors.contains("port 80 is for the system alone")
        || outcome.status == 75)
  }

  /// The page while a sweep runs.
  @Test(.enabled(if: Browser.python != nil, "Python and Chromium")) func chromiumShowsARunAtWork() throws {
    let program = try Program()
    try FileManager.default.createDirectory(atPath: program.results, withIntermediateDirectories: true)
    let served = try Served(program)
    let running = try program.start(
      ["run", "--quiet", "--jobs", "1"] + Sweeps.ladder(training: 20_000, model: "mlp(widths: [100])"))
    let seen = try #require(
      Browser.watch("http://127.0.0.1:\(served.port)/\(served.token)/", ["--trials", "3"]))
    #expect(seen.status == 0, "\(seen.output)")
    #expect(try running.outcome().status == 0)
    #expect(try program.run(["report", "ladder"]).status == 0)
    let report = try #require(
      Browser.check(
        "http://127.0.0.1:\(served.port)/\(served.token)/files/ladder/report.html",
        ["--script", "1", "--png", program.folder.file("report.png")]))
    #expect(report.status == 0, "\(report.output)")
    #expect(try served.end().status == 0)
  }
}
