import CoppiceDatasets
import Crypto
import Foundation
import Testing

/// A folder that is gone when the test is.
final class TemporaryFolder {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.path + "/coppice-datasets-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  @discardableResult
  func write(_ bytes: [UInt8], _ name: String) throws -> String {
    let file = URL(fileURLWithPath: "\(path)/\(name)")
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: file)
    return file.path
  }
}

/// A gzip file with the bytes stored uncompressed (RFC 1952), built by hand so that zlib is not its own oracle.
func gzip(_ bytes: [UInt8]) -> [UInt8] {
  var out: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]
  var rest = bytes[...]
  repeat {
    let block = rest.prefix(65_535)
    rest = rest.dropFirst(65_535)
    let length = UInt16(block.count)
    out.append(rest.isEmpty ? 1 : 0)
    for word in [length, ~length] { out += [UInt8(word & 255), UInt8(word >> 8)] }
    out += block
  } while !rest.isEmpty
  var crc: UInt32 = ~0
  for byte in bytes {
    crc ^= UInt32(byte)
    for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
  }
  for word in [~crc, UInt32(bytes.count)] { withUnsafeBytes(of: word.littleEndian) { out += $0 } }
  return out
}

/// A gzip file of these bytes and then so many zeros, a thousandth as large: one block of fixed codes (RFC 1951), in which every
/// 13 bits stand for 258 zeros. It has no right end. Bytes must be below 144.
func bomb(_ beginning: [UInt8], zeros: Int) -> [UInt8] {
  var out: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]
  var (word, length) = (UInt64(0b011), UInt64(3))  // the last block, of fixed codes
  func put(_ code: UInt64, _ bits: UInt64) {
    // Codes begin with their highest bit.
    for bit in (0..<bits).reversed() {
      word |= (code >> bit & 1) << length
      length += 1
    }
    while length >= 8 {
      out.append(UInt8(truncatingIfNeeded: word))
      (word, length) = (word >> 8, length - 8)
    }
  }
  for byte in beginning + [0] { put(0x30 + UInt64(byte), 8) }
  // Length 258 and distance 1.
  // Eight of them fill whole bytes, always the same ones.
  for _ in 0..<8 { put(0b1100_0101 << 5, 13) }
  let start = out.count
  for _ in 0..<8 { put(0b1100_0101 << 5, 13) }
  let eight = Array(out[start...])
  for _ in 0..<zeros / (8 * 258) { out += eight }
  put(0, 7)
  put(0, 8)
  return out + [UInt8](repeating: 0, count: 8)
}

/// The bytes of an IDX file.
func idx(magic: UInt32, _ extents: [Int], _ bytes: [UInt8]) -> [UInt8] {
  var out: [UInt8] = []
  for word in [magic] + extents.map({ UInt32($0) }) { withUnsafeBytes(of: word.bigEndian) { out += $0 } }
  return out + bytes
}

/// SHA-256 in hexadecimal.
func sha256(_ bytes: [UInt8]) -> String {
  SHA256.hash(data: bytes).map { String(format: "%02x", $0) }.joined()
}

/// The published data sets, where this machine has them: `COPPICE_DATA`, or `../shared/data` beside the package.
enum RealData {
  static let folders: DataFolders = {
    let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let shared = package.deletingLastPathComponent().path + "/shared/data"
    return DataFolders([ProcessInfo.processInfo.environment["COPPICE_DATA"] ?? shared])
  }()

  static func has(_ folder: String) -> Bool {
    FileManager.default.fileExists(atPath: "\(folders.destination)/\(folder)")
  }
}

/// Ten 1×2×3 images whose pixels say which image, row and column they are, two of them for the test.
func tinyImages(
  count: Int = 10, validation: Int = 2, augmentation: Augmentation = .none, scaling: InputScaling = .unit
) throws -> Dataset {
  let pixels = (0..<count).flatMap { i in (0..<6).map { UInt8(10 * i + $0 + 1) } }
  let labels = (0..<count).map { Int32($0 % 3) }
  return try Dataset(
    name: "tiny", task: .imageClassification(channels: 1, height: 2, width: 3),
    training: Examples(pixels: pixels, labels: labels),
    test: Examples(pixels: Array(pixels.prefix(12)), labels: [0, 1]),
    classNames: ["a", "b", "c"], validationCount: validation, scaling: scaling, augmentation: augmentation,
    record: DataRecord(dataset: "tiny", version: 1))
}

/// The inputs of these of the tiny images.
func tinyInputs(_ indices: [Int]) -> [Float] {
  indices.flatMap { (index: Int) -> [Float] in
    (1...6).map { (offset: Int) -> Float in Float(10 * index + offset) / 255 }
  }
}

/// Inputs and labels of one training step.
func fill(_ batches: inout Batches, _ step: Int) -> (inputs: [Float], labels: [Int32]) {
  var inputs = [Float](repeating: .nan, count: batches.batchSize * batches.inputSize)
  var labels = [Int32](repeating: -9, count: batches.batchSize * batches.labelSize)
  inputs.withUnsafeMutableBufferPointer { inputs in
    labels.withUnsafeMutableBufferPointer { batches.fill(step, inputs: inputs, labels: $0) }
  }
  return (inputs, labels)
}

/// Tokens and labels of one training step.
func fillTokens(_ batches: inout Batches, _ step: Int) -> (tokens: [Int32], labels: [Int32]) {
  var tokens = [Int32](repeating: -9, count: batches.batchSize * batches.inputSize)
  var labels = [Int32](repeating: -9, count: batches.batchSize * batches.labelSize)
  tokens.withUnsafeMutableBufferPointer { tokens in
    labels.withUnsafeMutableBufferPointer { batches.fill(step, tokens: tokens, labels: $0) }
  }
  return (tokens, labels)
}

/// All inputs (or tokens, as numbers) and labels of a subset, in order.
func everything(_ subset: Subset, of dataset: Dataset) throws -> (inputs: [Float], labels: [Int32]) {
  let batches = try EvaluationBatches(subset, of: dataset, batchSize: subset.count)
  var inputs = [Float](repeating: .nan, count: subset.count * batches.inputSize)
  var tokens = [Int32](repeating: -9, count: inputs.count)
  var labels = [Int32](repeating: -9, count: subset.count * batches.labelSize)
  labels.withUnsafeMutableBufferPointer { labels in
    if dataset.task.hasTokens {
      tokens.withUnsafeMutableBufferPointer { _ = batches.fill(0, tokens: $0, labels: labels) }
    } else {
      inputs.withUnsafeMutableBufferPointer { _ = batches.fill(0, inputs: $0, labels: labels) }
    }
  }
  return (dataset.task.hasTokens ? tokens.map { Float($0) } : inputs, labels)
}

/// SHA-256 over the bit patterns of every input and label of all parts of a data set, little-endian.
func digest(_ dataset: Dataset) throws -> String {
  let split = Split(dataset, seed: 0)
  var bytes: [UInt8] = []
  for subset in [split.training, split.validation, split.test] {
    let (inputs, labels) = try everything(subset, of: dataset)
    for word in inputs.map(\.bitPattern) + labels.map({ UInt32(bitPattern: $0) }) {
      bytes += [UInt8(word & 255), UInt8(word >> 8 & 255), UInt8(word >> 16 & 255), UInt8(word >> 24)]
    }
  }
  return sha256(bytes)
}

/// The error a closure throws, as its text.
func message(_ body: () throws -> Void) -> String {
  do {
    try body()
    return "(no error)"
  } catch {
    return "\(error)"
  }
}
