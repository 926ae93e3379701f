import Coppice
import Synchronization

/// A server at work beside the thread that asked for it.
final class ServerTask: Sendable {
  private struct State {
    var listening: ServerAddress?
    var failure: (any Error)?
  }

  private let state = Mutex(State())

  init(_ address: ServerAddress, answer: @escaping @Sendable (RequestHead) -> Answer) {
    Task.detached { [self] in
      do {
        let server = try await PageServer(address, answer: answer)
        state.withLock { $0.listening = ServerAddress(host: address.host, port: server.port) }
        try await server.run()
        throw CommandFailure("the server ended by itself: start it again", CommandFailure.tryAgain)
      } catch {
        state.withLock {
          $0.failure =
            error is CommandFailure
            ? error : CommandFailure("the server ended: \(error)", CommandFailure.inputOutput)
        }
      }
    }
  }

  /// Where it listens; `nil` before it does.
  var listening: ServerAddress? { state.withLock { $0.listening } }

  /// Why it ended; `nil` while it is at work.
  var failure: (any Error)? { state.withLock { $0.failure } }
}
