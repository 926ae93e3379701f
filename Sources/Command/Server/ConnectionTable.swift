import Coppice
import Foundation
import Synchronization

/// The connections of a server, each with a time by which something has to happen. One that lets it pass is ended, and so is the oldest
/// where there are too many: whoever opens connections and says nothing takes no more than this.
final class ConnectionTable: Sendable {
  fileprivate struct Connection {
    let descriptor: Int32
    /// Seconds of the table's watch.
    var deadline: Double
    /// Whether its request has not come yet.
    var isWaiting = true
  }

  fileprivate struct State {
    var connections: [Int: Connection] = [:]
    var next = 0
  }

  private let watch = Stopwatch()
  private let limit: Int
  private let state = Mutex(State())

  /// - Parameter limit: the most connections at a time.
  init(limit: Int) { self.limit = limit }

  /// Takes in a connection that may take so many seconds for its first request.
  func add(_ descriptor: Int32, within seconds: Double) -> Int {
    state.withLock { state in
      if state.connections.count >= limit {
        let oldest =
          state.connections.filter(\.value.isWaiting).keys.min() ?? state.connections.keys.min()
        if let oldest { state.shut(oldest) }
      }
      state.next += 1
      state.connections[state.next] = Connection(
        descriptor: descriptor, deadline: watch.elapsed + seconds)
      return state.next
    }
  }

  /// Gives a connection so many seconds from now.
  func extend(_ id: Int, by seconds: Double, isWaiting: Bool) {
    state.withLock { state in
      state.connections[id]?.deadline = watch.elapsed + seconds
      state.connections[id]?.isWaiting = isWaiting
    }
  }

  /// Takes a connection out and closes it. Nobody ends another one that gets its number meanwhile.
  func close(_ id: Int, _ body: () -> Void) {
    state.withLock { state in
      state.connections[id] = nil
      body()
    }
  }

  /// Ends what has let its time pass.
  func endOverdue() {
    state.withLock { state in
      for (id, connection) in state.connections where connection.deadline < watch.elapsed { state.shut(id) }
    }
  }
}

extension ConnectionTable.State {
  /// Whoever reads from it or writes to it is told that it is over, and closes it.
  fileprivate mutating func shut(_ id: Int) {
    guard let connection = connections[id] else { return }
    shutdown(connection.descriptor, Int32(SHUT_RDWR))
    connections[id]?.deadline = .infinity
    connections[id]?.isWaiting = false
  }
}
