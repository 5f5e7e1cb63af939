"""Holds what `graft convert` made of old Keras files against the files themselves.

    python tools/readback/converted_check.py FOLDER

FOLDER holds cases as dev.graft.keras.ConvertedFilesTest writes them: `NAME.case.json` with the path of
the original, `NAME.keras` and `NAME.h5` made of it, `NAME.input.K.npy`, and `NAME.output.K.npy` as
Graft computes it from the original. The original is opened by tf_keras, else by Keras 3, where one of
them can; Keras 3 opens both converted files. All must give the same outputs within 1e-5 of the largest
value. Two differences are Keras's own: Keras 3 takes the hard_sigmoid of a .h5 for its function of that
name, which is another one (tf_keras opens these .h5 here instead), and tf_keras does not turn Theano's
kernels, as Keras 1 and 2 did (these are held against Graft, which does). Prints a count for each group of files, and each file that differs; those end it with exit 1.
"""

import collections
import json
import os
import pathlib
import sys

os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import h5py  # noqa: E402  (the settings above must come first)
import keras  # noqa: E402
import numpy as np  # noqa: E402
import tf_keras  # noqa: E402

TOLERANCE = 1e-5


def arrays(folder, name, kind):
    found = sorted(folder.glob(f"{name}.{kind}.*.npy"), key=lambda p: int(p.suffixes[-2][1:]))
    return [np.load(path) for path in found]


def outputs(model, x):
    y = model(x if len(x) > 1 else x[0], training=False)
    return [np.asarray(a) for a in (y if isinstance(y, (list, tuple)) else [y])]


def off(got, want):
    assert [a.shape for a in got] == [a.shape for a in want], (
        f"shapes {[a.shape for a in got]}, expected {[a.shape for a in want]}")
    return max(float(np.abs(a - b).max() / max(1e-3, np.abs(b).max())) for a, b in zip(got, want))


def original(path, x):
    """Who opens the file, and what it computes; neither where no Keras opens it."""
    for library in (tf_keras, keras):
        try:
            return library.__name__, outputs(library.models.load_model(path, compile=False), x)
        except Exception:  # an old file that this Keras cannot open: the next may
            continue
    return None, None


def turned(path):
    """True for a file of Keras 2 with Theano's kernels, which tf_keras takes as they are."""
    with h5py.File(path) as file:
        config = file.attrs.get("model_config", b"")
        config = config.decode() if isinstance(config, bytes) else config
        return file.attrs.get("backend") in (b"theano", "theano") and "Conv2D" in config


def hard(path):
    with h5py.File(path) as file:
        return '"hard_sigmoid"' in file.attrs["model_config"]


def main():
    folder = pathlib.Path(sys.argv[1])
    opened = collections.Counter()
    wrong = 0
    for case in sorted(folder.glob("*.case.json")):
        name = case.name[: -len(".case.json")]
        said = json.loads(case.read_text())
        x, graft = arrays(folder, name, "input"), arrays(folder, name, "output")
        library, expected = original(said["original"], x)
        tf_keras.backend.clear_session()
        keras.backend.clear_session()
        opened[f"{said['group']}: original in {library or 'Graft alone'}"] += 1
        if library == "tf_keras" and turned(said["original"]):
            opened[f"{said['group']}: kernels of Theano that tf_keras does not turn"] += 1
            library = expected = None
        found = {}
        try:
            if library:
                found["original"] = off(graft, expected)
            for suffix in ("keras", "h5"):
                file = folder / f"{name}.{suffix}"
                own = suffix == "h5" and hard(file)
                opened[f"{said['group']}: hard_sigmoid, .h5 in tf_keras"] += own
                model = (tf_keras if own else keras).models.load_model(file, compile=False)
                found[f".{suffix}"] = off(outputs(model, x), expected or graft)
                found[f".{suffix} and Graft"] = off(outputs(model, x), graft)
        except Exception as e:  # whatever Keras raises is what the user would see
            found[f"{type(e).__name__}: {' '.join(str(e).split())[:400]}"] = np.inf
        bad = {what: value for what, value in found.items() if not value <= TOLERANCE}
        wrong += bool(bad)
        opened[f"{said['group']}: converted give the same"] += not bad
        if bad:
            print(f"{said['original']} ({library}): {bad}", flush=True)
    for what, count in sorted(opened.items()):
        print(f"{what}: {count}")
    print(f"{wrong} wrong")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
