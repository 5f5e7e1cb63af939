"""A network in which masks go everywhere and meet: src/test/resources/goldens/masks.

    $(tools/python-env) tools/goldens/masks.py

The same network, saved by Keras 3 (which names every mask
that a layer takes) and by tf_keras (which names none, and lets masks meet otherwise). GENERATION.npz
has the inputs `in_NAME` and the outputs `out_0` ...; `manifest.json` the SHA-256 of every file.
"""

import os
import pathlib

os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np  # noqa: E402  (the settings above must come first)

from generations import keras_of, make  # noqa: E402

SEED = 31
OUT = pathlib.Path(__file__).resolve().parents[2] / "src/test/resources/goldens/masks"


def network(k):
    words = k.Input((6,), dtype="int32", name="words")
    others = k.Input((6,), dtype="int32", name="others")
    rows = k.Input((6, 3), name="rows")
    embedded = k.layers.Embedding(9, 4, mask_zero=True, name="embedded")
    a, b = embedded(words), embedded(others)
    # Keras 3 keeps masks at tensors, where other layers take them away; these have one use alone.
    fresh = lambda: [embedded(words), embedded(others)]
    c = k.layers.Masking(name="hidden")(rows)
    plain = k.layers.Embedding(9, 4, name="plain")(words)
    mean = lambda h: k.layers.GlobalAveragePooling1D()(h)
    block = k.layers.LayerNormalization()(k.layers.Add()([a, k.layers.MultiHeadAttention(2, 2)(a, a)]))
    state = k.layers.LSTM(3, return_state=True)(a)
    both = k.layers.Bidirectional(k.layers.GRU(2, return_state=True))(a)
    outputs = [
        mean(a),
        mean(c),
        mean(block),
        k.layers.GRU(2)(k.layers.BatchNormalization()(a)),
        k.layers.Bidirectional(k.layers.LSTM(2))(c),
        mean(k.layers.TimeDistributed(k.layers.Dense(2))(a)),
        mean(k.layers.Dropout(0.5)(k.layers.Dense(2, activation="tanh")(a))),
        mean(k.layers.Add()([a, b])),
        mean(k.layers.Add()([a, plain])),
        k.layers.GRU(2)(k.layers.Multiply()(fresh())),
        k.layers.GRU(2)(k.layers.Maximum()(fresh())),
        k.layers.GRU(2)(k.layers.Average()(fresh())),
        k.layers.GRU(2)(k.layers.Concatenate()([a, c])),
        k.layers.GRU(2)(k.layers.Concatenate(axis=1)(fresh())),
        k.layers.LSTM(3)(b, initial_state=state[1:]),
        k.layers.Bidirectional(k.layers.GRU(2))(b, initial_state=both[1:]),
        k.layers.Attention()(fresh()),
    ]
    return k.Model([words, others, rows], outputs, name="masks")


def inputs():
    random = np.random.default_rng(SEED)
    words = random.integers(1, 9, (4, 6)).astype("int32")
    others = random.integers(1, 9, (4, 6)).astype("int32")
    rows = (np.round(random.normal(size=(4, 6, 3)) * 16) / 16).astype("float32")
    for row, length in enumerate((6, 3, 1, 4)):
        words[row, length:] = 0
        rows[row, 7 - length:] = 0
    words[3, 1] = 0
    for row, length in enumerate((2, 5, 6, 4)):
        others[row, length:] = 0
    others[3, 2] = 0
    return {"words": words, "others": others, "rows": rows}


def write(generation):
    import tensorflow as tf

    k = keras_of(generation)
    model = network(k)
    random = np.random.default_rng(SEED)
    model.set_weights([
        w if "gamma" in v.name or "variance" in v.name
        else (np.round(random.normal(size=w.shape) * 32) / 64).astype("float32")
        for v, w in zip(model.weights, model.get_weights())
    ])
    given = inputs()
    outputs = model([tf.constant(given[t.name.split(":")[0]]) for t in model.inputs])
    kept = {f"in_{name}": value for name, value in given.items()}
    kept |= {f"out_{i}": np.array(value) for i, value in enumerate(outputs)}
    np.savez_compressed(OUT / f"{generation}.npz", **kept)
    model.save(OUT / f"{generation}.h5")
    if generation == "keras3":
        model.save(OUT / f"{generation}.keras")
    return {"tensorflow": tf.__version__, generation: k.__version__}


if __name__ == "__main__":
    make(__file__, OUT, write, {"seed": SEED})
