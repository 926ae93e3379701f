"""Weight files of other libraries for ExchangeTests: KERAS_BACKEND=torch python3 Tests/Reference/weight_files.py

Writes small files of safetensors, NumPy, PyTorch and Keras to Tests/ExchangeTests/Fixtures, and `weight-files.json`: of each file the arrays
in their order, with shape, type, the elements as bytes (row-major, lowest byte first) and as float32 (bits). Made with safetensors 0.8,
NumPy 2.4, PyTorch 2.13, Keras 3.15 and h5py 3.16."""
import io, json, os, pickle, zipfile
import numpy as np
import safetensors.torch
import torch
import torch.nn.utils.prune

FOLDER = os.path.join(os.path.dirname(__file__), "..", "ExchangeTests", "Fixtures")
NAMES = {"bool": torch.bool, "int8": torch.int8, "uint8": torch.uint8, "int16": torch.int16, "uint16": torch.uint16,
         "int32": torch.int32, "uint32": torch.uint32, "int64": torch.int64, "uint64": torch.uint64,
         "float16": torch.float16, "bfloat16": torch.bfloat16, "float32": torch.float32, "float64": torch.float64}
expected = {}


def path(name):
    return os.path.join(FOLDER, name)


def row_major(array):
    """The elements of a tensor or array as little-endian bytes."""
    if isinstance(array, torch.Tensor):
        array = array.detach().contiguous()
        return array.view(torch.uint8).numpy().tobytes() if array.numel() and array.dim() else (
            array.reshape(-1).view(torch.uint8).numpy().tobytes())
    return np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<")).tobytes()


def type_name(array):
    if isinstance(array, torch.Tensor):
        return str(array.dtype).removeprefix("torch.")
    return array.dtype.newbyteorder("=").name


def floats(array):
    """The bits of the elements as float32."""
    if isinstance(array, torch.Tensor):
        array = array.detach()
        array = (array.to(torch.float32) if array.dtype == torch.bfloat16 else array).numpy()
    with np.errstate(over="ignore"):
        return array.astype(np.float32).reshape(-1).view(np.uint32).tolist()


def expect(name, arrays, ignored=()):
    expected[name] = {
        "ignored": list(ignored),
        "arrays": [
            {"name": key, "shape": list(a.shape), "type": type_name(a), "bytes": row_major(a).hex(),
             "floats": floats(a)} for key, a in arrays.items()],
    }


def samples():
    """An array of each type, with the numbers at its ends and, of floating-point types, those that are none."""
    arrays = {}
    for name in NAMES:
        if name == "bfloat16":
            continue
        kind = np.dtype(name)
        if name == "bool":
            values = [True, False, True, True, False, False]
        elif kind.kind == "f":
            info = np.finfo(kind)
            largest = np.finfo(np.float32).max if name == "float64" else info.max
            values = [0.0, -0.0, 1.5, float(largest), np.inf, -np.inf, np.nan, float(info.smallest_subnormal), 1 / 3,
                      -2.0 ** -14 / 3]
        else:
            # What a float32 holds exactly.
            info = np.iinfo(kind)
            values = [0, 1, int(info.min), min(int(info.max), 2 ** 24), 100, 77]
        arrays[name] = np.array(values, kind).reshape(2, -1)
    arrays["scalar"] = np.array(2.5, np.float32)
    arrays["empty"] = np.zeros((0, 4), np.float32)
    return arrays


def tensors():
    arrays = {name: torch.from_numpy(array) for name, array in samples().items()}
    arrays["bfloat16"] = torch.tensor([[0.0, -0.0, 1.5], [float("inf"), float("nan"), 1 / 3]]).to(torch.bfloat16)
    return arrays


def write_safetensors():
    arrays = tensors()
    data = safetensors.torch.save(arrays, metadata={"format": "pt", "text": "π \"x\"\n"})
    open(path("types.safetensors"), "wb").write(data)
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8:8 + length])
    order = [name for name in header if name != "__metadata__"]
    expect("types.safetensors", {name: arrays[name] for name in order})


