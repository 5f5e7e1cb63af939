"""Makes one small golden case for each layer and each option that matters, with real Keras.

    python tools/goldens/layers.py [--only PATTERN]

Writes src/test/resources/goldens/layers/{keras3,tf_keras}/NAME.npz and manifest.json beside them.
Each generation runs in a process of its own. A case holds

    case        JSON, as bytes: class, module, config as Keras writes it, weight names, call
    in0 ...     inputs; mask0 ... masks of the inputs
    w0 ...      weights in the order of layer.weights; after3 ... weights that the call changed
    out0 ...    outputs; outmask0 ... their masks; cot0 ... fixed random factors of the outputs
    gin0 ...    gradient of sum(cot * out) + losses with respect to the inputs; gw0 ... to the weights
    loss        what the layer adds to the loss

Numbers that go in are multiples of 1/64, so that the files stay small. Same versions, same bytes.
"""

import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import zlib

import generations

ROOT = pathlib.Path(__file__).resolve().parents[2]
TARGET = ROOT / "src/test/resources/goldens/layers"
SEED = 20260101


def keras_of(generation: str):
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    return tf, generations.keras_of(generation)


def numbers(rng, shape, scale=1.0):
    import numpy as np

    return (np.round(rng.normal(size=shape) * scale * 64) / 64).astype("float32")


def value_of(rng, spec):
    """An input: a shape, an array, or (kind, shape, ...)."""
    import numpy as np

    if isinstance(spec, np.ndarray):
        return spec
    if spec and spec[0] == "int":
        return rng.integers(0, spec[2], size=spec[1]).astype("int32")
    if spec and spec[0] == "bool":
        return rng.integers(0, 2, size=spec[1]).astype("bool")
    if spec and spec[0] == "positive":
        return np.abs(numbers(rng, spec[1])) + np.float32(0.25)
    if spec and spec[0] == "distinct":
        size = int(np.prod(spec[1]))
        return (rng.permutation(size).reshape(spec[1]) - size // 2).astype("float32") / 64
    if spec and spec[0] == "pixels":
        return rng.integers(0, 256, size=spec[1]).astype("float32")
    return numbers(rng, spec)


def weight_value(rng, weight, name):
    import numpy as np

    shape = tuple(weight.shape)
    if "int" in str(weight.dtype):
        return np.zeros(shape, "int64")
    if "variance" in name:
        return np.abs(numbers(rng, shape)) + np.float32(0.5)
    if "gamma" in name or name.endswith("scale"):
        return numbers(rng, shape, 0.25) + np.float32(1)
    return numbers(rng, shape, 0.4)


class Function:
    """An operation, which Keras treats as a layer without weights."""

    weights = ()
    trainable_weights = ()
    losses = ()

    def __init__(self, function, described):
        self.function = function
        self.described = described


def config_of(keras, generation, layer):
    if isinstance(layer, Function):
        return layer.described
    if generation == "keras3":
        whole = keras.saving.serialize_keras_object(layer)
        return whole["module"], whole["class_name"], whole["registered_name"], whole["config"]
    from tf_keras.src.saving.legacy.saved_model import json_utils

    config = json.loads(json.dumps(layer.get_config(), default=json_utils.get_json_type))
    return None, type(layer).__name__, None, config


def set_mask(generation, tensor, mask):
    if generation == "keras3":
        from keras.src import backend

        backend.set_keras_mask(tensor, mask)
    else:
        tensor._keras_mask = mask


def mask_of(tensor):
    return getattr(tensor, "_keras_mask", None)


def weights_of(layer):
    """What tf_keras takes for weights of a lookup is no more than its settings."""
    return [] if hasattr(layer, "get_vocabulary") else layer.weights


def make(tf, keras, generation, case):
    import numpy as np

    rng = np.random.default_rng([SEED, zlib.crc32(case["name"].encode())])
    keras.backend.clear_session()
    layer = case["build"](keras)
    if isinstance(layer, tuple):
        layer = Function(*layer)
    arrays = {}
    values = [value_of(rng, spec) for spec in case["inputs"]]
    masks = [None if spec is None else value_of(rng, spec) for spec in case["masks"]]

    def call():
        tensors = [tf.constant(value) for value in values]
        return tensors, lambda: run(tensors)

    def run(tensors):
        given = [tf.identity(tensor) for tensor in tensors]
        for tensor, mask in zip(given, masks):
            if mask is not None:
                set_mask(generation, tensor, tf.constant(mask))
        return case["call"](layer, given)

    tensors, go = call()
    go()
    for i, weight in enumerate(weights_of(layer)):
        value = weight_value(rng, weight, weight.name.split(":")[0])
        weight.assign(value)
        arrays[f"w{i}"] = np.asarray(weight.numpy())
    if hasattr(layer, "finalize_state"):
        layer.finalize_state()
    tensors, go = call()
    inexact = [tensor for tensor in tensors if tensor.dtype == tf.float32]
    trainable = list(layer.trainable_weights)
    variables = [getattr(w, "value", w) if generation == "keras3" else w for w in trainable]
    with tf.GradientTape() as tape:
        for tensor in inexact:
            tape.watch(tensor)
        outputs = go()
        outputs = list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]
        outputs = [o for o in tf.nest.flatten(outputs)]
        losses = [tf.convert_to_tensor(loss) for loss in layer.losses] if case["losses"] else []
        scalar = tf.add_n(losses) if losses else tf.constant(0.0)
        for i, out in enumerate(outputs):
            if out.dtype == tf.float32:
                cot = rng.choice(np.array([-1, -0.5, 0.5, 1], "float32"), size=out.shape)
                arrays[f"cot{i}"] = cot
                scalar = scalar + tf.reduce_sum(out * cot)
    if losses:
        arrays["loss"] = np.asarray(tf.add_n(losses).numpy())
    gradients = tape.gradient(scalar, inexact + variables) if case["gradient"] else []
    for tensor, gradient in zip(inexact, gradients):
        place = next(i for i, t in enumerate(tensors) if t is tensor)
        if gradient is not None:
            arrays[f"gin{place}"] = tf.convert_to_tensor(gradient).numpy()
    for weight, gradient in zip(trainable, gradients[len(inexact) :]):
        place = next(i for i, w in enumerate(weights_of(layer)) if w is weight)
        if gradient is not None:
            arrays[f"gw{place}"] = tf.convert_to_tensor(gradient).numpy()
    for i, (value, mask) in enumerate(zip(values, masks + [None] * len(values))):
        arrays[f"in{i}"] = value
        if mask is not None:
            arrays[f"mask{i}"] = mask
    for i, out in enumerate(outputs):
        arrays[f"out{i}"] = np.array(out).astype("S") if out.dtype == tf.string else out.numpy()
        if mask_of(out) is not None:
            arrays[f"outmask{i}"] = np.asarray(mask_of(out))
    for i, weight in enumerate(weights_of(layer)):
        if not np.array_equal(weight.numpy(), arrays[f"w{i}"]):
            arrays[f"after{i}"] = weight.numpy()
    module, class_name, registered, config = config_of(keras, generation, layer)
    kept = {weight.name if generation == "tf_keras" else weight.path for weight in trainable}
    meta = {
        "name": case["name"],
        "generation": generation,
        "module": module,
        "class_name": class_name,
        "registered_name": registered,
        "config": config,
        "training": case["training"],
        "arguments": case["arguments"],
        "weights": [
            {
                "name": w.name.split(":")[0],
                "trainable": (w.name if generation == "tf_keras" else w.path) in kept,
            }
            for w in weights_of(layer)
        ],
        "inputs": len(values),
        "outputs": len(outputs),
    }
    arrays["case"] = np.frombuffer(json.dumps(meta, sort_keys=True).encode(), "uint8")
    return arrays


