import CoppiceTensors

/// A primitive that scales every channel of its first input by a factor of its own.
package protocol ChannelScaling: Primitive {
  /// Which of its inputs the factors are, `[channels]`.
  var scaleInput: Int { get }
}

extension Graph {
  /// The scale of the batch normalisation behind a weight: of its `companions`, the vector that a normalisation scales channels by;
  /// `nil` where there is none.
  package func scale(behind parameter: String) -> String? {
    companions(of: parameter).first { name in
      nodes.contains { node in
        guard let scaling = node.primitive as? any ChannelScaling else { return false }
        return nodes[node.inputs[scaling.scaleInput].node].leaf == .parameter(name)
      }
    }
  }
}
