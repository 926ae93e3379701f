import CoppiceTensors

/// A graph compiled to a list of kernel calls over memory whose layout is settled: run it as often as you like, nothing is
/// allocated. Leaves live in slots of their own; everything else shares one arena, where a buffer is reused as soon as its
/// last reader has run; updates are made in place.
package struct Plan: Sendable {
  /// Where an array lies: byte offset from the start of the leaves or of the arena.
  package enum Location: Hashable, Sendable {
    case leaf(Int)
    case arena(Int)
  }

  package struct Step: Sendable {
    package let node: Int
    package let kernel: Kernel
    package let operands: [Location]
    package let inputCount: Int
    /// An estimate of the work in floating-point operations; small steps are not worth a second thread.
    package let work: Int
  }

  package let graph: Graph
  package let steps: [Step]
  /// Copies at the end of a run, for updates that could not be made in place.
  package let copies: [(from: Location, to: Location, size: Int)]
  package let locations: [ValueID: Location]
  package let leafSize: Int
  package let arenaSize: Int
  /// Floats of scratch memory one thread needs.
  package let scratch: Int

  /// Compiles a graph, which should have been simplified.
  package init(_ graph: Graph) {
    self.graph = graph
    var layout = Layout(graph)
    layout.place()
    locations = layout.locations
    leafSize = layout.leafSize
    arenaSize = layout.arena.size
    copies = layout.copies
    var steps: [Step] = []
    for (index, node) in graph.nodes.enumerated() {
      guard let primitive = node.primitive, !primitive.isView else { continue }
      let signature = graph.signature(of: index)
      let operands = node.inputs + node.outputs.indices.map { ValueID(node: index, output: $0) }
      let elements = (signature.inputs + signature.outputs).reduce(0) { $0 + $1.shape.count }
      steps.append(
        Step(
          node: index, kernel: primitive.kernel(for: signature),
          operands: operands.compactMap { layout.locations[$0] }, inputCount: node.inputs.count,
          work: max(elements, primitive.flops(for: signature) / 8)))
    }
    self.steps = steps
    scratch = steps.map(\.kernel.scratch).max() ?? 0
  }

  /// A plan whose memory is laid out like another one's, node by node.
  init(_ other: Plan, _ graph: Graph, _ steps: [Step]) {
    (self.graph, self.steps, copies, locations) = (graph, steps, other.copies, other.locations)
    (leafSize, arenaSize) = (other.leafSize, other.arenaSize)
    scratch = steps.map(\.kernel.scratch).max() ?? 0
  }
}

extension Plan {
  /// Bytes a plan of this graph takes, leaves and arena together, without making its kernels or any array.
  package static func bytes(of graph: Graph) -> Int {
    var layout = Layout(graph)
    layout.place()
    return layout.leafSize.plus(layout.arena.size)
  }

  /// The arena a plan of this graph has, without making its kernels.
  package static func arenaSize(_ graph: Graph) -> Int {
    var layout = Layout(graph)
    layout.place()
    return layout.arena.size
  }
}

/// Lays out memory: finds each buffer's last reader, shares buffers between views and between an operation and the input it
/// may overwrite, and gives the rest a place in the arena.
private struct Layout {
  let graph: Graph
  var locations: [ValueID: Plan.Location] = [:]
  var copies: [(from: Plan.Location, to: Plan.Location, size: Int)] = []
  var leafSize = 0
  var arena = Arena()

  /// The value whose buffer a view shares.
  private var owner: [ValueID: ValueID] = [:]
  /// The last node that reads a buffer.
  private var lastUse: [ValueID: Int] = [:]
  /// The leaf an updating value belongs into.
  private var target: [ValueID: ValueID] = [:]

  init(_ graph: Graph) {
    self.graph = graph
    for (index, node) in graph.nodes.enumerated() {
      for output in node.outputs.indices {
        let id = ValueID(node: index, output: output)
        owner[id] = node.primitive?.isView == true ? owner[node.inputs[0]] : id
      }
      for input in node.inputs { if let buffer = owner[input] { lastUse[buffer] = index } }
    }
    for output in graph.outputs { if let buffer = owner[output.value] { lastUse[buffer] = .max } }
    for update in graph.updates {
      // A value that updates two leaves, or is read later, is copied at the end instead.
      target[update.value] = target[update.value] == nil ? update.leaf : nil
    }
    for update in graph.updates { if let buffer = owner[update.value] { lastUse[buffer] = .max } }
  }

