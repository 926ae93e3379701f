import CoppiceNetworks
import CoppiceTensors
import CoppiceTerms

extension NameMap {
  /// Keras' names and layouts for multilayer perceptrons, LeNet-5, Conv-2 to Conv-6 and the residual networks for small images: `kernel`
  /// `[in, out]` or `[height, width, in, out]`, `bias`, `gamma`, `beta`, `moving_mean` and `moving_variance`, or the `vars` of newer files.
  ///
  /// Layers are told by their names, where these are ours with `_` or `/` for dots, and else by kind, order and shape. The channels of an
  /// image come last there, so that the first linear layer behind a flattened image has its inputs in another order. What no file says:
  /// normalisations there have an ε of 0.001 unless they are made with 0.00001, which ours have.
  package static let keras = NameMap("keras", version: 1) { network, arrays in
    let models = [
      "mlp", "lenet-300-100", "lenet-5", "lenet", "conv", "conv-2", "conv-4", "conv-6", "resnet", "resnet-20",
      "resnet-56",
    ]
    guard models.contains(network.model.name) else { return nil }
    let layers = KerasLayer.layers(of: network)
    let found = KerasLayer.matched(layers, to: KerasLayer.layers(in: arrays))
    var places: [String: ForeignPlace] = [:]
    for layer in layers {
      for (name, word) in layer.words {
        let usual = "\(layer.scope.replacing(".", with: "/"))/\(word)"
        places[name] = ForeignPlace(
          names: [found[layer.scope]?[word] ?? usual], layout: word == "kernel" ? layer.layout : .same)
      }
    }
    let known = places
    return { name, _ in known[name] }
  }
}

/// A layer of a network as Keras has it.
private struct KerasLayer {
  /// What kind of layer it is.
  enum Kind: Hashable { case dense, convolution, normalization }

  let scope: String
  let kind: Kind
  /// The shape of its kernel there; of a normalisation the shape of γ.
  let shape: Shape
  let layout: ArrayLayout
  /// Our names, and the words for these there.
  let words: [(name: String, word: String)]

  /// The layers of a network in order.
  static func layers(of network: Network) -> [KerasLayer] {
    let arrays = network.arrays
    let normalized = Set(arrays.filter(\.isBuffer).map { $0.name.splitAtLastDot.stem })
    var layers: [KerasLayer] = []
    // What the first linear layer sees: the channels of the image, or of the last convolution.
    let example = network.interface.exampleShape
    var channels = example.rank == 3 ? example[0] : 1
    var isFlat = false
    for (name, shape, _) in arrays where name.hasSuffix(".weight") {
      let scope = name.splitAtLastDot.stem
      let own = arrays.filter { $0.name.splitAtLastDot.stem == scope }
      if normalized.contains(scope) {
        let words = ["weight": "gamma", "bias": "beta", "running_mean": "moving_mean"]
        layers.append(
          KerasLayer(
            scope: scope, kind: .normalization, shape: shape, layout: .same,
            words: own.map { ($0.name, words[$0.name.splitAtLastDot.last] ?? "moving_variance") }))
        continue
      }
      let words = own.map { (name: $0.name, word: $0.name.hasSuffix(".weight") ? "kernel" : "bias") }
      var layout = ArrayLayout.channelsLast
      if shape.rank == 4 {
        channels = shape[0]
      } else {
        layout = isFlat ? .transposed : .flattenedChannelsLast(channels: channels)
        isFlat = true
      }
      layers.append(
        KerasLayer(
          scope: scope, kind: shape.rank == 4 ? .convolution : .dense,
          shape: layout.foreign(shape) ?? shape, layout: layout, words: words))
    }
    return layers
  }

  /// A layer of a file: what it is called there, and its arrays by the words for them.
  struct Found {
    let name: String
    let kind: Kind
    let shape: Shape
    let names: [String: String]
  }

