import Foundation

/// A web server on 127.0.0.1 that gives fixed answers, so that downloads are tested without the internet.
final class LocalServer: Sendable {
  struct Answer: Sendable {
    var status = "200 OK"
    var body: [UInt8] = []
    /// What the header announces, where that is not the truth.
    var announcedLength: Int?
    /// What comes behind the body.
    var end = End.closing

    enum End {
      /// Nothing.
      case closing
      /// Nothing, but the connection stays open until the client closes it.
      case stalling
      /// The body again and again, of a length that is not announced.
      case repeating
      /// A byte every so often.
      case dripping
    }
  }

  let address: String
  private let socket: Int32

  init(_ answers: [String: Answer]) throws {
    #if canImport(Glibc)
      let kind = Int32(SOCK_STREAM.rawValue)
    #else
      let kind = SOCK_STREAM
    #endif
    signal(SIGPIPE, SIG_IGN)  // a client may hang up before it has read everything
    let socket = Foundation.socket(AF_INET, kind, 0)
    var name = sockaddr_in()
    name.sin_family = sa_family_t(AF_INET)
    name.sin_addr.s_addr = inet_addr("127.0.0.1")
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let port = withUnsafeMutablePointer(to: &name) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer -> Bool in
        bind(socket, pointer, length) == 0 && listen(socket, 8) == 0
          && getsockname(socket, pointer, &length) == 0
      }
    }
    guard port else { throw POSIXError(.EADDRNOTAVAIL) }
    address = "http://127.0.0.1:\(UInt16(bigEndian: name.sin_port))"
    self.socket = socket
    Thread.detachNewThread {
      while true {
        let connection = accept(socket, nil, nil)
        guard connection >= 0 else { return }
        Self.serve(connection, answers)
        close(connection)
      }
    }
  }

  deinit {
    shutdown(socket, Int32(SHUT_RDWR))
    close(socket)
  }

  private static func serve(_ connection: Int32, _ answers: [String: Answer]) {
    var request: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 4096)
    while !request.suffix(4).elementsEqual([13, 10, 13, 10]) {
      let count = recv(connection, &piece, piece.count, 0)
      guard count > 0 else { return }
      request += piece[..<count]
    }
    let path =
      String(decoding: request, as: UTF8.self).split(separator: " ").dropFirst().first.map(String.init) ?? ""
    let answer = answers[path] ?? Answer(status: "404 Not Found", body: Array("nothing here".utf8))
    let length =
      answer.end == .repeating
      ? "" : "Content-Length: \(answer.announcedLength ?? answer.body.count)\r\n"
    let header = "HTTP/1.1 \(answer.status)\r\n\(length)Connection: close\r\n\r\n"
    guard deliver(Array(header.utf8) + answer.body, to: connection) else { return }
    switch answer.end {
    case .closing: break
    case .stalling: while recv(connection, &piece, piece.count, 0) > 0 {}
    case .repeating: while deliver(answer.body, to: connection) {}
    case .dripping: while deliver([0], to: connection) { usleep(100_000) }
    }
  }

  private static func deliver(_ bytes: [UInt8], to connection: Int32) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes { send(connection, $0.baseAddress, $0.count, 0) }
      guard count > 0 else { return false }
      sent += count
    }
    return true
  }
}
