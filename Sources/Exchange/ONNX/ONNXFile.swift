import CoppiceAutodiff
import CoppiceHDF5
import CoppiceNetworks
import CoppiceTensors
import CoppiceTerms
import Foundation

/// A network in evaluation as a file of ONNX (`onnx.ai`): version 17 of its operators, version 8 of its form. It takes `inputs` and gives
/// `logits`, as the network's forward graph does. Parameters and buffers keep their names and layouts. Masked weights are stored once, as 0
/// where they are pruned.
///
/// Nothing of it depends on anything but what it is made from: the same network gives the same bytes.
package struct ONNXFile: Sendable {
  /// How many examples it takes at once.
  package enum Batch: Hashable, Sendable {
    /// Any number: the first extent is called `batch`.
    case any
    case of(Int)
  }

  /// The bytes that one message of Protocol Buffers, and so one file, may have.
  package static let mostBytes = Int(Int32.max)

  /// The whole file.
  package private(set) var model: ProtobufMessage
  /// How many arrays it holds.
  package let arrayCount: Int

  /// The file of a network with its weights.
  ///
  /// - Parameters:
  ///   - masks: which weights stay; the others are stored as 0.
  ///   - quantisation: the codes of its layers. Weights of 8 and of 4 bits become `int8`. Where inputs have codes, `QuantizeLinear` and
  ///     `DequantizeLinear` stand before and between the layers (QDQ), so that a program may multiply integers; see `QuantisedOperators`.
  ///   - isSparse: whether weights are stored as survivors and places where that is smaller (`sparse_initializer`). Not every program
  ///     reads that, and the full check of the onnx package refuses it for some operators.
  ///   - metadata: what else the file says of itself, after the model and what it is for.
  /// - Throws: `ONNXError`; nothing is written before `write`.
  package init(
    _ network: Network, _ parameters: ParameterSet, _ buffers: ParameterSet, masks: MaskSet? = nil,
    batch: Batch = .any, quantisation: Quantisation? = nil, isSparse: Bool = false,
    metadata: [(key: String, value: String)] = []
  ) throws {
    let name = network.model.name
    let list = try network.operatorList(batch)
    let least = list.constants.reduce(0) { $0 + 4 * $1.extents.map(\.fixed).reduce(1, *) }
    if quantisation == nil, !isSparse, least > Self.mostBytes {
      throw ONNXError.tooLarge(model: name, bytes: least)
    }
    if let fault = network.fault(inParameters: parameters) ?? network.fault(inBuffers: buffers)
      ?? masks.flatMap({ network.fault(inMasks: $0) })
    {
      throw ONNXError.weights(model: name, reason: fault)
    }
    let facts: [(key: String, value: String)] = [
      ("model", network.model.specification.description),
      ("interface", network.interface.specification.description),
    ]
    self.init(
      list, name: name, quantisation: quantisation, isSparse: isSparse,
      facts: facts + metadata
    ) { (parameters[$0] ?? buffers[$0], masks?[$0]) }
    if model.count > Self.mostBytes { throw ONNXError.tooLarge(model: name, bytes: model.count) }
  }

  /// The file of a list of operators.
  /// - Parameter leaf: gives the arrays that operators read, and their masks.
  package init(
    _ list: OperatorList, name: String, quantisation: Quantisation? = nil, isSparse: Bool = false,
    facts: [(key: String, value: String)] = [],
    leaf: @escaping (String) -> (tensor: Tensor?, mask: Mask?) = { _ in (nil, nil) }
  ) {
    var graph = ONNXGraph(list, leaf: leaf)
    if let quantisation { graph.quantise(by: quantisation) }
    graph.finish(name: name)
    arrayCount = graph.tensors.count
    model = ProtobufMessage()
    model.integer(1, 8)
    model.text(2, Self.producer)
    model.message(7, graph.message(isSparse: isSparse))
    var operators = ProtobufMessage()
    operators.text(1, "")
    operators.integer(2, 17)
    model.message(8, operators)
    for (key, value) in facts {
      var entry = ProtobufMessage()
      entry.text(1, key)
      entry.text(2, value)
      model.message(14, entry)
    }
  }

  /// What made it, as it says.
  private static let producer = "coppice"

  /// Whether a file was written here.
  package static func isOwn(_ path: String) -> Bool {
    guard let descriptor = try? ReadableFile.open(path) else { return false }
    defer { close(descriptor) }
    var beginning = ProtobufMessage()
    beginning.integer(1, 8)
    beginning.text(2, producer)
    return (try? ReadableFile.bytes(of: descriptor, beginning.count, at: path)) == beginning.bytes
  }

  /// The bytes it will have.
  package var count: Int { model.count }

  /// Writes it by a temporary name, syncs and renames it. It is written array by array: beside the weights, one masked array is in memory
  /// at a time.
  /// - Throws: `HDF5Error` naming the system call and its reason.
  package func write(to path: String) throws(HDF5Error) {
    try AtomicFile.replace(path) { (write: AtomicFile.Writing) throws(HDF5Error) in try model.write(write) }
  }
}

extension Network {
  /// Its forward graph in evaluation, in the operators of other programs.
  package func operatorList(_ batch: ONNXFile.Batch) throws -> OperatorList {
    func list(_ batch: Int) throws -> OperatorList {
      do { return try OperatorList(forward(batch: batch, isTraining: false), outputs: ["logits"]) } catch {
        throw ONNXError.operation(model: model.name, reason: "\(error)")
      }
    }
    let found: OperatorList
    switch batch {
    case .of(let count): found = try list(count)
    case .any:
      // Two numbers that are hardly an extent of anything else.
      let batches = (41, 43)
      guard let merged = OperatorList(try list(batches.0), try list(batches.1), batches: batches) else {
        throw ONNXError.fixedBatch(model: model.name)
      }
      found = merged
    }
    if let further = found.inputs.first(where: { $0.name != "inputs" }) {
      throw ONNXError.furtherInput(model: model.name, further.name)
    }
    return found
  }
}
