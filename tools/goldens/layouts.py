"""Small Keras files in every layout, with what is in them: src/test/resources/goldens/layouts.

    $(tools/python-env) tools/goldens/layouts.py [FOLDER]

Each file is one case. `manifest.json` gives its SHA-256, the versions, and for each weight its shape
and the SHA-256 of its values as little-endian float32, under the name Graft gives it
(`layer/slot`, layers of nested networks `network/layer/slot`).
"""

import hashlib
import json
import os
import pathlib
import shutil
import sys

os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import h5py  # noqa: E402  (the settings above must come first)
import keras  # noqa: E402
import numpy as np  # noqa: E402
import tf_keras  # noqa: E402
from keras.src.saving import saving_lib  # noqa: E402
from tf_keras.src.saving.legacy import hdf5_format  # noqa: E402

SEED = 11
OUT = pathlib.Path(__file__).resolve().parents[2] / "src/test/resources/goldens/layouts"


def seeded(model):
    """Fills every weight from the seed."""
    rng = np.random.default_rng(SEED)
    model.set_weights([rng.uniform(0.1, 1.0, w.shape).astype(np.float32)
                       for w in model.get_weights()])
    return model


def plain(k, dtype=None):
    """A Sequential with a frozen layer."""
    model = k.Sequential([
        k.layers.Input((6, 6, 2)),
        k.layers.Conv2D(3, 3, name="conv", dtype=dtype),
        k.layers.BatchNormalization(name="norm", dtype=dtype),
        k.layers.Flatten(name="flat", dtype=dtype),
        k.layers.Dense(2, name="out", dtype=dtype),
    ], name="plain")
    model.get_layer("norm").trainable = False
    return seeded(model)


def branches(k):
    """Two inputs, two outputs, a layer used twice."""
    a, b = k.Input((4,), name="a"), k.Input((4,), name="b")
    shared = k.layers.Dense(3, name="shared")
    x = k.layers.Add(name="sum")([shared(a), shared(b)])
    left = k.layers.Dense(2, name="left")(x)
    right = k.layers.Dense(1, name="right")(k.layers.Concatenate(name="both")([x, b]))
    return seeded(k.Model([a, b], [left, right], name="branches"))


def nested(k):
    """A network in a network in a network, the outer one used twice, one layer inside frozen."""
    x = k.Input((4,), name="core_in")
    core = k.Model(x, k.layers.Dense(4, name="kernel_of_core")(x), name="core")
    y = k.Input((4,), name="trunk_in")
    h = k.layers.BatchNormalization(name="norm")(core(y))
    trunk = k.Model(y, k.layers.Dense(4, name="last")(h), name="trunk")
    trunk.get_layer("last").trainable = False
    z = k.Input((4,), name="in")
    return seeded(k.Model(z, k.layers.Dense(2, name="head")(trunk(trunk(z))), name="nested"))


def values(model, prefix=""):
    """Each weight by Graft's name."""
    found = {}
    for layer in model.layers:
        if hasattr(layer, "layers"):
            found.update(values(layer, prefix + layer.name + "/"))
        else:
            for weight in layer.weights:
                slot = weight.name.split("/")[-1].split(":")[0]
                found[f"{prefix}{layer.name}/{slot}"] = np.asarray(weight, np.float32)
    return found


def stored_as(source, target, dtype=None, libver=None, **options):
    """A copy of a weights file with its data sets stored otherwise."""
    with h5py.File(source) as old, h5py.File(target, "w", libver=libver) as new:
        def copy(name, item):
            if isinstance(item, h5py.Group):
                made = new.require_group(name)
            else:
                made = new.create_dataset(name, data=item[()].astype(dtype or item.dtype),
                                          **(options if item.shape else {}))
            for key, value in item.attrs.items():
                made.attrs[key] = value
        copy("/", old)
        old.visititems(copy)




