"""Files of ONNX held against the onnx package and onnxruntime: python3 Tests/Reference/onnx_check.py FOLDER

FOLDER holds `NAME.json` beside files: `file`; `checked`, whether the full check of the onnx package must pass; `runs`, each with `inputs`
and `outputs` by name (`shape`, `type`, `data`); `tolerance`, the largest difference in largest outputs or, where there are `codes` (a scale
and a zero point), in codes of outputs, or, with `choices`, how many rows of outputs may have another
greatest element, by more than a hundredth of the largest, beyond those that onnxruntime itself changes where inputs move by a ten-thousandth:
in many layers of codes one that is rounded otherwise moves the next. Prints a line for each file and ends with 1 where one does not agree."""
import json, sys
from pathlib import Path
import numpy, onnx, onnxruntime


def array(stored):
    return numpy.array(stored["data"], dtype=stored["type"]).reshape(stored["shape"])


def ratio(found, wanted):
    """The largest difference in largest magnitudes of what is wanted."""
    if found.shape != wanted.shape:
        raise ValueError(f"the shape {found.shape} where {wanted.shape} is wanted")
    found, wanted = found.astype(numpy.float64), wanted.astype(numpy.float64)
    largest = numpy.abs(wanted).max(initial=0) or 1.0
    return float(numpy.abs(found - wanted).max(initial=0) / largest)


def codes(numbers, scale, zero):
    """As ONNX's QuantizeLinear has them."""
    return numpy.clip(numpy.rint(numbers.astype(numpy.float32) / numpy.float32(scale)) + zero, 0, 255)


def nudged(inputs):
    """Numbers moved by a ten-thousandth of themselves; tokens as they are."""
    if inputs.dtype != numpy.float32:
        return inputs
    noise = numpy.random.default_rng(0).standard_normal(inputs.shape)
    return (inputs * (1 + 1e-4 * noise)).astype(numpy.float32)


def differing(found, wanted):
    """How many rows choose another element; of those that are nearly equal either may be chosen."""
    chosen = numpy.take_along_axis(wanted, found.argmax(-1)[..., None], -1)[..., 0]
    return float((wanted.max(-1) - chosen > 0.01 * numpy.abs(wanted).max()).sum())


def check(folder, case):
    path = str(folder / case["file"])
    if case["checked"]:
        onnx.checker.check_model(path, full_check=True)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    worst = 0.0
    for run in case["runs"]:
        names = list(run["outputs"])
        found = session.run(names, {name: array(stored) for name, stored in run["inputs"].items()})
        for name, value in zip(names, found):
            wanted = array(run["outputs"][name])
            if value.dtype != wanted.dtype:
                raise ValueError(f"{name} is {value.dtype}, not {wanted.dtype}")
            if case.get("choices"):
                moved = session.run([name], {name: nudged(array(stored)) for name, stored in run["inputs"].items()})
                worst += max(0, differing(value, wanted) - differing(moved[0], value))
            elif "codes" in case:
                apart = numpy.abs(codes(value, *case["codes"]) - codes(wanted, *case["codes"]))
                worst = max(worst, float(apart.max()))
            else:
                worst = max(worst, ratio(value, wanted))
    return worst


def main():
    folder, failed = Path(sys.argv[1]), 0
    for path in sorted(folder.glob("*.json")):
        case = json.loads(path.read_text())
        try:
            worst = check(folder, case)
            isGood = worst <= case["tolerance"]
            print(f"{path.stem}: {worst:.2e}" + ("" if isGood else f", above {case['tolerance']:.0e}"))
        except Exception as error:
            isGood = False
            print(f"{path.stem}: {type(error).__name__}: {error}")
        failed += not isGood
    print(f"{failed} failed")
    sys.exit(1 if failed else 0)


main()
