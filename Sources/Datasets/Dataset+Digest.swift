import Crypto

extension Dataset {
  /// SHA-256 over everything a batch is made of: task, classes, split, scaling, and every input and label, little-endian.
  var digest: String {
    var digest = SHA256()
    digest.add("\(task) \(classNames) \(validationCount) \(scaling.value) \(augmentation.value)")
    for (part, examples) in [("training", training), ("validation", validation), ("test", test)] {
      digest.add("\(part) \(examples?.count ?? 0)")
      switch examples?.inputs {
      case .pixels(let pixels): digest.add(pixels)
      case .values(let values): digest.add(values.map(\.bitPattern.littleEndian))
      case .tokens(let tokens), .text(let tokens): digest.add(tokens.map(\.littleEndian))
      case nil: break
      }
      digest.add((examples?.labels ?? []).map(\.littleEndian))
    }
    return LoadedFile.hexadecimal(digest.finalize())
  }
}

extension SHA256 {
  /// The bytes of elements, after their number.
  fileprivate mutating func add<Element: BitwiseCopyable>(_ elements: [Element]) {
    withUnsafeBytes(of: UInt64(elements.count).littleEndian) { update(bufferPointer: $0) }
    elements.withUnsafeBytes { update(bufferPointer: $0) }
  }

  fileprivate mutating func add(_ text: String) { add(Array(text.utf8)) }
}
