import CKernels

/// Writes examples into a batch: scaling, augmentation, windows. It allocates nothing while writing.
///
/// Indices are those of examples there are: `Dataset` and `Subset` see to that.
struct ExampleWriter: Sendable {
  private let inputs: Examples.Inputs
  private let labels: [Int32]
  private let count: Int
  let inputSize: Int
  let labelSize: Int
  private let width: Int
  private let height: Int
  private let channels: Int
  /// `[channels, 256]`: the input for every byte.
  private let table: [Float]

  init(_ examples: Examples, of dataset: Dataset) {
    inputs = examples.inputs
    labels = examples.labels
    count = examples.count
    inputSize = dataset.task.inputSize
    labelSize = dataset.task.labelSize
    if case .imageClassification(let channels, let height, let width) = dataset.task {
      (self.channels, self.height, self.width) = (channels, height, width)
      table = dataset.scaling.table(channels: channels)
    } else {
      (channels, height, width) = (1, 1, inputSize)
      table = []
    }
  }

  /// Numbers of some examples, one after the other.
  func write(_ indices: UnsafeBufferPointer<Int32>, to target: UnsafeMutablePointer<Float>) {
    guard let chosen = indices.baseAddress else { return }
    switch inputs {
    case .pixels(let pixels):
      ck_gather_bytes(indices.count, channels, height * width, chosen, pixels, table, target)
    case .values(let values):
      ck_gather_rows(indices.count, inputSize, count, chosen, values, target)
    case .tokens, .text:
      preconditionFailure("a data set of tokens is filled by fill(_:tokens:labels:)")
    }
  }

  /// Numbers of example `index`, cropped and mirrored as drawn; what lies outside the image is byte 0 (or 0.0).
  func write(_ index: Int, augmented draw: Augmentation.Draw, to target: UnsafeMutablePointer<Float>) {
    switch inputs {
    case .pixels(let pixels):
      pixels.withUnsafeBufferPointer { pixels in
        table.withUnsafeBufferPointer { table in
          guard let pixels = pixels.baseAddress, let table = table.baseAddress else { return }
          crop(pixels + index * inputSize, draw, target) { channel, byte in table[256 * channel + Int(byte)] }
        }
      }
    case .values(let values):
      values.withUnsafeBufferPointer { values in
        guard let values = values.baseAddress else { return }
        crop(values + index * inputSize, draw, target) { _, value in value }
      }
    case .tokens, .text:
      preconditionFailure("a data set of tokens is filled by fill(_:tokens:labels:)")
    }
  }

  /// Output column x is image column x + shift, or (width − 1 − x) + shift where mirrored.
  @inline(__always)
  private func crop<Element: Numeric>(
    _ image: UnsafePointer<Element>, _ draw: Augmentation.Draw, _ target: UnsafeMutablePointer<Float>,
    scaled: (_ channel: Int, _ element: Element) -> Float
  ) {
    let shift = draw.columnShift
    let inside = max(0, -shift)..<min(width, width - shift)
    for channel in 0..<channels {
      let outside = scaled(channel, 0)
      for y in 0..<height {
        let line = target + (channel * height + y) * width
        let row = y + draw.rowShift
        for x in 0..<width { line[x] = outside }
        guard row >= 0, row < height else { continue }
        let source = image + (channel * height + row) * width + shift
        if draw.flipped {
          for x in inside { line[width - 1 - x] = scaled(channel, source[x]) }
        } else {
          for x in inside { line[x] = scaled(channel, source[x]) }
        }
      }
    }
  }

  /// Tokens of some examples, one after the other; a text's windows start `offset` tokens later.
  func write(
    _ indices: UnsafeBufferPointer<Int32>, offset: Int, to target: UnsafeMutablePointer<Int32>
  ) {
    switch inputs {
    case .tokens(let tokens), .text(let tokens):
      Self.copy(indices, of: tokens, size: inputSize, offset: offset, to: target)
    case .pixels, .values:
      preconditionFailure("a data set of numbers is filled by fill(_:inputs:labels:)")
    }
  }

  /// Labels of some examples; those of a text are its tokens one further.
  func writeLabels(
    _ indices: UnsafeBufferPointer<Int32>, offset: Int, to target: UnsafeMutablePointer<Int32>
  ) {
    if case .text(let tokens) = inputs {
      Self.copy(indices, of: tokens, size: labelSize, offset: offset + 1, to: target)
    } else {
      Self.copy(indices, of: labels, size: labelSize, offset: 0, to: target)
    }
  }

  /// Rows of `size` elements by index, each starting `offset` elements later.
  private static func copy(
    _ indices: UnsafeBufferPointer<Int32>, of elements: [Int32], size: Int, offset: Int,
    to target: UnsafeMutablePointer<Int32>
  ) {
    elements.withUnsafeBufferPointer { elements in
      guard let start = elements.baseAddress.map({ $0 + offset }) else { return }
      for row in 0..<indices.count {
        (target + row * size).update(from: start + Int(indices[row]) * size, count: size)
      }
    }
  }
}
