"""Opens Keras files that Graft wrote with real Keras, and compares predictions.

    python tools/readback/keras_check.py FOLDER

FOLDER holds cases: `NAME.h5`, `NAME.keras`, `NAME.weights.h5`, `NAME.only.h5` and `NAME.json` of
one network, `NAME.input.K.npy` for each input and `NAME.output.K.npy` for what Graft computed.
tf_keras must open the .h5, Keras 3 the .keras and the .h5, and each must give Graft's outputs.
`NAME.refused.json` lists what a Keras is known not to open, with the reason.
"""

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


def arrays(folder, name, kind):
    found = sorted(folder.glob(f"{name}.{kind}.*.npy"), key=lambda p: int(p.suffixes[-2][1:]))
    return [np.load(path) for path in found]


def check(label, model, x, y):
    out = model.predict(x if len(x) > 1 else x[0], verbose=0)
    out = out if isinstance(out, (list, tuple)) else [out]
    assert len(out) == len(y), f"{label}: {len(out)} outputs, Graft has {len(y)}"
    for got, want in zip(out, y):
        scale = max(1e-3, np.abs(want).max())
        difference = np.abs(got - want).max() / scale
        assert difference <= TOLERANCE, f"{label}: differs by {difference}"


def main():
    folder = pathlib.Path(sys.argv[1])
    count = 0
    for h5 in sorted(folder.glob("*.h5")):
        name = h5.name[:-3]
        if name.endswith((".weights", ".only")):
            continue
        x, y = arrays(folder, name, "input"), arrays(folder, name, "output")
        refused = {}
        if (folder / f"{name}.refused.json").exists():
            refused = json.loads((folder / f"{name}.refused.json").read_text())
        loads = {
            "tf_keras .h5": lambda: tf_keras.models.load_model(h5, compile=False),
            "Keras 3 .h5": lambda: keras.models.load_model(h5, compile=False),
            "Keras 3 .keras": lambda: keras.models.load_model(folder / f"{name}.keras",
                                                              compile=False),
        }
        opened = {}
        for label, load in loads.items():
            if label in refused:
                continue
            opened[label] = load()
            check(f"{name}: {label}", opened[label], x, y)
            count += 1
        for label, module, suffix in (("tf_keras .h5", tf_keras, ".only.h5"),
                                      ("Keras 3 .h5", keras, ".only.h5"),
                                      ("Keras 3 .keras", keras, ".weights.h5")):
            if label in opened:
                model = opened[label]
                model.set_weights([np.zeros_like(w) for w in model.get_weights()])
                model.load_weights(folder / f"{name}{suffix}")
                check(f"{name}: {suffix} in {label}", model, x, y)
                count += 1
        if "tf_keras .h5" in opened:
            model = tf_keras.models.model_from_json((folder / f"{name}.json").read_text())
            model.load_weights(folder / f"{name}.only.h5")
            check(f"{name}: .json", model, x, y)
            count += 1
    print(f"{count} files give Graft's outputs")


if __name__ == "__main__":
    main()
