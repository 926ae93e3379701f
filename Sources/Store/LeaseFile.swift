import CoppiceHDF5
import Foundation

/// A file that says who is at work on something (`LeaseHolder`) and is locked by them. The system takes the lock from the dead, in
/// this container or another, whatever number another process has by now.
///
/// Where the holder's lock cannot be asked for, since files cannot be locked there or the holder is on another machine, it is the
/// heartbeats that count: a holder writes to the file again and again.
enum LeaseFile {
  /// Makes a lease that appears whole and locked, or not at all.
  ///
  /// - Returns: the descriptor, to be kept open; `nil` where there is such a file, or none can be made.
  static func make(_ path: String, _ holder: LeaseHolder) -> Int32? {
    try? AtomicFile.makeFolder((path as NSString).deletingLastPathComponent)
    let temporary = AtomicFile.temporaryPath(for: path)
    let descriptor = open(temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { return nil }
    var holder = holder
    holder.isLocked = isLocked(descriptor)
    let bytes = holder.bytes ?? []
    var isMade = pwrite(descriptor, bytes, bytes.count, 0) == bytes.count && link(temporary, path) == 0
    if !isMade, [EPERM, ENOTSUP, ENOSYS, EMLINK].contains(errno), access(path, F_OK) != 0 {
      // A file system without links: two that ask in the same moment may both be granted it.
      isMade = rename(temporary, path) == 0
    } else {
      unlink(temporary)
    }
    if isMade { return descriptor }
    close(descriptor)
    return nil
  }

  /// Writes to a lease that is held, so that others see that its holder lives.
  static func beat(_ descriptor: Int32, _ holder: LeaseHolder) {
    var holder = holder
    holder.isLocked = isLocked(descriptor)
    if let bytes = holder.bytes { pwrite(descriptor, bytes, bytes.count, 0) }
  }

  /// Whether the file at a path is the one that is held: others may have removed it or taken it over.
  static func isInPlace(_ path: String, _ descriptor: Int32) -> Bool {
    var (ours, there) = (stat(), stat())
    return fstat(descriptor, &ours) == 0 && lstat(path, &there) == 0 && ours.st_ino == there.st_ino
      && ours.st_dev == there.st_dev
  }

  /// Gives a lease back.
  static func remove(_ path: String, _ descriptor: Int32) {
    if isInPlace(path, descriptor) { unlink(path) }
    close(descriptor)
  }

  /// Whether nobody holds the lock of a file.
  static func isUnlocked(_ path: String) -> Bool {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return flock(descriptor, LOCK_SH | LOCK_NB) == 0
  }

  /// Seconds without a heartbeat after which a holder on another machine counts as dead at first sight.
  private static let silence = 600.0

  /// Who holds a lease, as far as can be told at once: somebody whose lock is held, or one of another machine that has shown within
  /// ten minutes that it lives. `nil` where nobody does.
  static func holder(_ path: String) -> LeaseHolder? {
    guard let holder = LeaseHolder(path), !isDead(path, holder) else { return nil }
    return holder
  }

  /// Whether a file is a lease that nobody holds. A link is none.
  static func isLeft(_ path: String) -> Bool {
    OwnFiles.kind(of: path) == S_IFREG && isDead(path, LeaseHolder(path))
  }

  private static func isDead(_ path: String, _ holder: LeaseHolder?) -> Bool {
    if let holder, holder.isLocked, holder.isHere { return isUnlocked(path) }
    // What nobody understands was damaged: its holder here would have the lock.
    if holder == nil, isUnlocked(path) { return true }
    var status = stat()
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
    return abs(Date().timeIntervalSince1970 - status.modified) >= silence
  }

  /// Locks a file of ours, where files can be locked; asking again changes nothing.
  private static func isLocked(_ descriptor: Int32) -> Bool { flock(descriptor, LOCK_EX | LOCK_NB) == 0 }
}
