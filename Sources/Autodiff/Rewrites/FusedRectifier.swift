extension Graph {
  /// The same graph, in which a gradient passes a pooling and the rectifier before it in one node. `ReLU.ChannelGradient` of what
  /// `MaxPool.Gradient` gives becomes `ReLU.PooledChannelGradient`: the gradient between the two is never stored. The bits are the
  /// same.
  func fusingRectifiers() -> Graph {
    var result = self
    for (index, node) in nodes.enumerated() where node.primitive is ReLU.ChannelGradient {
      let between = nodes[node.inputs[0].node]
      guard let pooling = between.primitive as? MaxPool.Gradient, between.inputs[1] == node.inputs[1] else {
        continue
      }
      result.nodes[index].operation = .primitive(ReLU.PooledChannelGradient(pooling.windows))
      result.nodes[index].inputs = [between.inputs[0], node.inputs[1]]
    }
    return result
  }
}
