"""Runs the inputs kept in a model that Graft wrote, and compares with the outputs kept beside them.

    python verify.py [PATH ...]

PATH is a SavedModel folder (with or without its version level), a .keras, a .h5 or a frozen .pb;
without one, the SavedModel this file lies in. Needs tensorflow, and for .keras and .h5 keras.
Exit 1 when an output is further off than 1e-4 of the largest (a model in 16 bits: than it says), or
when there is nothing to check.
"""

import base64
import json
import os
import pathlib
import sys
import zipfile
import zlib

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np  # noqa: E402  (the setting above must come first)
import tensorflow as tf  # noqa: E402

TOLERANCE = 1e-4


def main() -> None:
    here = pathlib.Path(__file__).resolve().parent
    paths = [pathlib.Path(argument) for argument in sys.argv[1:]] or [here.parent]
    sys.exit(0 if all([verify(path) for path in paths]) else 1)


def verify(path: pathlib.Path) -> bool:
    if path.is_dir():
        return saved_model(path, version(path))
    if path.suffix == ".pb":
        return frozen_graph(path)
    return keras_file(path)


def version(path: pathlib.Path) -> pathlib.Path:
    if (path / "saved_model.pb").exists():
        return path
    numbered = [folder for folder in path.iterdir() if folder.name.isdigit()]
    if not numbered:
        raise SystemExit(f"{path}: neither a SavedModel nor a folder of its versions")
    return max(numbered, key=lambda folder: int(folder.name))


def saved_model(path: pathlib.Path, folder: pathlib.Path) -> bool:
    check = check_of(path, (folder / "assets.extra/graft.json").read_text())
    loaded = tf.saved_model.load(str(folder))
    fed = {name: tf.constant(array) for name, array in arrays(check["inputs"]).items()}
    good = True
    if fed:  # A model that takes image files is checked by its pictures alone.
        given = loaded.signatures["serving_default"](**fed)
        good = compare(f"{path} serving_default", check, {name: y.numpy() for name, y in given.items()})
    if "pictures" in check and "serve_images" in loaded.signatures:
        files = tf.constant([base64.b64decode(picture) for picture in check["pictures"]])
        given = loaded.signatures["serve_images"](image_bytes=files)["probabilities"].numpy()
        kept = array_of(check["probabilities"])
        good &= close(f"{path} serve_images", given, kept, tolerance(check))
    return good


def frozen_graph(path: pathlib.Path) -> bool:
    note = json.loads(path.with_suffix(".json").read_text())
    check = check_of(path, json.dumps(note))
    if not check["inputs"]:
        raise SystemExit(f"{path}: holds no inputs to check it with")
    graph = tf.Graph()
    with graph.as_default():
        definition = tf.compat.v1.GraphDef.FromString(path.read_bytes())
        tf.import_graph_def(definition, name="")
    with tf.compat.v1.Session(graph=graph) as session:
        fed = {note["inputs"][name]: array for name, array in arrays(check["inputs"]).items()}
        given = session.run({name: note["outputs"][name] for name in check["outputs"]}, fed)
    return compare(str(path), check, given)


def keras_file(path: pathlib.Path) -> bool:
    import keras

    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            text = archive.read("graft.json").decode()
    else:
        import h5py

        with h5py.File(path) as file:
            text = file.attrs["graft"]
    check = check_of(path, text)
    model = keras.models.load_model(path, compile=False)
    fed = list(arrays(check["inputs"]).values())
    given = model(fed[0] if len(fed) == 1 else fed, training=False)
    if isinstance(given, dict):
        given = list(given.values())
    given = given if isinstance(given, (list, tuple)) else [given]
    return compare(str(path), check, dict(zip(check["outputs"], map(np.asarray, given))))


def check_of(path: pathlib.Path, text: str) -> dict:
    check = json.loads(text).get("check")
    if check is None:
        raise SystemExit(f"{path}: holds no inputs to check it with")
    return check


def arrays(named: dict) -> dict:
    return {name: array_of(value) for name, value in named.items()}


def array_of(value: dict) -> np.ndarray:
    data = zlib.decompress(base64.b64decode(value["deflated"]))
    return np.frombuffer(data, value["type"]).reshape(value["shape"])


def compare(what: str, check: dict, given: dict) -> bool:
    expected = arrays(check["outputs"])
    off = tolerance(check)
    return all([close(f"{what} {name}", given[name], y, off) for name, y in expected.items()])


def tolerance(check: dict) -> float:
    """A model that computes in 16 bits says how far it may be from float32."""
    return check.get("tolerance", TOLERANCE)


def close(what: str, given: np.ndarray, expected: np.ndarray, allowed: float) -> bool:
    if given.shape != expected.shape:
        print(f"{what}: WRONG shape {given.shape}, kept {expected.shape}")
        return False
    difference = float(np.abs(given.astype(np.float64) - expected).max(initial=0))
    good = difference <= allowed * max(1.0, float(np.abs(expected).max(initial=0)))
    print(f"{what}: {'ok' if good else 'WRONG'}, largest difference {difference:.2e}")
    return good


if __name__ == "__main__":
    main()
