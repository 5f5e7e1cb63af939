"""Opens one-layer networks that Graft wrote with real Keras, and compares what they give.

    python tools/readback/layers_check.py FOLDER

FOLDER holds cases as dev.graft.layers.LayerReadbackTest writes them: `NAME.case.json`, `NAME.h5` and
`NAME.keras` (where Graft does not refuse to write it), `NAME.input.K.npy` and `NAME.output.K.npy`.
tf_keras opens the .h5, Keras 3 both. KNOWN lists what real Keras cannot open or computes otherwise,
each with the reason; anything else that fails, or a known failure that no longer fails, is printed
and ends the check with exit 1.
"""

import fnmatch
import json
import os
import pathlib
import sys

os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras  # noqa: E402  (the settings above must come first)
import numpy as np  # noqa: E402
import tf_keras  # noqa: E402

TOLERANCE = 1e-5

KNOWN = {}


def arrays(folder, name, kind):
    found = sorted(folder.glob(f"{name}.{kind}.*.npy"), key=lambda p: int(p.suffixes[-2][1:]))
    return [np.load(path) for path in found]


def check(model, x, y):
    out = model([np.asarray(a) for a in x] if len(x) > 1 else np.asarray(x[0]), training=False)
    out = list(out) if isinstance(out, (list, tuple)) else [out]
    assert len(out) == len(y), f"{len(out)} outputs, Graft has {len(y)}"
    for got, want in zip(out, y):
        got = np.asarray(got)
        assert got.shape == want.shape, f"shape {got.shape}, Graft has {want.shape}"
        scale = max(1e-3, np.abs(want.astype("float64")).max())
        off = np.abs(got.astype("float64") - want.astype("float64")).max() / scale
        assert off <= TOLERANCE, f"differs by {off}"


def known(label):
    return next((reason for pattern, reason in KNOWN.items() if fnmatch.fnmatch(label, pattern)), None)


def attempts(folder, name):
    yield "h5 in tf_keras", folder / f"{name}.h5", tf_keras
    yield "h5 in keras", folder / f"{name}.h5", keras
    yield "keras in keras", folder / f"{name}.keras", keras


def main():
    folder = pathlib.Path(sys.argv[1])
    cases = sorted(folder.glob("*.case.json"))
    wrong = 0
    opened = 0
    for case in cases:
        name = case.name[: -len(".case.json")]
        refused = json.loads(case.read_text())
        x, y = arrays(folder, name, "input"), arrays(folder, name, "output")
        for what, path, library in attempts(folder, name):
            label = f"{name}: {what}"
            try:
                if what.split()[0] in refused:
                    raise ValueError(refused[what.split()[0]])
                check(library.models.load_model(path, compile=False), x, y)
                opened += 1
                failure = None
            except Exception as e:  # whatever Keras raises is what the user would see
                failure = f"{type(e).__name__}: {' '.join(str(e).split())[:900]}"
            if (failure is None) == (known(label) is not None):
                wrong += 1
                print(f"{label}: {failure or 'opens, though it is listed as known not to'}")
    print(f"all {len(cases)} layers, {opened} files opened" if not wrong else f"{wrong} wrong")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