def write(folder):
    cases = {}

    def case(name, model, note):
        cases[name] = {"note": note, "weights": {
            key: {"shape": list(value.shape),
                  "sha256": hashlib.sha256(value.astype("<f4").tobytes()).hexdigest()}
            for key, value in values(model).items()}}

    for net in (plain, branches, nested):
        name = net.__name__
        two = net(tf_keras)
        if net is plain:
            two.compile(tf_keras.optimizers.Adam(0.01), "mse", metrics=["accuracy"])
        two.save(folder / f"{name}.tf_keras.h5", save_format="h5")
        case(f"{name}.tf_keras.h5", two, "whole model")
        two.save(folder / f"{name}.tf_keras.keras")
        case(f"{name}.tf_keras.keras", two, "tf_keras's archive")
        two.save_weights(folder / f"{name}.tf_keras.only.h5", save_format="h5")
        case(f"{name}.tf_keras.only.h5", two, "weights alone, at the root")
        two.save_weights(folder / f"{name}.tf_keras.weights.h5")
        case(f"{name}.tf_keras.weights.h5", two, "weights alone, named after classes")
        three = net(keras)
        if net is plain:
            three.compile(keras.optimizers.Adam(0.01), "mse", metrics=["accuracy"])
        # In this order: saving a .h5 makes Keras 3 forget the optimizer's settings.
        three.save(folder / f"{name}.keras3.keras")
        case(f"{name}.keras3.keras", three, "archive")
        three.save(folder / f"{name}.keras3.h5")
        case(f"{name}.keras3.h5", three, "whole model")
        three.save_weights(folder / f"{name}.keras3.weights.h5")
        case(f"{name}.keras3.weights.h5", three, "weights alone, named after classes")
        (folder / f"{name}.tf_keras.json").write_text(two.to_json())
        (folder / f"{name}.keras3.json").write_text(three.to_json())
    model = plain(keras)
    model.save_weights(folder / "shards.weights.json", max_shard_size=4.5e-7)
    case("shards.weights.json", model, "three files and their table")
    saving_lib.save_model(model, folder / "arrays.keras", weights_format="npz")
    case("arrays.keras", model, "archive with NumPy arrays, pickled")
    source = folder / "plain.tf_keras.only.h5"
    for name, options in {
        "float16": {"dtype": "<f2"}, "float64": {"dtype": "<f8"}, "big_endian": {"dtype": ">f4"},
        "packed": {"chunks": True, "compression": "gzip", "shuffle": True, "fletcher32": True},
        "latest": {"libver": "v110"},
    }.items():
        stored_as(source, folder / f"{name}.h5", **options)
        case(f"{name}.h5", rounded(tf_keras) if name == "float16" else plain(tf_keras), name)
    limit = hdf5_format.HDF5_OBJECT_HEADER_LIMIT
    hdf5_format.HDF5_OBJECT_HEADER_LIMIT = 40
    plain(tf_keras).save_weights(folder / "pieces.h5", save_format="h5")
    hdf5_format.HDF5_OBJECT_HEADER_LIMIT = limit
    case("pieces.h5", plain(tf_keras), "attributes too long for one header, in pieces")
    half = plain(tf_keras, "mixed_float16")
    half.save(folder / "mixed.tf_keras.h5", save_format="h5")
    case("mixed.tf_keras.h5", half, "dtype policy mixed_float16")
    return cases


def rounded(k):
    model = plain(k)
    model.set_weights([w.astype(np.float16).astype(np.float32) for w in model.get_weights()])
    return model


def main():
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else OUT
    if folder.exists() and not (folder / "manifest.json").exists():
        raise SystemExit(f"{folder} holds no manifest.json: not made by this script, left alone")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    cases = write(folder)
    files = {path.name: hashlib.sha256(path.read_bytes()).hexdigest()
             for path in sorted(folder.iterdir())}
    manifest = {"seed": SEED, "versions": {"tf_keras": tf_keras.__version__,
                                           "keras": keras.__version__, "h5py": h5py.__version__},
                "files": files, "cases": cases}
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")
    size = sum(path.stat().st_size for path in folder.iterdir())
    print(f"{len(files)} files, {size} bytes in {folder}")


if __name__ == "__main__":
    main()
