"""Small networks that take texts, as both Kerases save them: src/test/resources/goldens/texts.

    $(tools/python-env) tools/goldens/texts.py

NAME.keras holds what adapt() found beside the settings, NAME.given.h5 in them. NAME.npz has the
inputs by name (`in.NAME`; texts as bytes in UTF-8), the labels (`y`), Keras's output (`out`) and the
losses of a few steps of gradient descent over all examples (`losses`). `manifest.json` gives the
SHA-256 of every file and the versions.
"""

import os
import pathlib

os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np  # noqa: E402  (the settings above must come first)

from generations import keras_of, make  # noqa: E402

SEED = 12
RATE = 0.125
STEPS = 4
OUT = pathlib.Path(__file__).resolve().parents[2] / "src/test/resources/goldens/texts"
TEXTS = [
    "What a wonderful film, what a cast!",
    "Bad. Bad, bad, BAD... and dull",
    "schön & köstlich: ein schöner Film",
    "",
    "the film was not bad at all, a wonderful surprise",
    "dull   dull\tdull",
    "映画 は 素晴らしい",
    "never again!",
]
CITIES = ["Köln", "Paris", "", "東京", "Köln", "Lima", "Paris", "Oslo"]
SHOPS = ["a", "b", "a", "c", "c", "b", "a", "d"]
CODES = [7, 2, 7, 5, 11, 2, 2, 7]
YEARS = [3.0, -1.5, 0.25, 8.0, 4.5, 2.0, -3.0, 0.5]
LABELS = [1, 0, 1, 0, 1, 0, 1, 0]


def column(values):
    return np.array([v.encode() if isinstance(v, str) else v for v in values]).reshape(-1, 1)


def learned(layer, values, given):
    """The layer adapted to values; or a copy with what it learned among its settings."""
    layer.adapt(values)
    if not given:
        return layer
    config = layer.get_config()
    config["vocabulary"] = layer.get_vocabulary()
    if config["output_mode"] == "tf_idf":
        inner = getattr(layer, "_lookup_layer", layer)
        config["idf_weights"] = [float(w) for w in inner.idf_weights.numpy()]
    config.pop("vocabulary_size", None)
    config.pop("batch_input_shape", None)
    config.pop("has_input_vocabulary", None)
    return type(layer).from_config(config)


def review(k, given):
    """The usual text classifier."""
    x = k.Input((1,), dtype="string", name="text")
    words = learned(k.layers.TextVectorization(max_tokens=25, output_sequence_length=8, name="words"), column(TEXTS), given)
    h = k.layers.Embedding(25, 4, mask_zero=True, name="embedded")(words(x))
    h = k.layers.Bidirectional(k.layers.LSTM(3), name="read")(h)
    return k.Model(x, k.layers.Dense(1, activation="sigmoid", name="liked")(h), name="review")


def bag(k, given):
    """Words weighed by how rare they are, in a Sequential."""
    words = learned(k.layers.TextVectorization(output_mode="tf_idf", ngrams=2, name="words"), column(TEXTS), given)
    return k.Sequential([
        k.Input((1,), dtype="string", name="text"),
        words,
        k.layers.Dense(3, activation="relu", name="hidden"),
        k.layers.Dense(1, activation="sigmoid", name="liked"),
    ], name="bag")


def table(k, given):
    """Columns of words, whole numbers and numbers."""
    city = k.Input((1,), dtype="string", name="city")
    shop = k.Input((1,), dtype="string", name="shop")
    code = k.Input((1,), dtype="int64", name="code")
    years = k.Input((1,), name="years")
    known = learned(k.layers.StringLookup(num_oov_indices=2, mask_token="", name="cities"), column(CITIES[:6]), given)
    shops = learned(k.layers.StringLookup(output_mode="one_hot", name="shops"), column(SHOPS[:6]), given)
    codes = learned(k.layers.IntegerLookup(name="codes"), np.array(CODES[:6]).reshape(-1, 1), given)
    parts = [
        k.layers.Flatten(name="flat")(k.layers.Embedding(9, 3, name="place")(known(city))),
        shops(shop),
        k.layers.CategoryEncoding(num_tokens=6, output_mode="one_hot", name="coded")(codes(code)),
        k.layers.CategoryEncoding(num_tokens=6, output_mode="one_hot", name="hashed")(k.layers.Hashing(6, name="hash")(city)),
        k.layers.HashedCrossing(5, output_mode="one_hot", name="crossed")([city, shop]),
        k.layers.Rescaling(0.25, name="scaled")(years),
    ]
    if k.__name__ != "tf_keras":
        parts = [k.layers.Identity(name=f"as_is_{i}", dtype="float32")(p) for i, p in enumerate(parts)]
    h = k.layers.Dense(4, activation="tanh", name="hidden")(k.layers.Concatenate(name="all")(parts))
    return k.Model([city, shop, code, years], k.layers.Dense(1, activation="sigmoid", name="bought")(h), name="table")


