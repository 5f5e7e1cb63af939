"""Opens Keras's applications as Graft wrote them with real Keras.

    python tools/readback/applications_check.py make NAME FOLDER [tf_keras]
    python tools/readback/applications_check.py check NAME FOLDER [tf_keras]

`make` builds NAME in Keras 3 with seeded weights: `model.keras`, and pictures in `x.npy`. Graft then
takes its own network of that name with these weights and writes `graft.keras`, `graft.h5` and its
output `graft.npy`. `check` opens the .keras in Keras 3 and the .h5 in tf_keras and Keras 3. With
`tf_keras` the network is made by tf_keras, as `model.h5`, Graft reads the network from that file, and
its .keras is what Keras 3 opens. Each must
have every weight of the original, bit by bit, and predict what the original and Graft predict, within
1e-5 of the largest value. Through a hundred layers the roundings of float32 alone may add up to more,
where the one library computes a batch normalisation in another order than the other: both networks are
then computed once more in float64, where they must agree within 1e-9.
KNOWN lists what real Keras cannot open, with the reason.
"""

import fnmatch
import importlib
import json
import os
import pathlib
import sys

os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "goldens"))

import applications  # noqa: E402  (the settings above must come first)
import numpy as np  # noqa: E402

TOLERANCE = 1e-5
ROUNDING = 1e-9

# Network and file by pattern, and why that Keras cannot open it.
KNOWN = {
    "ConvNeXt*: h5 in keras": "it holds a network, whose call Keras 3 reads in other words",
    "MobileNetV3*: h5 in tf_keras": "tf_keras has no hard_silu",
}

# Their own layers, which load_model takes as custom_objects, from Keras's own .h5 too.
OWN = {
    "InceptionResNetV2": ("inception_resnet_v2", "CustomScaleLayer"),
    "ConvNeXt*": ("convnext", "LayerScale", "StochasticDepth"),
}


def made(generation):
    return "model.h5" if generation == "tf_keras" else "model.keras"


def make(name, folder, generation):
    keras = applications.library(generation)
    size = applications.SIZES.get(name, applications.SMALL)
    model = applications.build(keras, name, size)
    x, _ = applications.pictures(model, size)
    applications.seed(model, x)
    applications.telling(model, x)
    folder.mkdir(parents=True, exist_ok=True)
    model.save(folder / made(generation))
    np.save(folder / "x.npy", x)


def weights(model):
    # Keras 3 takes no slash in a name.
    return [(layer.name.replace("/", "_"), layer.get_weights())
            for layer in applications.leaves(model) if layer.weights]


def off(got, want):
    got, want = np.asarray(got, "float64"), np.asarray(want, "float64")
    assert got.shape == want.shape, f"shape {got.shape}, expected {want.shape}"
    return float(np.abs(got - want).max() / np.abs(want).max())


def output(model, x):
    return np.asarray(model(x, training=False))


def double(model, objects):
    """The same network in float64."""
    config = json.loads(json.dumps(model.get_config()).replace('"float32"', '"float64"'))
    twin = type(model).from_config(config, objects)
    twin.set_weights([
        w.astype("float64") if w.dtype.kind == "f" else w for w in model.get_weights()])
    for layer in applications.leaves(twin):
        if type(layer).__name__ == "Normalization":
            layer.finalize_state()
    assert all(w.dtype == "float64" for w in twin.get_weights() if w.dtype.kind == "f")
    return twin


def extra(library, file, name):
    """Layers that the applications have to themselves, and that a Keras finds in a .h5 only so."""
    own = next((value for pattern, value in OWN.items() if fnmatch.fnmatch(name, pattern)), None)
    if file.endswith(".keras") or own is None:
        return None
    module, *classes = own
    package = "keras.src" if library.__name__ == "keras" else "tf_keras.src"
    found = importlib.import_module(f"{package}.applications.{module}")
    return {word: getattr(found, word) for word in classes}


def attempt(library, path, name, x, original, graft):
    objects = extra(library, path.name, name)
    model = library.models.load_model(path, compile=False, custom_objects=objects)
    theirs = dict(weights(model))
    assert len(theirs) == len(original["weights"]), f"{len(theirs)} layers with weights"
    for layer, values in original["weights"]:
        assert len(values) == len(theirs[layer]), f"{layer}: {len(theirs[layer])} weights"
        for a, b in zip(values, theirs[layer]):
            assert a.dtype == b.dtype and a.tobytes() == b.tobytes(), f"{layer}: other values"
    y = output(model, x)
    found = {"keras": off(y, original["y"]), "graft": off(y, graft)}
    if max(found.values()) > TOLERANCE:
        found["float64"] = off(output(double(model, objects), x.astype("float64")), original["double"]())
        assert found["float64"] <= ROUNDING, f"differs in float64 by {found['float64']}"
    return found


def check(name, folder, generation):
    import keras
    import tf_keras

    old = generation == "tf_keras"
    x, graft = np.load(folder / "x.npy"), np.load(folder / "graft.npy")
    library = tf_keras if old else keras
    own = extra(library, made(generation), name)
    model = library.models.load_model(folder / made(generation), compile=False, custom_objects=own)
    original = {"weights": weights(model), "y": output(model, x)}
    kept = []

    def double_once():
        if not kept:
            kept.append(output(double(model, own), x.astype("float64")))
        return kept[0]

    original["double"] = double_once
    wrong = 0
    files = [("keras in keras", keras, "graft.keras")]
    if not old:
        files += [("h5 in keras", keras, "graft.h5"), ("h5 in tf_keras", tf_keras, "graft.h5")]
    for what, library, file in files:
        label = f"{name}: {what}"
        reason = next((r for pattern, r in KNOWN.items() if fnmatch.fnmatch(label, pattern)), None)
        try:
            found = attempt(library, folder / file, name, x, original, graft)
            said = ", ".join(f"{key} {value:.1e}" for key, value in found.items())
            if reason:
                wrong += 1
                said = f"WRONG, opens although: {reason}"
        except Exception as e:  # whatever Keras raises is what the user would see
            said = f"does not open: {reason}"
            if not reason:
                wrong += 1
                said = f"WRONG, {type(e).__name__}: {' '.join(str(e).split())[:600]}"
        print(f"{label}: {said}", flush=True)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    word, name, folder, *generation = sys.argv[1:]
    {"make": make, "check": check}[word](name, pathlib.Path(folder), (generation or ["keras3"])[0])