def write_numpy():
    arrays = samples()
    arrays["deep/name"] = np.arange(4, dtype=np.int16)
    arrays["big"] = np.arange(6, dtype=">f4").reshape(3, 2)
    arrays["columns"] = np.asfortranarray(np.arange(24, dtype=np.float64).reshape(2, 3, 4))
    arrays["columns16"] = np.asfortranarray(np.arange(6, dtype=">i2").reshape(2, 3))
    for name, save in [("types.npz", np.savez), ("packed.npz", np.savez_compressed)]:
        save(path(name), **arrays)
        expect(name, arrays)
    np.save(path("one.npy"), arrays["columns"])
    expect("one.npy", {"array": arrays["columns"]})
    np.save(path("objects.npy"), np.array([{"a": 1}], dtype=object), allow_pickle=True)
    np.save(path("table.npy"), np.zeros(2, dtype=[("a", "<f4"), ("b", "<i4")]))


def write_torch():
    arrays = tensors()
    base = torch.arange(24, dtype=torch.float32).reshape(4, 6)
    arrays["base"] = base
    arrays["transposed"] = base.t()
    arrays["part"] = base[1:3, ::2]
    arrays["tied"] = base
    arrays["parameter"] = torch.nn.Parameter(torch.ones(3) / 7)
    torch.save(arrays, path("types.pt"))
    expect("types.pt", arrays)

    torch.manual_seed(1)
    model = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.BatchNorm1d(2))
    # The optimiser keeps tensors too: they are not the model's.
    optimizer = torch.optim.SGD(model.parameters(), 0.1, momentum=0.9)
    model(torch.ones(4, 3)).sum().backward()
    optimizer.step()
    torch.save({"epoch": 3, "model_state_dict": model.state_dict(), "optimizer": optimizer.state_dict(),
                "loss": 0.5}, path("checkpoint.pt"))
    expect("checkpoint.pt", model.state_dict(), ["epoch", "optimizer", "loss"])
    torch.save(model.state_dict(), path("former.pt"), _use_new_zipfile_serialization=False)
    expect("former.pt", model.state_dict())

    pruned = torch.nn.Linear(3, 2)
    torch.nn.utils.prune.l1_unstructured(pruned, "weight", amount=4)
    torch.save(pruned.state_dict(), path("pruned.pt"))
    expect("pruned.pt", pruned.state_dict())
    expected["pruned.pt"]["weight"] = floats(pruned.weight)

    class Evil:
        def __reduce__(self):
            return os.system, ("echo executed",)

    torch.save({"weight": torch.ones(2), "evil": Evil()}, path("evil.pt"))
    torch.save({"weight": torch.ones(2), "options": __import__("argparse").Namespace(a=1)}, path("options.pt"))
    torch.save({"weight": torch.ones(1).expand(3, 4)}, path("repeated.pt"))
    torch.jit.script(torch.nn.Linear(2, 1)).save(path("program.pt"))
    pickle.dump({"weight": [1.0]}, open(path("plain.pkl"), "wb"), protocol=4)


def write_keras():
    import h5py, keras
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((4, 4, 1)), keras.layers.Conv2D(2, 3, name="first"),
                              keras.layers.BatchNormalization(), keras.layers.Flatten()]
                             + [keras.layers.Dense(2) for _ in range(9)])
    model.save_weights(path("keras.weights.h5"))
    model.save(path("keras.h5"))
    for name in ["keras.weights.h5", "keras.h5"]:
        arrays = {}
        with h5py.File(path(name)) as file:
            file.visititems(lambda key, item: arrays.update({key: item[()]}) if isinstance(item, h5py.Dataset) else None)
        expect(name, arrays)
    arrays = samples()
    with h5py.File(path("types.h5"), "w") as file:
        for key, array in arrays.items():
            file["a/" + key] = array
        file["b/big"] = np.arange(6, dtype=">f4").reshape(3, 2)
        file["b/text"] = "a text"
    listed = {"a/" + key: arrays[key] for key in sorted(arrays)}
    listed["b/big"] = np.arange(6, dtype=">f4").reshape(3, 2)
    expect("types.h5", listed, ["b/text"])
    with h5py.File(path("chunks.h5"), "w") as file:
        file.create_dataset("a", data=np.zeros((8, 8), np.float32), chunks=(4, 4), compression="gzip")
    keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)]).save(path("model.keras"))


write_safetensors()
write_numpy()
write_torch()
write_keras()
json.dump(expected, open(path("weight-files.json"), "w"), separators=(",", ":"))