def nested(k, given):
    """Texts taken apart in a network inside another."""
    inner = k.Input((1,), dtype="string", name="raw")
    words = learned(k.layers.TextVectorization(split="character", output_mode="count", name="letters"), column(TEXTS), given)
    reader = k.Model(inner, k.layers.Dense(3, name="squeezed")(words(inner)), name="reader")
    x = k.Input((1,), dtype="string", name="text")
    return k.Model(x, k.layers.Dense(1, activation="sigmoid", name="liked")(reader(x)), name="nested")


def space(k, given):
    """What Keras 3's FeatureSpace makes of a table, which it adapts to."""
    import tensorflow as tf

    kinds = k.utils.FeatureSpace
    made = kinds(
        features={
            "city": kinds.string_categorical(num_oov_indices=1),
            "shop": kinds.string_hashed(num_bins=4),
            "code": kinds.integer_categorical(),
            "years": kinds.float_discretized(num_bins=3),
        },
        crosses=[kinds.cross(feature_names=("city", "shop"), crossing_dim=6)],
        output_mode="concat",
    )
    rows = {name: INPUTS[name][:, 0] for name in ("city", "shop", "code", "years")}
    made.adapt(tf.data.Dataset.from_tensor_slices(rows).batch(4))
    outputs = k.layers.Dense(1, activation="sigmoid", name="bought")(made.get_encoded_features())
    inputs = made.get_inputs()
    return k.Model([inputs[name] for name in rows], outputs, name="space")


NETS = (review, bag, table, nested)
INPUTS = {"text": column(TEXTS), "city": column(CITIES), "shop": column(SHOPS), "code": column(CODES), "years": column(YEARS).astype("float32")}


def seeded(model):
    rng = np.random.default_rng(SEED)

    def fill(layer):
        for inner in getattr(layer, "layers", []):
            fill(inner)
        if not hasattr(layer, "layers") and not hasattr(layer, "get_vocabulary") and layer.weights:
            layer.set_weights([(np.round(rng.normal(size=w.shape) * 32) / 64).astype("float32") for w in layer.get_weights()])

    fill(model)


def write(generation):
    import tensorflow as tf

    k = keras_of(generation)
    for net in NETS + ((space,) if generation == "keras3" else ()):
        name = f"{net.__name__}.{generation}"
        for given in (False,) if net is space else (False, True):
            k.backend.clear_session()
            model = net(k, given)
            seeded(model)
            names = [t.name.split(":")[0] for t in model.inputs]
            x = [tf.constant(INPUTS[n]) for n in names]
            x = x[0] if len(x) == 1 else x
            out = np.array(model(x))
            model.save(OUT / (f"{name}.given.h5" if given else f"{name}.keras"))
            if given:
                assert (out == kept["out"]).all(), name
                continue
            y = np.array(LABELS, "float32").reshape(-1, 1)
            loss, optimizer, losses = k.losses.BinaryCrossentropy(), k.optimizers.SGD(RATE), []
            for _ in range(STEPS):
                with tf.GradientTape() as tape:
                    value = loss(y, model(x, training=True))
                weights = model.trainable_weights
                variables = [getattr(w, "value", w) if generation == "keras3" else w for w in weights]
                optimizer.apply_gradients(zip(tape.gradient(value, variables), weights))
                losses.append(float(value))
            kept = {"out": out, "y": y, "losses": np.array(losses)}
            kept |= {f"in.{n}": INPUTS[n] for n in names}
            np.savez_compressed(OUT / f"{name}.npz", **kept)
    return {"tensorflow": tf.__version__, generation: k.__version__, "numpy": np.__version__}


if __name__ == "__main__":
    make(__file__, OUT, write, {"seed": SEED, "rate": RATE})
