import Foundation

/// A connection to a server on this machine over which bytes go as they are: also those that no library for the web would send.
package final class PlainClient: Sendable {
  private let socket: Int32

  /// Connects; `nil` where nobody answers.
  package init?(port: Int, patience: Int = 20) {
    #if canImport(Darwin)
      let kind = SOCK_STREAM
    #else
      let kind = Int32(SOCK_STREAM.rawValue)
    #endif
    socket = Foundation.socket(AF_INET, kind, 0)
    var time = timeval(tv_sec: .init(patience), tv_usec: 0)
    for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
      setsockopt(socket, SOL_SOCKET, option, &time, socklen_t(MemoryLayout<timeval>.size))
    }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(truncatingIfNeeded: port).bigEndian
    address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
    let isConnected = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
    if !isConnected {
      close(socket)
      return nil
    }
  }

  deinit { close(socket) }

  /// Sends bytes.
  ///
  /// - Returns: whether the other side took them.
  @discardableResult
  package func send(_ bytes: [UInt8]) -> Bool {
    #if canImport(Darwin)
      let flags: Int32 = 0
    #else
      let flags = Int32(MSG_NOSIGNAL)
    #endif
    return Foundation.send(socket, bytes, bytes.count, flags) == bytes.count
  }

  @discardableResult
  package func send(_ text: String) -> Bool { send(Array(text.utf8)) }

  /// What comes until the other side closes, says nothing for too long, or so many bytes are there.
  package func receive(atMost count: Int = .max) -> String {
    var all: [UInt8] = []
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    while all.count < count {
      let got = recv(socket, &bytes, min(bytes.count, count - all.count), 0)
      guard got > 0 else { break }
      all += bytes[..<got]
    }
    return String(decoding: all, as: UTF8.self)
  }

  /// A request on a connection of its own, and all that is answered; empty where nobody answers.
  package static func answer(port: Int, _ line: String, headers: String = "") -> String {
    guard let client = PlainClient(port: port) else { return "" }
    client.send("\(line)\r\nHost: localhost\r\nConnection: close\r\n\(headers)\r\n")
    return client.receive()
  }
}
