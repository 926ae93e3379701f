"""Weight files of Keras with the logits of its models: KERAS_BACKEND=torch python3 Tests/Reference/exchange_keras.py

Writes Tests/ExchangeTests/Fixtures/names/keras-*.h5 and keras.json: small models with random weights, as newer and older versions of
Keras save them. Images have their channels last there; inputs are written with the channels first, as ours have them. Made with
Keras 3.15 on PyTorch 2.13."""
import json, os

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras
import numpy as np
from keras import layers

FOLDER = os.path.join(os.path.dirname(__file__), "../ExchangeTests/Fixtures/names")
CASES = []


def draw(model, seed):
    generator = np.random.default_rng(seed)
    for weight in model.weights:
        shape, name = tuple(weight.shape), weight.path.rsplit("/")[-1]
        if name == "kernel":
            value = generator.normal(size=shape) * 1.4 / np.sqrt(np.prod(shape[:-1]))
        elif name == "moving_variance":
            value = 1 + 0.5 * generator.random(shape)
        else:
            value = generator.normal(size=shape) * 0.2 + (1.0 if name == "gamma" else 0.0)
        weight.assign(value.astype("float32"))
    return model


def case(name, model, text, shape, classes, files):
    inputs = np.round(np.random.default_rng(7).normal(size=(2,) + shape) * 16) / 16
    found = np.asarray(model(np.moveaxis(inputs, 1, -1).astype("float32"), training=False).detach().cpu())
    assert np.abs(found[0] - found[1]).max() > 0.02 * np.abs(found).max(), (name, found)
    for ending, save in files.items():
        path = os.path.join(FOLDER, name + ending)
        save(path)
        CASES.append(
            {
                "name": name + ending.replace(".", "-"), "file": name + ending, "model": text, "names": "keras",
                "shape": list(shape), "classes": classes, "inputs": inputs.flatten().tolist(),
                "logits": [float(f"{x:.9g}") for x in found.flatten().tolist()],
            })


def perceptron():
    """Layers with names of ours, made in another order than they stand in."""
    last, first = layers.Dense(3, name="fc2"), layers.Dense(6, name="fc1", activation="relu")
    image = keras.Input((4, 4, 2))
    return keras.Model(image, last(first(layers.Flatten()(image))))


def lenet():
    """Layers with names that Keras gives them, more than ten of a kind before these."""
    image = keras.Input((20, 20, 1))
    x = layers.MaxPooling2D(2)(layers.Conv2D(2, 5)(image))
    x = layers.MaxPooling2D(2)(layers.Conv2D(3, 5)(x))
    x = layers.Dense(8, activation="relu")(layers.Flatten()(x))
    return keras.Model(image, layers.Dense(4)(x))


def residual():
    """With ε as PyTorch has it. The projection of a block is made before its convolutions."""
    image = keras.Input((8, 8, 3))
    normal = lambda x: layers.BatchNormalization(epsilon=1e-5)(x)
    pad = lambda x: layers.ZeroPadding2D(1)(x)
    x = layers.ReLU()(normal(layers.Conv2D(3, 3, padding="same", use_bias=False)(image)))
    for width, stride in [(3, 1), (4, 2)]:
        shortcut = x
        if stride == 2:
            shortcut = normal(layers.Conv2D(width, 1, strides=2, use_bias=False)(x))
        y = layers.ReLU()(normal(layers.Conv2D(width, 3, strides=stride, use_bias=False)(pad(x))))
        y = normal(layers.Conv2D(width, 3, use_bias=False)(pad(y)))
        x = layers.ReLU()(layers.Add()([y, shortcut]))
    return keras.Model(image, layers.Dense(5)(layers.GlobalAveragePooling2D()(x)))


if __name__ == "__main__":
    os.makedirs(FOLDER, exist_ok=True)
    endings = lambda model: {".weights.h5": model.save_weights, ".h5": model.save}
    model = draw(perceptron(), 1)
    case("keras-perceptron", model, "mlp(widths: [6])", (2, 4, 4), 3, endings(model))
    for _ in range(9):
        layers.Dense(2)(keras.Input((3,)))
    model = draw(lenet(), 2)
    case("keras-lenet", model, "lenet(filters: [2, 3], hidden: 8)", (1, 20, 20), 4, endings(model))
    model = draw(residual(), 3)
    case("keras-residual", model, "resnet(widths: [3, 4], blocks: 1)", (3, 8, 8), 5, endings(model))
    with open(os.path.join(FOLDER, "keras.json"), "w") as file:
        lines = [json.dumps(case, separators=(",", ":")) for case in CASES]
        file.write("[\n" + ",\n".join(lines) + "\n]\n")
