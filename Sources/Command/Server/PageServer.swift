import Coppice
import FlyingSocks
import Foundation

/// Answers requests of HTTP/1 over sockets of FlyingSocks: GET and HEAD, and nothing that is sent along.
///
/// What a client can make it keep is bounded: so many connections, so many bytes of a request, so many seconds for it and for taking an
/// answer. The HTTP layer of FlyingFox bounds neither requests nor connections, and a lack of descriptors ends it, so it is not used.
struct PageServer: Sendable {
  /// Where it listens.
  let port: UInt16
  private let socket: AsyncSocket
  private let pool: any AsyncSocketPool
  private let answer: @Sendable (RequestHead) -> Answer
  private let table = ConnectionTable(limit: 128)

  /// Seconds for a request, its first byte included, and for taking each part of an answer.
  private static let patience = 20.0
  private static let chunk = 1 << 16

  /// Begins to listen.
  ///
  /// - Throws: a failure where the address or the port cannot be had.
  init(_ address: ServerAddress, answer: @escaping @Sendable (RequestHead) -> Answer) async throws {
    let pool = SocketPool.make()
    try await pool.prepare()
    let listening = try address.listen()
    socket = try AsyncSocket(socket: listening, pool: pool)
    port = try ServerAddress.port(of: listening)
    (self.pool, self.answer) = (pool, answer)
  }

  /// Answers until the task is cancelled or the system's queue of events fails.
  func run() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await pool.run() }
      group.addTask {
        while !Task.isCancelled {
          try await Task.sleep(for: .seconds(1))
          table.endOverdue()
        }
      }
      group.addTask { try await accept() }
      try await group.next()
      group.cancelAll()
    }
  }

  private func accept() async throws {
    try await withThrowingDiscardingTaskGroup { group in
      while !Task.isCancelled {
        do {
          let connection = try await socket.accept()
          let id = table.add(connection.socket.file.rawValue, within: Self.patience)
          group.addTask {
            await serve(connection, id)
            table.close(id) { try? connection.close() }
          }
        } catch is CancellationError {
          return
        } catch {
          // A client that has gone already, or a lack of descriptors: others end, and it goes on.
          try await Task.sleep(for: .milliseconds(50))
        }
      }
    }
  }

  /// Answers the requests of a connection, one after the other.
  private func serve(_ connection: AsyncSocket, _ id: Int) async {
    var bytes: [UInt8] = []
    var staysOpen = true
    while staysOpen {
      table.extend(id, by: Self.patience, isWaiting: true)
      // It has gone, or has taken too long.
      guard let asked = await request(connection, &bytes) else { return }
      table.extend(id, by: Self.patience, isWaiting: false)
      let (reply, head) = reply(to: asked)
      staysOpen = head?.staysOpen ?? false
      do {
        try await send(reply, isWhole: head?.method != "HEAD", staysOpen, connection, id)
      } catch { return }
    }
    await settle(connection)
  }

  /// The bytes of the next request, or what is wrong with them; `nil` where none comes any more.
  private func request(
    _ connection: AsyncSocket, _ bytes: inout [UInt8]
  ) async -> Result<[UInt8], RequestHead.Fault>? {
    while true {
      switch Result(catching: { () throws(RequestHead.Fault) in try RequestHead.size(in: bytes) }) {
      case .success(let size?):
        let head = Array(bytes.prefix(size))
        bytes.removeFirst(size)
        return .success(head)
      case .success(nil): break
      case .failure(let fault): return .failure(fault)
      }
      guard let more = try? await connection.read(atMost: 4096) else { return nil }
      bytes += more
    }
  }

  /// What is answered to a request, and how it is understood; `nil` where it is not.
  private func reply(to request: Result<[UInt8], RequestHead.Fault>) -> (Answer, RequestHead?) {
    do throws(RequestHead.Fault) {
      let head = try RequestHead(try request.get())
      return (answer(head), head)
    } catch { return (Answer(error), nil) }
  }

  private func send(
    _ answer: Answer, isWhole: Bool, _ staysOpen: Bool, _ connection: AsyncSocket, _ id: Int
  ) async throws {
    var head = Data(answer.head(staysOpen: staysOpen).utf8)
    guard isWhole else { return try await connection.write(head) }
    switch answer.body {
    case .text(let text):
      head += Data(text.utf8)
      for start in stride(from: 0, to: head.count, by: Self.chunk) {
        table.extend(id, by: Self.patience, isWaiting: false)
        try await connection.write(head.subdata(in: start..<min(start + Self.chunk, head.count)))
      }
    case .file(let file):
      try await connection.write(head)
      // It may have grown or been cut since its size was told.
      var left = file.size
      while left > 0 {
        table.extend(id, by: Self.patience, isWaiting: false)
        guard let bytes = file.bytes(min(Self.chunk, left)), !bytes.isEmpty else {
          throw SocketError.disconnected
        }
        try await connection.write(Data(bytes))
        left -= bytes.count
      }
    }
  }

  /// Reads what is still on its way for a moment: closed with unread bytes, a connection loses its last answer.
  private func settle(_ connection: AsyncSocket) async {
    shutdown(connection.socket.file.rawValue, Int32(SHUT_WR))
    for _ in 0..<64 {
      guard (try? await connection.read(atMost: 4096)) != nil else { return }
    }
  }
}
