"""Files of ONNX as the onnx package writes them: python3 Tests/Reference/onnx_files.py

Writes Tests/ExchangeTests/Fixtures/perceptron.onnx, the network of ONNXFileTests in the same operators and names, and messages.json:
the bytes of single messages in hexadecimal."""
import json, os
import numpy, onnx
from onnx import TensorProto, helper, numpy_helper

FOLDER = os.path.join(os.path.dirname(__file__), "../ExchangeTests/Fixtures")


def tensor(name, values, dtype=numpy.float32):
    return numpy_helper.from_array(numpy.array(values, dtype=dtype), name)


def perceptron():
    """An image [1, 2, 2] through fc1 (3 units, ReLU) to fc2 (2 classes), for any number of examples."""
    weights = [
        tensor("fc1.weight", [[(3 * o + i) / 8 - 0.5 for i in range(4)] for o in range(3)]),
        tensor("fc1.bias", [0.25, -0.5, 1]),
        tensor("fc2.weight", [[(3 * o + i) / 8 - 0.5 for i in range(3)] for o in range(2)]),
        tensor("fc2.bias", [0.25, -0.5]),
        tensor("/constant_0", [-1, 4], numpy.int64),
    ]
    nodes = [
        helper.make_node("Reshape", ["inputs", "/constant_0"], ["/Reshape_0"], name="/Reshape_0"),
        helper.make_node("Gemm", ["/Reshape_0", "fc1.weight", "fc1.bias"], ["fc1/Gemm_1"], name="fc1/Gemm_1", transB=1),
        helper.make_node("Relu", ["fc1/Gemm_1"], ["fc1/Relu_2"], name="fc1/Relu_2"),
        helper.make_node("Gemm", ["fc1/Relu_2", "fc2.weight", "fc2.bias"], ["logits"], name="logits", transB=1),
    ]
    graph = helper.make_graph(
        nodes, "mlp",
        [helper.make_tensor_value_info("inputs", TensorProto.FLOAT, ["batch", 1, 2, 2])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", 2])], weights)
    model = helper.make_model(
        graph, producer_name="coppice", ir_version=8, opset_imports=[helper.make_opsetid("", 17)])
    helper.set_model_props(model, {"trial": "one"})
    return model


def messages():
    node = helper.make_node(
        "Conv", ["x", "", "w"], ["y"], name="n", pads=[1, 0, 300, -1], group=2, epsilon=1e-5)
    return {
        "node": node, "floats": tensor("größe", [[1.5, -0.0], [numpy.inf, 2.0**-149]]),
        "codes": tensor("codes", [[-128, -1, 127]], numpy.int8), "flags": tensor("flags", [True, False], bool),
        "places": tensor("places", [-1, 2**40], numpy.int64), "numbers": tensor("numbers", [-1, 2**30], numpy.int32),
        "scalar": tensor("scalar", 7, numpy.uint8),
        "sparse": helper.make_sparse_tensor(
            tensor("w", [2, -1]), tensor("", [1, 30], numpy.int64), [4, 16]),
    }


def main():
    model = perceptron()
    onnx.checker.check_model(model, full_check=True)
    with open(os.path.join(FOLDER, "perceptron.onnx"), "wb") as file:
        file.write(model.SerializeToString(deterministic=True))
    texts = {name: message.SerializeToString(deterministic=True).hex() for name, message in messages().items()}
    with open(os.path.join(FOLDER, "messages.json"), "w") as file:
        json.dump(texts, file, indent=0, sort_keys=True)
        file.write("\n")


main()
