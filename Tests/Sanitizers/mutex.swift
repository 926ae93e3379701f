import Foundation
import Synchronization

// What ThreadSanitizer must find, and what it must not: `race` changes a number from several threads, `mutex` does so under a Mutex
// for which they have to wait.

final class Numbers: @unchecked Sendable {
  let mutex = Mutex(())
  var number = 0
}

let numbers = Numbers()
let isRace = CommandLine.arguments.last == "race"
let threads = (0..<4).map { _ in
  let thread = Thread {
    for _ in 0..<200 {
      if isRace {
        numbers.number += 1
      } else {
        numbers.mutex.withLock { _ in
          numbers.number += 1
          // So long that the others wait in the kernel.
          usleep(20)
        }
      }
    }
  }
  thread.start()
  return thread
}
while !threads.allSatisfy(\.isFinished) { usleep(1_000) }
