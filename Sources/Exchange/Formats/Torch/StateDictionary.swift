/// The tensors of a state dictionary by name, found in what a pickle holds.
struct StateDictionary {
  private(set) var tensors: [(name: String, tensor: TorchTensor)] = []
  /// What is there beside tensors, by name.
  private(set) var ignored: [String] = []

  /// Names under which training programs keep the state dictionary among other things, the likeliest first.
  static let wrappers = ["state_dict", "model_state_dict", "model"]

  /// So many dictionaries may lie in each other.
  private static let deepest = 4

  /// Finds it: the outermost dictionary, or the one under one of the usual names in it.
  /// - Throws: `HeaderFault` where there are no tensors by name.
  init(of value: PickleValue, in machine: PickleMachine) throws(HeaderFault) {
    guard case .dictionary(var index) = value else {
      throw HeaderFault("it holds no dictionary of tensors; save one: torch.save(model.state_dict(), path)")
    }
    var path = ""
    for _ in 0..<Self.deepest {
      guard let (name, inner) = Self.wrapped(machine.dictionaries[index], machine) else { break }
      ignored += machine.dictionaries[index].filter { $0.key.text != name }
        .map { path + Self.title($0.key) }
      (path, index) = (path + name + ".", inner)
    }
    let entries = machine.dictionaries[index]
    var names: Set<String> = []
    for (key, value) in entries {
      let title = Self.title(key)
      guard names.insert(title).inserted else { throw HeaderFault("it has two arrays of the name \(title)") }
      if let name = key.text, case .tensor(let tensor) = value {
        tensors.append((name, machine.tensors[tensor]))
      } else {
        ignored.append(path + title)
      }
    }
    if tensors.isEmpty, !entries.isEmpty {
      let listing = ignored.prefix(8).joined(separator: ", ") + (ignored.count > 8 ? ", …" : "")
      throw HeaderFault(
        "it holds \(listing), and none of it is a tensor; save the weights alone: torch.save(model.state_dict(), path)"
      )
    }
  }

  /// The dictionary under one of the usual names, where it holds a tensor, or another such dictionary.
  private static func wrapped(
    _ entries: [(key: PickleValue, value: PickleValue)], _ machine: PickleMachine
  ) -> (name: String, index: Int)? {
    for wrapper in wrappers {
      if let entry = entries.first(where: { $0.key.text == wrapper }),
        case .dictionary(let index) = entry.value,
        machine.dictionaries[index].contains(where: { isPromising($0) })
      {
        return (wrapper, index)
      }
    }
    return nil
  }

  private static func isPromising(_ entry: (key: PickleValue, value: PickleValue)) -> Bool {
    switch entry.value {
    case .tensor: true
    case .dictionary: entry.key.text.map(wrappers.contains) ?? false
    default: false
    }
  }

  private static func title(_ key: PickleValue) -> String {
    switch key {
    case .text(let text): text
    case .integer(let integer): "\(integer)"
    case .flag(let flag): flag ? "True" : "False"
    default: "an entry whose key is no text"
    }
  }
}