def generate(generation: str, only: str | None) -> None:
    import numpy as np

    tf, keras = keras_of(generation)
    from layer_cases import cases

    folder = TARGET / generation
    folder.mkdir(parents=True, exist_ok=True)
    wanted = [c for c in cases() if generation in c["generations"]]
    names = [c["name"] for c in wanted]
    if len(set(names)) != len(names):
        raise SystemExit(f"two cases have one name: {[n for n in names if names.count(n) > 1]}")
    if only is None:
        for old in folder.glob("*.npz"):
            old.unlink()
    refused = []
    for case in wanted:
        if only is None or re.search(only, case["name"]):
            try:
                arrays = make(tf, keras, generation, case)
            except Exception as e:
                refused.append(f"{generation} {case['name']}: {type(e).__name__}: {str(e)[:300]}")
                continue
            np.savez_compressed(folder / (case["name"] + ".npz"), **arrays)
    if refused:
        raise SystemExit("Keras refuses these cases:\n" + "\n".join(refused))
    versions = {"tensorflow": tf.__version__, generation: keras.__version__, "numpy": np.__version__}
    (folder / "versions.json").write_text(json.dumps(versions, indent=1, sort_keys=True) + "\n")


def manifest() -> None:
    versions = {}
    for generation in generations.GENERATIONS:
        versions |= json.loads((TARGET / generation / "versions.json").read_text())
    generations.manifest(__file__, TARGET, {"seed": SEED, "versions": versions})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", help="cases whose names match this pattern")
    parser.add_argument("--generation", choices=generations.GENERATIONS, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.generation:
        generate(arguments.generation, arguments.only)
        return
    for generation in generations.GENERATIONS:
        command = [sys.executable, __file__, "--generation", generation]
        command += ["--only", arguments.only] if arguments.only else []
        subprocess.run(command, check=True)
    manifest()


if __name__ == "__main__":
    main()
