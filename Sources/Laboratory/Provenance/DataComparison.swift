import CoppiceDatasets
import CoppiceTerms

/// How the data that are here compare with those a result was made of.
package enum DataComparison {
  /// One sentence for every file whose content is another than the provenance of a result says.
  package static func differences(_ provenance: String, _ records: [DataRecord]) -> [String] {
    guard case .list(let stored)? = JSON(parsing: provenance)?["data"] else { return [] }
    return records.flatMap { record -> [String] in
      let then = stored.first {
        guard case .text(let name)? = $0["dataset"] else { return false }
        return name == record.dataset
      }
      guard case .list(let files)? = then?["files"] else { return [] }
      return zip(files, record.files).compactMap { then, now in
        guard case .text(let digest)? = then["content_sha256"], digest != now.contentSHA256 else {
          return nil
        }
        return
          "\(now.path) is not the file it was trained on (SHA-256 of the content \(now.contentSHA256), then \(digest))"
      }
    }
  }
}
