"""The same narrow VGG in every weight layout that Keras has had, with an input and its output."""

import h5py
import keras
import numpy as np
import tf_keras

from vgg_net import INPUT, SEED, VGG_LAYERS, build, named_weights

BATCH = 2


def write(folder):
    folder.mkdir(parents=True)
    model = build(tf_keras, VGG_LAYERS)
    weights = named_weights(model)
    x = np.random.default_rng(SEED + 1).uniform(-1.0, 1.0, (BATCH, *INPUT)).astype(np.float32)
    y = model.predict(x, verbose=0)
    np.save(folder / "input.npy", x)
    np.save(folder / "output.npy", y)
    for name, values in weights.items():
        np.save(folder / f"{name}.npy", values)

    root = folder / "root.h5"
    model.save_weights(str(root), save_format="h5")
    model.save(str(folder / "whole_tf_keras.h5"), save_format="h5")
    under_model_weights(root, folder / "model_weights.h5")
    renamed(root, folder / "no_suffix.h5", no_suffix)
    renamed(root, folder / "old_w_1.h5", old_form)
    build(tf_keras, VGG_LAYERS, sequential=True).save_weights(
        str(folder / "sequential_root.h5"), save_format="h5")

    model = build(keras, VGG_LAYERS)
    np.testing.assert_allclose(model.predict(x, verbose=0), y, rtol=1e-6, atol=1e-6)
    model.save_weights(str(folder / "keras3.weights.h5"))
    model.save(str(folder / "whole_keras3.h5"))
    model.save(str(folder / "whole_keras3.keras"))
    build(keras, VGG_LAYERS, sequential=True).save_weights(
        str(folder / "sequential_keras3.weights.h5"))
    check(folder, weights, x, y)


def check(folder, weights, x, y):
    """Keras itself reads each file that a current Keras is known to read."""
    for name in ("root.h5", "model_weights.h5", "no_suffix.h5", "old_w_1.h5", "whole_tf_keras.h5"):
        model = emptied(build(tf_keras, VGG_LAYERS))
        model.load_weights(str(folder / name))
        for key, values in named_weights(model).items():
            np.testing.assert_array_equal(values, weights[key], err_msg=f"{name} {key}")
    model = emptied(build(keras, VGG_LAYERS))
    model.load_weights(str(folder / "keras3.weights.h5"))
    np.testing.assert_allclose(model.predict(x, verbose=0), y, rtol=1e-6, atol=1e-6)
    for name in ("whole_keras3.h5", "whole_keras3.keras", "whole_tf_keras.h5"):
        model = keras.models.load_model(str(folder / name), compile=False)
        np.testing.assert_allclose(model.predict(x, verbose=0), y, rtol=1e-6, atol=1e-6)


def emptied(model):
    """All weights zero, so that a file that loads nothing is noticed."""
    model.set_weights([np.zeros_like(w) for w in model.get_weights()])
    return model


def under_model_weights(source, target):
    """A weights-only file whose layers lie under `model_weights`, as in a whole model."""
    with h5py.File(source) as old, h5py.File(target, "w") as new:
        group = new.create_group("model_weights")
        group.attrs.update(dict(old.attrs))
        for name in old:
            old.copy(name, group)


def no_suffix(_layer, weight):
    """`block1_conv1/kernel`: TensorFlow's `:0` left out."""
    return weight.removesuffix(":0")


def old_form(layer, weight):
    """`block1_conv1_W_1:0`: as the first VGG files for Keras were written."""
    letter = {"kernel:0": "W", "bias:0": "b"}[weight.split("/")[-1]]
    return f"{layer}_{letter}_1:0"


def renamed(source, target, rename):
    """The file again, each weight under the name that `rename(layer, weight)` gives."""
    with h5py.File(source) as old, h5py.File(target, "w") as new:
        layers = [name for name in text(old.attrs["layer_names"])]
        new.attrs["backend"] = b"tensorflow"
        new.attrs["keras_version"] = b"1.1.0" if rename is old_form else old.attrs["keras_version"]
        new.attrs["layer_names"] = np.array(layers, dtype="S")
        for layer in layers:
            group = new.create_group(layer)
            names = text(old[layer].attrs["weight_names"])
            group.attrs["weight_names"] = np.array([rename(layer, n) for n in names], dtype="S")
            for name in names:
                group.create_dataset(rename(layer, name), data=old[layer][name][()])


def text(names):
    return [n.decode() if isinstance(n, bytes) else str(n) for n in names]
