import CoppiceHDF5
import CoppiceTerms
import Foundation

extension Journal {
  /// The entries that lie whole in the last bytes of a journal, oldest first; none where there is no such file. Lines that are not
  /// entries are left out. However long the journal of a sweep has become, its end is read in no time.
  package static func entries<Entry: Decodable>(
    of _: Entry.Type = Entry.self, in path: String, last most: Int
  ) throws(StoreError) -> [Entry] {
    guard access(path, F_OK) == 0 else { return [] }
    let bytes: [UInt8]
    var isCut = false
    do {
      let descriptor = try ReadableFile.open(path)
      defer { close(descriptor) }
      let size = try ReadableFile.size(of: descriptor, at: path)
      isCut = size > most && lseek(descriptor, off_t(size - most), SEEK_SET) > 0
      bytes = try ReadableFile.bytes(of: descriptor, min(size, most), at: path)
    } catch { throw .file(HDF5Error(error)) }
    let decoder = JSONDecoder()
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    return lines.dropFirst(isCut ? 1 : 0).compactMap { try? decoder.decode(Entry.self, from: Data($0)) }
  }
}
