"""Networks as graphs, in every whole-model layout, with what they compute: src/test/resources/goldens/graphs.

    $(tools/python-env) tools/goldens/graphs.py [FOLDER]

One network each for what graphs can do: models in models at any depth, shared layers and models,
several inputs and outputs, branches, frozen parts. Each is saved by tf_keras (`.h5`) and by Keras 3
(`.keras`, `.h5`, unzipped folder) with the same weights. `NET.npz` has inputs and outputs, and
`manifest.json` the SHA-256 of every file and the counts of trainable and other parameters.
"""

import hashlib
import json
import os
import pathlib
import shutil
import sys

os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras  # noqa: E402  (the settings above must come first)
import numpy as np  # noqa: E402
import tf_keras  # noqa: E402

SEED = 23
OUT = pathlib.Path(__file__).resolve().parents[2] / "src/test/resources/goldens/graphs"


def towers(k):
    """Sequential in functional in Sequential, with statistics and a frozen layer at each depth."""
    core = k.Sequential([k.layers.Input((6, 6, 2)), k.layers.Conv2D(3, 3, name="core_conv"),
                         k.layers.BatchNormalization(name="core_norm")], name="core")
    x = k.Input((6, 6, 2), name="trunk_in")
    h = k.layers.BatchNormalization(name="trunk_norm")(core(x))
    trunk = k.Model(x, k.layers.Conv2D(2, 1, name="trunk_conv")(h), name="trunk")
    model = k.Sequential([k.layers.Input((6, 6, 2)), trunk, k.layers.Flatten(name="flat"),
                          k.layers.Dense(3, name="head")], name="towers")
    core.get_layer("core_norm").trainable = False
    trunk.get_layer("trunk_conv").trainable = False
    return model


def order(k):
    """Frozen before trainable before statistics: Keras 2 stores a nested model's weights otherwise."""
    x = k.Input((4,), name="inner_in")
    h = k.layers.Dense(4, name="first")(x)
    h = k.layers.BatchNormalization(name="norm")(h)
    h = k.layers.Dense(4, name="second")(h)
    inner = k.Model(x, k.layers.BatchNormalization(name="norm2", scale=False)(h), name="inner")
    inner.get_layer("first").trainable = False
    inner.get_layer("norm2").trainable = False
    y = k.Input((4,), name="in")
    return k.Model(y, k.layers.Dense(2, name="out")(inner(y)), name="order")


def frozen(k):
    """A nested model frozen as a whole."""
    x = k.Input((4,), name="base_in")
    base = k.Model(x, k.layers.BatchNormalization(name="norm")(k.layers.Dense(3, name="d")(x)), name="base")
    base.trainable = False
    y = k.Input((4,), name="in")
    return k.Model(y, k.layers.Dense(2, name="out")(base(y)), name="frozen")


def pairs(k):
    """A nested model of two inputs and two outputs, used twice with its inputs swapped."""
    a, b = k.Input((3,), name="a"), k.Input((3,), name="b")
    shared = k.layers.Dense(4, name="shared", activation="relu")
    mixed = k.layers.Concatenate(name="mix")([shared(a), shared(b)])
    both = k.Model([a, b], [k.layers.Dense(3, name="left")(mixed),
                            k.layers.Subtract(name="right")([shared(a), shared(b)])], name="both")
    p, q = k.Input((3,), name="p"), k.Input((3,), name="q")
    left, right = both([p, q])
    again, other = both([q, left])
    return k.Model([p, q], [k.layers.Add(name="sum")([right, other]), again, left], name="pairs")


def residual(k):
    """Branches that meet again, a block used twice, an output that others read on."""
    x = k.Input((5, 5, 4), name="block_in")
    h = k.layers.Conv2D(4, 3, padding="same", name="conv")(k.layers.ReLU(name="relu")(x))
    block = k.Model(x, k.layers.Add(name="add")([x, h]), name="block")
    y = k.Input((5, 5, 4), name="in")
    one = block(y)
    two = block(one)
    pooled = k.layers.GlobalAveragePooling2D(name="pool")(k.layers.Maximum(name="max")([one, two, y]))
    return k.Model(y, [k.layers.Dense(2, name="out")(pooled), two], name="residual")


def named(k):
    """Inputs and outputs by name."""
    a, b = k.Input((3,), name="a"), k.Input((2,), name="b")
    h = k.layers.Concatenate(name="both")([b, a])
    return k.Model({"b": b, "a": a}, {"score": k.layers.Dense(1, name="score")(h),
                                      "copy": k.layers.Activation("tanh", name="copy")(a)}, name="named")


def frames(k):
    """A model for each step of a sequence, then a recurrent layer both ways."""
    x = k.Input((4, 4, 1), name="frame_in")
    h = k.layers.GlobalMaxPooling2D(name="top")(k.layers.Conv2D(3, 3, name="conv")(x))
    frame = k.Model(x, h, name="frame")
    y = k.Input((3, 4, 4, 1), name="in")
    h = k.layers.TimeDistributed(frame, name="each")(y)
    h = k.layers.Bidirectional(k.layers.LSTM(2, return_sequences=True, name="lstm"), name="ways")(h)
    return k.Model(y, k.layers.GRU(2, name="gru")(h), name="frames")


