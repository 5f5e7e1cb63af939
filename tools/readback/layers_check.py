"""Opens one-layer networks that Graft wrote with real Keras, and compares what they give.

    python tools/readback/layers_check.py FOLDER

FOLDER holds cases as dev.graft.layers.LayerReadbackTest writes them: `NAME.case.json`, `NAME.h5` and
`NAME.keras` (where Graft does not refuse to write it), `NAME.input.K.npy` and `NAME.output.K.npy`.
tf_keras opens the .h5, Keras 3 both. KNOWN lists what real Keras cannot open or computes otherwise,
each with the reason; anything else that fails is printed and ends the check with exit 1.
"""

import fnmatch
import json
import os
import pathlib
import sys

os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras  # noqa: E402  (the settings above must come first)
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
import tf_keras  # noqa: E402

TOLERANCE = 1e-5

OTHER_WORDS = "Keras 3 reads this call in its own words alone, which tf_keras does not read"
AXES = "Keras 3 drops a list of axes when it reads a .h5"
HARD = "Keras 3's hard_sigmoid is another function than that of Keras 1 and 2"
NEWER = "tf_keras does not have it"
WHOLE = "Keras 3's RandomCrop leaves pictures whole outside of training, tf_keras's resizes them"

# Case and file by pattern, and why that Keras cannot open it or computes something else.
KNOWN = {
    "keras3.op_*: h5 in *": "neither Keras finds Keras 3's operations in a .h5, and no layer does the same",
    "tf_keras.tf_*: h5 in keras": "Keras 3 has no TFOpLambda",
    "tf_keras.tf_nn_depth_to_space: keras in keras": "Keras 3 has no such operation",
    "tf_keras.tf_nn_space_to_depth: keras in keras": "Keras 3 has no such operation",
    "tf_keras.tf_nn_local_response_normalization: keras in keras": "Keras 3 has no such operation",
    "*.multi_head_*: h5 in keras": OTHER_WORDS,
    "*_initial: h5 in keras": OTHER_WORDS,
    "*.softmax_masked: h5 in keras": OTHER_WORDS,
    "*.layer_norm_axes: h5 in keras": AXES,
    "*.softmax_axes: h5 in keras": AXES,
    "*.unit_norm_axes: h5 in keras": AXES,
    "*activation_hard_sigmoid: h5 in keras": HARD,
    "*.gru_hard: h5 in keras": HARD,
    "*.lstm_hard: h5 in keras": HARD,
    "tf_keras.conv_lstm*: h5 in keras": HARD,
    "tf_keras.augment_random_crop*: h5 in keras": WHOLE,
    "tf_keras.augment_random_crop*: keras in keras": WHOLE,
    "keras3.activation_*: h5 in tf_keras": NEWER,
    "keras3.rms_norm*: h5 in tf_keras": NEWER,
    "keras3.layer_norm_rms: h5 in tf_keras": NEWER,
    "keras3.multi_head_gate: h5 in tf_keras": NEWER,
    "keras3.multi_head_window: h5 in tf_keras": NEWER,
    "keras3.*_strided_dilated: h5 in tf_keras": NEWER,
    "keras3.adaptive_*: h5 in tf_keras": NEWER,
    "keras3.auto_contrast*: h5 in tf_keras": NEWER,
    "keras3.reversible_*: h5 in tf_keras": NEWER,
    "keras3.equalization_*: * in keras": "Keras's Equalization cannot stand in a functional network",
    "keras3.group_query_*: h5 in tf_keras": NEWER,
    "keras3.*_inference: h5 in tf_keras": NEWER,
    "keras3.spectral_*: h5 in tf_keras": "tf_keras 2.18 cannot build it",
    "*.category_weighted: h5 in keras": OTHER_WORDS,
    "keras3.category_one_hot_wide: h5 in tf_keras": "tf_keras wants one category a row there",
    "keras3.integer_lookup_farmhash: h5 in tf_keras": NEWER,
    "keras3.integer_lookup_salted: h5 in tf_keras": NEWER,
    "*_tf_idf*: h5 in keras": "tf_keras keeps the weights of words among the network's, Keras 3 does not",
    "*.crossing_three: * in keras": "Keras 3 crosses two columns alone in a functional network",
    "keras3.string_lookup_salted: h5 in tf_keras": NEWER,
    "keras3.text_unsplit_one_hot: h5 in tf_keras": NEWER,
    "tf_keras.locally*: * in keras": "Keras 3 has no unshared convolutions",
}


# Operations of Keras 3 that Graft writes as layers: these must open.
LAYERED = "keras3.op_{}: h5 in *"
LAYERS = [
    LAYERED.format(name)
    for name in (
        "add add_constant concatenate constant_subtract elu exp leaky_relu max maximum mean minimum"
        " multiply relu relu6 reshape selu sigmoid silu softmax softplus softsign subtract tanh"
        " transpose"
    ).split()
]


def arrays(folder, name, kind):
    found = sorted(folder.glob(f"{name}.{kind}.*.npy"), key=lambda p: int(p.suffixes[-2][1:]))
    return [np.load(path) for path in found]


def check(model, x, y):
    x = [tf.constant(a) for a in x]
    out = model(x if len(x) > 1 else x[0], training=False)
    out = list(out) if isinstance(out, (list, tuple)) else [out]
    assert len(out) == len(y), f"{len(out)} outputs, Graft has {len(y)}"
    for got, want in zip(out, y):
        got = np.asarray(got)
        assert got.shape == want.shape, f"shape {got.shape}, Graft has {want.shape}"
        if want.dtype.kind == "S":
            assert (got.astype("S") == want).all(), f"other texts: {got}, Graft has {want}"
            continue
        scale = max(1e-3, np.abs(want.astype("float64")).max())
        off = np.abs(got.astype("float64") - want.astype("float64")).max() / scale
        assert off <= TOLERANCE, f"differs by {off}"


def known(label):
    if any(fnmatch.fnmatch(label, pattern) for pattern in LAYERS):
        return None
    return next((reason for pattern, reason in KNOWN.items() if fnmatch.fnmatch(label, pattern)), None)


def attempts(folder, name):
    yield "h5 in tf_keras", folder / f"{name}.h5", tf_keras
    yield "h5 in keras", folder / f"{name}.h5", keras
    yield "keras in keras", folder / f"{name}.keras", keras


def main():
    folder = pathlib.Path(sys.argv[1])
    cases = sorted(folder.glob("*.case.json"))
    wrong = 0
    opened = 0
    for case in cases:
        name = case.name[: -len(".case.json")]
        refused = json.loads(case.read_text())
        x, y = arrays(folder, name, "input"), arrays(folder, name, "output")
        for what, path, library in attempts(folder, name):
            label = f"{name}: {what}"
            try:
                if what.split()[0] in refused:
                    raise ValueError(refused[what.split()[0]])
                check(library.models.load_model(path, compile=False), x, y)
                opened += 1
                failure = None
            except Exception as e:  # whatever Keras raises is what the user would see
                failure = f"{type(e).__name__}: {' '.join(str(e).split())[:900]}"
            if failure and not known(label):
                wrong += 1
                print(f"{label}: {failure}")
            if not failure and ".op_" in label and known(label):
                wrong += 1
                print(f"{label}: opens, although: {known(label)}")
    print(f"{len(cases)} layers, {opened} files opened, {wrong} wrong")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
