/// Models of one kind, of which what was found of one is worth a try with another.
package enum ModelFamily {
  private static let families: [(name: String, members: [String])] = [
    ("perceptrons", ["lenet-300-100", "mlp"]),
    (
      "convolutional networks without shortcuts",
      ["lenet", "lenet-5", "conv", "conv-2", "conv-4", "conv-6", "vgg"]
    ),
    ("residual networks", ["resnet"]),
    ("densely connected networks", ["densenet"]),
    ("networks of separable convolutions", ["mobilenet-v2", "efficientnet"]),
    ("transformers that read", ["encoder", "bert", "distilbert"]),
    ("transformers that write", ["causal-transformer"]),
    ("transformers of images", ["vit"]),
  ]

  /// The family of a model, by its name or what its name begins with before a number: `residual networks` for `resnet-20`. A model that
  /// is in none is one by itself.
  package static func name(of model: String) -> String {
    func family(_ name: String) -> String? { families.first { $0.members.contains(name) }?.name }
    return family(model) ?? family(String(model.prefix { $0 != "-" })) ?? model
  }
}