  /// The layers of a file: those of a kind that are told apart by a number alone in the order of that, all others as they stand.
  static func layers(in arrays: [StoredArray]) -> [Found] {
    var (order, groups): ([String], [String: [StoredArray]]) = ([], [:])
    for array in arrays {
      let parts = array.name.split(separator: "/").map(String.init)
      guard !NameFit.isKeptByTraining(array.name), parts.count >= 2 else { continue }
      let group = parts.dropLast().joined(separator: "/")
      if groups[group] == nil { order.append(group) }
      groups[group, default: []].append(array)
    }
    let found = order.compactMap { group in Found(group, groups[group] ?? []) }
    let numbers = found.map { $0.number }
    return found.indices.sorted {
      (found[$0].base, numbers[$0], $0) < (found[$1].base, numbers[$1], $1)
    }.map { found[$0] }
  }

  /// The arrays of a file, for each layer of a network.
  static func matched(_ layers: [KerasLayer], to found: [Found]) -> [String: [String: String]] {
    var matches: [String: [String: String]] = [:]
    var taken: Set<Int> = []
    func take(_ scope: String, _ place: Int?) {
      guard let place, taken.insert(place).inserted else { return }
      matches[scope] = found[place].names
    }
    for layer in layers {
      let name = layer.scope.replacing(".", with: "_")
      take(layer.scope, found.firstIndex { $0.kind == layer.kind && ($0.words == name || $0.path == name) })
    }
    let convolutions = found.indices.filter { found[$0].kind == .convolution }
    let normalizations = found.indices.filter { found[$0].kind == .normalization }
    var before: Int?
    for layer in layers where matches[layer.scope] == nil {
      switch layer.kind {
      case .normalization where convolutions.count == normalizations.count:
        // Each is made right behind its convolution, whatever the order of these.
        take(layer.scope, before.map { normalizations[$0] })
      default:
        let free = found.indices.filter { found[$0].kind == layer.kind && !taken.contains($0) }
        let place = free.first { found[$0].shape == layer.shape } ?? free.first
        take(layer.scope, place)
        if layer.kind == .convolution { before = place.flatMap { convolutions.firstIndex(of: $0) } }
      }
    }
    return matches
  }
}

extension KerasLayer.Found {
  /// The layer of some arrays; `nil` where they are none.
  fileprivate init?(_ group: String, _ arrays: [StoredArray]) {
    let words = arrays.map { array -> (word: String, array: StoredArray) in
      let last = array.name.split(separator: "/").last.map(String.init) ?? array.name
      return (last.hasSuffix(":0") ? String(last.dropLast(2)) : last, array)
    }
    var names = Dictionary(
      words.map { ($0.word, $0.array) }, uniquingKeysWith: { first, _ in first })
    if group.hasSuffix("/vars") {
      let isNormalization = arrays.count == 4 && arrays.allSatisfy { $0.shape.rank == 1 }
      let order =
        isNormalization ? ["gamma", "beta", "moving_mean", "moving_variance"] : ["kernel", "bias"]
      var numbered: [String: StoredArray] = [:]
      for (place, word) in order.enumerated() { numbered[word] = names["\(place)"] }
      names = numbered
    }
    guard let main = names["kernel"] ?? names["gamma"] else { return nil }
    kind = names["kernel"] == nil ? .normalization : main.shape.rank == 4 ? .convolution : .dense
    shape = main.shape
    let isNumbered = group.hasSuffix("/vars")
    name = isNumbered ? String(group.dropLast(5)) : group
    self.names = names.mapValues(\.name)
  }

  /// What it is called, with `_` between words.
  fileprivate var words: String {
    let parts = name.split(separator: "/").map(String.init)
    // Older files say the name of a layer twice, and what stands before it.
    return parts.last.map { $0.replacing(".", with: "_").replacing("-", with: "_") } ?? ""
  }

  /// What it is called with all that stands before it.
  fileprivate var path: String { name.replacing("/", with: "_").replacing(".", with: "_") }

  /// The number behind what it is called; 0 for the first, which has none.
  fileprivate var number: Int {
    guard let match = words.wholeMatch(of: #/.*?_(\d+)/#) else { return 0 }
    return Int(match.1) ?? 0
  }

  /// What it is called without that number, where order is by numbers.
  fileprivate var base: String {
    let text = words
    guard let match = text.wholeMatch(of: #/(.*?)_(\d+)/#) else { return text }
    return String(match.1)
  }
}

extension Shipped<NameMap> {
  static let keras = Shipped(
    .keras, "Keras: multilayer perceptrons, LeNet-5, Conv-2 to Conv-6 and small residual networks")
}
