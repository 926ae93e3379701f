import Foundation

/// Paths as a file names its neighbours, so that a folder can be moved with all that is in it.
enum RelativePath {
  /// The way from the folder of a file to another file: `../Results/quickstart/summary.h5`. Of standard output (`-`) it is the folder at
  /// hand.
  static func from(folderOf file: String, to target: String) -> String {
    let folder = file == "-" ? "." : (file as NSString).deletingLastPathComponent
    let (start, end) = (parts(folder.isEmpty ? "." : folder), parts(target))
    let common = zip(start, end).prefix { $0 == $1 }.count
    let way = Array(repeating: "..", count: start.count - common) + end[common...]
    return way.isEmpty ? "." : way.joined(separator: "/")
  }

  /// The names on the way from the root to a path.
  private static func parts(_ path: String) -> [String] {
    URL(fileURLWithPath: path).standardizedFileURL.path.split(separator: "/").map(String.init)
  }
}
