"""Specifications of Vega-Lite held against its published schema: python3 Tests/Reference/vega_lite.py FILE…

The schema is that of version 5, which the package altair 5 brings along. Prints a line for each file and ends with 1 where one does not hold."""
import json, pathlib, sys
import altair, jsonschema

folder = pathlib.Path(altair.__file__).parent / "vegalite" / "v5" / "schema"
schema = json.loads((folder / "vega-lite-schema.json").read_text())
validator = jsonschema.Draft7Validator(schema)
worst = 0
for name in sys.argv[1:]:
    faults = list(validator.iter_errors(json.loads(pathlib.Path(name).read_text())))
    print(f"{name}: {'holds' if not faults else faults[0].message[:2000]}")
    for fault in faults:
        best = jsonschema.exceptions.best_match([fault])
        print("   ", list(best.absolute_path), best.message[:400])
    worst |= bool(faults)
sys.exit(worst)
