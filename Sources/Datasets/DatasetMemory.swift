import CoppiceTensors
import CoppiceTerms

extension DatasetError {
  /// Refuses a data set that does not fit in memory, before it is made or read.
  ///
  /// - Parameters:
  ///   - examples: how many there are, of all parts.
  ///   - bytes: what one takes, its labels included.
  static func checkMemory(
    _ source: Specification, examples: Int, bytes: Int, advice: String
  ) throws(DatasetError) {
    do throws(MemoryShortage) {
      try MemoryLimit.check(examples.times(bytes), for: "the data set \(source)", advice: advice)
    } catch { throw .memory(error) }
  }
}

extension Dataset {
  /// Bytes of its examples in memory.
  package var bytes: Int {
    [training, validation, test].map { $0?.bytes ?? 0 }.total
  }
}

extension Examples {
  /// Bytes of inputs and labels.
  fileprivate var bytes: Int {
    let inputs =
      switch inputs {
      case .pixels(let pixels): pixels.count
      case .values(let values): values.count * 4
      case .tokens(let tokens), .text(let tokens): tokens.count * 4
      }
    return inputs + labels.count * 4
  }
}