  mutating func place() {
    for (index, node) in graph.nodes.enumerated() {
      for output in node.outputs.indices {
        let id = ValueID(node: index, output: output)
        if node.leaf != nil {
          locations[id] = .leaf(leafSize)
          leafSize += aligned(node.outputs[output].size)
        } else if let buffer = owner[id], buffer != id {
          locations[id] = locations[buffer]
        } else if let shared = donated(to: id, node) {
          locations[id] = shared
        } else {
          let size = aligned(node.outputs[output].size)
          let offset = arena.allocate(size)
          locations[id] = .arena(offset)
        }
        if case .arena(let offset)? = locations[id], owner[id] == id {
          held[offset] = (size: aligned(node.outputs[output].size), until: lastUse[id] ?? index)
        }
      }
      for (offset, hold) in held where hold.until <= index {
        arena.release(offset, hold.size)
        held[offset] = nil
      }
    }
    var moves: [(from: Plan.Location, to: Plan.Location, size: Int)] = []
    for update in graph.updates {
      guard let from = locations[update.value], let to = locations[update.leaf], from != to else { continue }
      let size = graph.type(of: update.leaf).size
      guard case .leaf = from else {
        moves.append((from, to, size))
        continue
      }
      // The leaf may take a new value itself: its old one is set aside before anything moves.
      let aside = Plan.Location.arena(arena.allocate(aligned(size)))
      copies.append((from, aside, size))
      moves.append((aside, to, size))
    }
    copies += moves
  }

  /// Arena buffers in use.
  private var held: [Int: (size: Int, until: Int)] = [:]

  /// The place of an input that this output may be written over: the leaf it updates, or a buffer nobody reads any more.
  private func donated(to id: ValueID, _ node: Graph.Node) -> Plan.Location? {
    guard let primitive = node.primitive else { return nil }
    for donation in primitive.donations where donation.output == id.output {
      let input = node.inputs[donation.input]
      guard let buffer = owner[input], lastUse[buffer] == id.node, let location = locations[buffer],
        graph.type(of: input).size == node.outputs[id.output].size,
        node.inputs.count(where: { owner[$0] == buffer }) == 1,
        !node.outputs.indices.contains(where: {
          $0 != id.output && locations[ValueID(node: id.node, output: $0)] == location
        })
      else { continue }
      switch location {
      case .leaf: if target[id] == buffer { return location }
      case .arena: if target[id] == nil { return location }
      }
    }
    return nil
  }
}

/// Bytes are handed out in multiples of a cache line.
private func aligned(_ size: Int) -> Int { (max(size, 1) + 63) & ~63 }

/// First fit over a list of free blocks, kept sorted and merged.
private struct Arena {
  private(set) var size = 0
  private var free: [(offset: Int, size: Int)] = []

  mutating func allocate(_ wanted: Int) -> Int {
    if let index = free.firstIndex(where: { $0.size >= wanted }) {
      let offset = free[index].offset
      if free[index].size == wanted {
        free.remove(at: index)
      } else {
        free[index] = (offset + wanted, free[index].size - wanted)
      }
      return offset
    }
    // Grow, using a free block at the very end where there is one.
    if let last = free.last, last.offset + last.size == size {
      free.removeLast()
      size = last.offset + wanted
      return last.offset
    }
    size += wanted
    return size - wanted
  }

  mutating func release(_ offset: Int, _ released: Int) {
    let index = free.firstIndex { $0.offset > offset } ?? free.count
    free.insert((offset, released), at: index)
    if index + 1 < free.count, free[index].offset + free[index].size == free[index + 1].offset {
      free[index].size += free[index + 1].size
      free.remove(at: index + 1)
    }
    if index > 0, free[index - 1].offset + free[index - 1].size == free[index].offset {
      free[index - 1].size += free[index].size
      free.remove(at: index)
    }
  }
}
