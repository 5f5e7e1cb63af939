"""What real Keras takes where nothing is said: src/test/resources/goldens/defaults.

    $(tools/python-env) tools/goldens/defaults.py [FOLDER]

`layers.json`: layers with the least settings that make them, and the whole config Keras 3 then
has; the same of optimizers. `initializers.json`: for every initializer of both Kerases, weights of
several shapes drawn many times, and of all the values together their mean, deviation, extremes and
the values at every twentieth part of their order.
"""

import hashlib
import json
import os
import pathlib
import sys

os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras  # noqa: E402  (the settings above must come first)
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
import tf_keras  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
SEED = 20252
VALUES = 400_000

LAYERS = [
    ("Dense", {"units": 4}), ("EinsumDense", {"equation": "ab,bc->ac", "output_shape": 4}),
    ("Embedding", {"input_dim": 5, "output_dim": 3}),
    *((f"Conv{n}D", {"filters": 4, "kernel_size": 3}) for n in (1, 2, 3)),
    *((f"Conv{n}DTranspose", {"filters": 4, "kernel_size": 3}) for n in (1, 2, 3)),
    *((f"SeparableConv{n}D", {"filters": 4, "kernel_size": 3}) for n in (1, 2)),
    *((f"DepthwiseConv{n}D", {"kernel_size": 3}) for n in (1, 2)),
    *((f"{kind}Pooling{n}D", {"pool_size": 2}) for kind in ("Max", "Average") for n in (1, 2, 3)),
    *((f"Global{kind}Pooling{n}D", {}) for kind in ("Max", "Average") for n in (1, 2, 3)),
    *((f"UpSampling{n}D", {}) for n in (1, 2, 3)), *((f"ZeroPadding{n}D", {}) for n in (1, 2, 3)),
    *((f"Cropping{n}D", {}) for n in (1, 2, 3)),
    ("LSTM", {"units": 3}), ("GRU", {"units": 3}), ("SimpleRNN", {"units": 3}),
    ("BatchNormalization", {}), ("LayerNormalization", {}), ("GroupNormalization", {"groups": 2}),
    ("UnitNormalization", {}), ("Dropout", {"rate": 0.5}), ("SpatialDropout1D", {"rate": 0.5}),
    ("SpatialDropout2D", {"rate": 0.5}), ("SpatialDropout3D", {"rate": 0.5}),
    ("GaussianDropout", {"rate": 0.5}), ("GaussianNoise", {"stddev": 0.5}),
    ("AlphaDropout", {"rate": 0.5}), ("ActivityRegularization", {}), ("Flatten", {}),
    ("Reshape", {"target_shape": (2, 2)}), ("Permute", {"dims": (2, 1)}), ("RepeatVector", {"n": 2}),
    ("Masking", {}), ("Activation", {"activation": "relu"}), ("Softmax", {}), ("ReLU", {}),
    ("LeakyReLU", {}), ("ELU", {}), ("PReLU", {}), ("Rescaling", {"scale": 0.5}),
    ("MultiHeadAttention", {"num_heads": 2, "key_dim": 3}), ("Attention", {}),
    ("AdditiveAttention", {}), ("Add", {}), ("Concatenate", {}), ("Dot", {"axes": 1}),
]
OPTIMIZERS = ["SGD", "Adam", "AdamW", "Adamax", "Nadam", "Adagrad", "Adadelta", "RMSprop", "Ftrl",
              "Lion", "Adafactor"]
INITIALIZERS = [
    ("RandomNormal", {}), ("RandomNormal", {"mean": 0.3, "stddev": 0.2}), ("TruncatedNormal", {}),
    ("TruncatedNormal", {"mean": -0.1, "stddev": 0.3}), ("RandomUniform", {}),
    ("RandomUniform", {"minval": -1.0, "maxval": 3.0}),
    *((name, {}) for name in ("GlorotUniform", "GlorotNormal", "HeUniform", "HeNormal",
                              "LecunUniform", "LecunNormal", "VarianceScaling", "Orthogonal")),
    ("Orthogonal", {"gain": 2.0}),
    *(("VarianceScaling", {"scale": 2.0, "mode": mode, "distribution": distribution})
      for mode in ("fan_in", "fan_out", "fan_avg")
      for distribution in ("uniform", "truncated_normal", "untruncated_normal")),
    ("Zeros", {}), ("Ones", {}), ("Constant", {"value": 0.7}), ("Identity", {"gain": 1.5}),
]
SHAPES = {"Identity": [(4, 4), (3, 5)], "Orthogonal": [(8, 8), (12, 5), (3, 3, 2, 4), (4, 9)]}


def plain(value):
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items() if k not in ("build_config",)}
    return [plain(v) for v in value] if isinstance(value, (list, tuple)) else value


def layers():
    made = []
    for name, given in LAYERS:
        config = plain(getattr(keras.layers, name)(**given).get_config())
        made.append({"class": name, "given": plain(given), "config": config})
    return made


def optimizers():
    return [{"class": name, "config": plain(getattr(keras.optimizers, name)().get_config())}
            for name in OPTIMIZERS]


def drawn(library, name, given):
    library.utils.set_random_seed(SEED)
    for shape in SHAPES.get(name, [(64, 32), (3, 3, 16, 8), (5, 4, 6), (50,)]):
        fixed = name in ("Zeros", "Ones", "Constant", "Identity")
        count = 1 if fixed else max(1, VALUES // int(np.prod(shape)))
        # An initializer object gives the same values again: every draw has an object of its own.
        values = []
        for i in range(min(count, 200)):
            seeded = given if fixed else {**given, "seed": SEED + i}
            values.append(np.array(getattr(library.initializers, name)(**seeded)(shape)).ravel())
        values = np.concatenate(values).astype(np.float64)
        yield {"library": library.__name__, "class": name, "given": given, "shape": list(shape),
               "count": len(values), "mean": float(values.mean()), "deviation": float(values.std()),
               "least": float(values.min()), "most": float(values.max()),
               "parts": [float(f"{v:.6g}") for v in np.quantile(values, np.linspace(0.05, 0.95, 19))]}


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1
                          else ROOT / "src/test/resources/goldens/defaults")
    folder.mkdir(parents=True, exist_ok=True)
    versions = {m.__name__: m.__version__ for m in (tf, keras, tf_keras)}
    documents = {
        "layers.json": {"versions": versions, "layers": layers(), "optimizers": optimizers()},
        "initializers.json": {
            "versions": versions, "seed": SEED,
            "drawn": [d for library in (keras, tf_keras) for name, given in INITIALIZERS
                      for d in drawn(library, name, given)]},
    }
    for name, document in documents.items():
        lines = json.dumps(document, separators=(",", ":")).replace('},{"', '},\n{"')
        (folder / name).write_text(lines + "\n")
    (folder / "MANIFEST.sha256").write_text("".join(
        f"{hashlib.sha256((folder / n).read_bytes()).hexdigest()}  {n}\n" for n in documents))


if __name__ == "__main__":
    main()
