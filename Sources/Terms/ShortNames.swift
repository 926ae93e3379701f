/// What people write out of habit, and what it is called here: for suggestions only, never read as a name.
enum ShortNames {
  /// The names that an abbreviation may mean, most likely first.
  static let meanings: [String: [String]] = [
    // settings
    "lr": ["learning-rate"], "learning_rate": ["learning-rate"], "wd": ["weight-decay"],
    "weight_decay": ["weight-decay"], "bs": ["batch-size"], "batch": ["batch-size"], "opt": ["optimizer"],
    "ds": ["dataset"], "data": ["dataset"], "arch": ["model"], "net": ["model"], "network": ["model"],
    "init": ["initializer"], "epochs": ["training"], "iterations": ["training"], "steps": ["training"],
    "ratio": ["sparsity"], "density": ["sparsity"], "clip": ["clipping"], "scope": ["allocation"],
    "structure": ["granularity"], "finetune": ["retraining", "fine-tune"], "method": ["criterion"],
    // schedules, retrainings, controls, dynamics
    "imp": ["lottery-ticket", "iterative"], "lth": ["lottery-ticket"], "lt": ["lottery-ticket"],
    "lottery": ["lottery-ticket"], "ticket": ["lottery-ticket"], "os": ["one-shot"],
    "pai": ["at-initialisation"],
    "init-pruning": ["at-initialisation"], "ft": ["fine-tune"], "wr": ["rewind"],
    "lrr": ["learning-rate-rewind"],
    "reinit": ["random-reinit"], "gmp": ["gradual"], "agp": ["gradual"],
    // criteria, granularities, allocations
    "mag": ["magnitude"], "l1": ["magnitude"], "mp": ["magnitude"], "rand": ["random"],
    "channel": ["filter", "neuron"],
    "unit": ["neuron"], "unstructured": ["weight"], "structured": ["neuron"], "er": ["erdos-renyi"],
    "nm": ["n-of-m"], "semi-structured": ["n-of-m"], "blocks": ["block"], "1xn": ["one-by-n"],
    "erk": ["erdos-renyi-kernel"], "uniform": ["layer-wise"], "local": ["layer-wise"],
    // losses, optimizers, learning rates, models
    "ce": ["cross-entropy"], "xent": ["cross-entropy"], "ls": ["label-smoothing"], "momentum": ["sgd"],
    "lenet": ["lenet-5", "lenet-300-100"], "mobilenet": ["mobilenet-v2"],
    "efficientnet": ["efficientnet-b0"], "vgg": ["vgg-16"], "resnet": ["resnet-20"],
    "gpt": ["causal-transformer"],
    "transformer": ["encoder", "causal-transformer"], "bert-base": ["bert"],
    // measures
    "acc": ["test_accuracy"], "accuracy": ["test_accuracy"], "loss": ["test_loss"], "remaining": ["density"],
  ]
}

extension String {
  /// What is meant by an abbreviation, most likely first; none where it is none.
  package var meanings: [String] { ShortNames.meanings[lowercased()] ?? [] }
}