def operations(k):
    """Operators on tensors, outside and within a nested model."""
    x = k.Input((4,), name="inner_in")
    inner = k.Model(x, k.layers.Dense(4, name="d")(x) * 2.0 + x, name="inner")
    y = k.Input((4,), name="in")
    h = inner(y)
    return k.Model(y, k.layers.Dense(2, name="out")(h - y / 3.0), name="operations")


def attention(k):
    """Layers called with further tensors by name."""
    a, b = k.Input((5, 4), name="query"), k.Input((6, 4), name="memory")
    h = k.layers.MultiHeadAttention(2, 3, name="heads")(a, value=b)
    h = k.layers.LayerNormalization(name="norm")(k.layers.Add(name="add")([a, h]))
    return k.Model([a, b], k.layers.Attention(name="look")([h, b]), name="attention")


def words(k):
    """A mask made deep within, used outside."""
    x = k.Input((5,), name="tokens_in")
    words_in = k.Model(x, k.layers.Embedding(7, 3, mask_zero=True, name="table")(x), name="words_in")
    y = k.Input((5,), name="in")
    h = k.layers.LSTM(3, name="lstm")(words_in(y))
    return k.Model(y, k.layers.Dense(2, name="out")(h), name="words")


NETS = (towers, order, frozen, pairs, residual, named, frames, operations, attention, words)


def seeded(model):
    """Fills every weight from the seed, each by the name it has: generations order them otherwise."""
    for layer in every(model):
        for weight in layer.weights:
            slot = weight.name.split("/")[-1].split(":")[0]
            name = f"{layer.name}/{slot}/{weight.shape}"
            rng = np.random.default_rng([SEED] + [ord(c) for c in name])
            value = rng.uniform(0.1, 1.0, weight.shape) - (0 if "variance" in slot else 0.55)
            weight.assign(value.astype(np.float32))
    return model


def every(thing):
    """Layers with weights of their own, to the bottom."""
    inside = getattr(thing, "layers", None)
    if inside is None:
        inside = [getattr(thing, name) for name in ("layer", "forward_layer", "backward_layer", "cell")
                  if hasattr(thing, name)]
        if hasattr(thing, "forward_layer"):
            inside = [thing.forward_layer, thing.backward_layer]
    if not inside:
        return [thing]
    found = []
    for each in inside:
        for layer in every(each):
            if not any(layer is f for f in found):
                found.append(layer)
    return found


def inputs(model):
    rng = np.random.default_rng(SEED + 1)
    made = {}
    for tensor in model.inputs:
        name = tensor.name.split(":")[0]
        shape = (2,) + tuple(tensor.shape[1:])
        made[name] = (rng.integers(0, 7, shape) * (rng.uniform(size=shape) > 0.3) if model.name == "words"
                      else rng.uniform(-1, 1, shape)).astype(np.float32)
    return made


def computed(model, given):
    """Outputs in the order of `model.outputs`."""
    asked = given if model.name == "named" else list(given.values())
    said = model(asked if len(given) > 1 else asked[0])
    if isinstance(said, dict):
        said = [said[name] for name in sorted(said)]
    return [np.asarray(each) for each in (said if isinstance(said, (list, tuple)) else [said])]


def size(weights):
    return int(sum(np.prod(w.shape) for w in weights))


def write(folder):
    cases = {}
    for net in NETS:
        two, three = seeded(net(tf_keras)), seeded(net(keras))
        given = inputs(three)
        out2, out3 = computed(two, given), computed(three, given)
        for a, b in zip(out2, out3):
            np.testing.assert_allclose(a, b, rtol=2e-5, atol=2e-6, err_msg=net.__name__)
        np.savez(folder / f"{net.__name__}.npz", **{f"in_{name}": value for name, value in given.items()},
                 **{f"out_{i}": value for i, value in enumerate(out3)})
        two.save(folder / f"{net.__name__}.tf_keras.h5", save_format="h5")
        three.save(folder / f"{net.__name__}.keras3.keras")
        three.save(folder / f"{net.__name__}.keras3.h5")
        if net in (towers, pairs):
            three.save(folder / f"{net.__name__}.folder", zipped=False)
        cases[net.__name__] = {"note": net.__doc__, "trainable": size(three.trainable_weights),
                               "other": size(three.non_trainable_weights)}
        assert size(two.trainable_weights) == cases[net.__name__]["trainable"]
    return cases


def main():
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else OUT
    if folder.exists() and not (folder / "manifest.json").exists():
        raise SystemExit(f"{folder} holds no manifest.json: not made by this script, left alone")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    cases = write(folder)
    files = {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
             for path in sorted(folder.rglob("*")) if path.is_file()}
    manifest = {"seed": SEED, "versions": {"tf_keras": tf_keras.__version__, "keras": keras.__version__},
                "files": files, "cases": cases}
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")
    print(f"{len(files)} files, {sum(p.stat().st_size for p in folder.rglob('*') if p.is_file())} bytes in {folder}")


if __name__ == "__main__":
    main()
