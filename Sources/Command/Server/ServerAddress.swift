import Coppice
import FlyingSocks
import Foundation

/// Where a server listens: an address of this machine, and a port.
struct ServerAddress: Sendable {
  let host: String
  let port: UInt16

  /// The address that only this machine reaches.
  static let loopback = "127.0.0.1"

  /// Whether only this machine reaches it.
  var isLoopback: Bool { host == "::1" || host.hasPrefix("127.") }

  /// As an address on the web has it.
  var written: String { host.contains(":") ? "[\(host)]" : host }

  /// Begins to listen.
  ///
  /// - Throws: a failure that says what to do about it.
  func listen() throws -> Socket {
    do {
      if host.contains(":") { return try listen(try sockaddr_in6.inet6(ip6: host, port: port)) }
      return try listen(try sockaddr_in.inet(ip4: host, port: port))
    } catch SocketError.failed(let call, let code, let message) {
      if call.hasPrefix("inet_pton") { throw notAnAddress }
      switch code {
      case EADDRINUSE:
        throw CommandFailure(
          "port \(port) of \(host) is taken by another program: name another with --port, or leave it out for any that is free",
          CommandFailure.tryAgain)
      case EACCES:
        throw CommandFailure(
          "port \(port) is for the system alone: name one above 1023 with --port, or leave it out for any that is free",
          CommandFailure.usage)
      case EADDRNOTAVAIL, EINVAL, EAFNOSUPPORT:
        throw CommandFailure(
          "this machine has no address \(host): --bind takes one of its own, as 127.0.0.1, or 0.0.0.0 for all",
          CommandFailure.usage)
      default:
        throw CommandFailure(
          "port \(port) of \(host) cannot be listened to: \(message)", CommandFailure.inputOutput)
      }
    }
  }

  private var notAnAddress: CommandFailure {
    CommandFailure(
      "\"\(host)\" is no address: --bind takes one in numbers, as 127.0.0.1, or 0.0.0.0 for all of this machine's",
      CommandFailure.usage)
  }

  private func listen<Address: SocketAddress>(_ address: Address) throws -> Socket {
    let socket = try Socket(domain: Int32(Address.family))
    do {
      try socket.setValue(true, for: .localAddressReuse)
      try socket.bind(to: address)
      try socket.listen()
    } catch {
      try? socket.close()
      throw error
    }
    return socket
  }

  /// The port that the system gave.
  static func port(of socket: Socket) throws -> UInt16 {
    switch try socket.sockname() {
    case .ip4(_, let port), .ip6(_, let port): port
    case .unix: 0
    }
  }
}
