"""Makes one of Keras's applications with seeded weights, and writes down what Keras computes.

    $(tools/python-env) tools/goldens/applications.py NAME keras3|tf_keras FOLDER [--float64]

FOLDER then holds

    model.keras or model.h5   the whole network (Keras 3, tf_keras), ten classes
    x.npy, y.npy              pictures, and the network's output for them
    labels.npy                one class a picture
    case.json                 summary rows and totals; the layers that are trained; losses of a few
                              steps of SGD over all pictures with everything else frozen

With --float64 it takes the network of FOLDER, computes it once more in float64, and adds

    y64.npy                   the output in float64
    exact.json                how far from that each of Keras's own ways in float32 is, relative: its
                              call, its predict, and its call one picture at a time

With --float64-losses it does so with the steps, and adds

    exact-losses.json         the losses in float64, and in float32 when the steps run op by op and
                              when they run as a graph that TensorFlow rewrites first

Networks with batch normalisation get moving statistics that fit their weights, so that the numbers
neither grow nor vanish on the way, whatever the depth.
"""

import argparse
import json
import os
import pathlib
import time

os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np  # noqa: E402  (the settings above must come first)

SEED = 20250
CLASSES = 10
BATCH = 4
STEPS = 3
# The trained layers: the last ones that have weights, as many as a last block has.
LAST = 8
SIZES = {"NASNetLarge": 331}
SMALL = 96


def library(generation):
    if generation == "keras3":
        import keras
    else:
        import tf_keras as keras
    return keras


def build(keras, name, size):
    keras.backend.clear_session()
    keras.utils.set_random_seed(SEED)
    return getattr(keras.applications, name)(
        weights=None, input_shape=(size, size, 3), classes=CLASSES)


def seed(model, x):
    """Scales and shifts away from their resting values; then statistics that fit."""
    random = np.random.default_rng(SEED)
    norms = []
    normalised = any("Normalization" in type(layer).__name__ for layer in model.layers)
    for layer in model.layers:
        kind = type(layer).__name__
        values = layer.get_weights()
        names = [w.name.split("/")[-1].split(":")[0] for w in layer.weights]
        for i, name in enumerate(names):
            shape = values[i].shape
            if name == "gamma":
                low, high = (0.5, 1.5) if kind == "LayerScale" else (0.8, 1.2)
                values[i] = random.uniform(low, high, shape).astype("float32")
            elif name == "kernel" and not normalised:
                # Glorot's kernels halve the variance at every ReLU.
                values[i] = values[i] * np.float32(np.sqrt(2.0))
            elif name in ("beta", "bias"):
                values[i] = random.normal(0.0, 0.1, shape).astype("float32")
            elif kind == "Normalization" and name == "mean":
                values[i] = random.normal(0.0, 0.1, shape).astype("float32")
            elif kind == "Normalization" and name == "variance":
                values[i] = random.uniform(0.5, 1.5, shape).astype("float32")
        if values:
            layer.set_weights(values)
        if kind == "Normalization":
            layer.finalize_state()
        if kind == "BatchNormalization":
            norms.append((layer, layer.momentum))
            layer.momentum = 0.0
    if norms:
        model(x, training=True)
    for layer, momentum in norms:
        layer.momentum = momentum
        values = layer.get_weights()
        values[-1] = values[-1] * np.float32(1.1)
        layer.set_weights(values)


def bare(y):
    """True for a network that ends in logits, as RegNet does."""
    return not np.allclose(y.sum(axis=-1), 1.0, atol=1e-3)


def telling(model, x):
    """The output, once the classifier tells the pictures apart: else every wrong network would pass."""
    last = [layer for layer in model.layers if layer.weights][-1]
    for _ in range(20):
        y = np.array(model(x, training=False))
        if bare(y) or y.max() < 0.99:
            break
        last.set_weights([values * np.float32(0.3) for values in last.get_weights()])
    logits = y if bare(y) else np.log(y)
    scale = np.float32(min(20.0, 1.0 / logits.std(axis=0).mean()))
    kernel, bias = last.get_weights()
    last.set_weights([kernel * scale, (bias - logits.mean(axis=0)) * scale])
    y = np.array(model(x, training=False))
    if not (np.ptp(y, axis=0).max() > 0.02 and (bare(y) or y.max() < 0.999)):
        raise SystemExit(f"{model.name}: its output says too little: {y}")
    return y


def still(model):
    """No random numbers in training: dropout and stochastic depth let everything through."""
    for layer in model.layers:
        for setting in ("rate", "drop_path_rate"):
            if type(layer).__name__ in ("Dropout", "StochasticDepth") and hasattr(layer, setting):
                setattr(layer, setting, 0.0)


def shape_of(layer, generation):
    shape = layer.output_shape if generation == "tf_keras" else layer.output.shape
    shape = shape[0] if isinstance(shape, list) else shape
    return list(shape)


def summary(model, generation):
    return [
        {
            "name": layer.name,
            "class": type(layer).__name__,
            "output_shape": shape_of(layer, generation),
            "params": int(layer.count_params()),
        }
        for layer in model.layers
    ]


def count(weights):
    return int(sum(int(np.prod(w.shape)) for w in weights))


def losses(keras, model, x, labels, from_logits):
    """A few steps of plain gradient descent on the last layers."""
    weighted = [layer for layer in model.layers if layer.weights and type(layer).__name__ != "Normalization"]
    trained = weighted[-LAST:]
    names = [layer.name for layer in trained]
    return names, *descended(keras, model, names, x, labels, from_logits)


def descended(keras, model, trained, x, labels, from_logits, rate=None, run=lambda step: step):
    """The rate, and the losses of steps at that rate and of an evaluation after them."""
    import tensorflow as tf

    for layer in model.layers:
        layer.trainable = layer.name in trained
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=from_logits)
    optimizer = None if rate is None else keras.optimizers.SGD(learning_rate=rate)
    variables = model.trainable_variables

    @run
    def step():
        with tf.GradientTape() as tape:
            value = loss(labels, model(x, training=True))
        return value, tape.gradient(value, variables)

    @run
    def evaluation():
        return loss(labels, model(x, training=False))

    values = []
    for _ in range(STEPS):
        value, gradients = step()
        if optimizer is None:
            # A rate at which the first step takes away a twentieth of the loss.
            steep = sum(float(tf.reduce_sum(tf.square(g))) for g in gradients)
            optimizer = keras.optimizers.SGD(learning_rate=float(f"{0.05 * float(value) / steep:.2g}"))
        optimizer.apply_gradients(zip(gradients, variables))
        values.append(float(value))
    values.append(float(evaluation()))
    return float(np.array(optimizer.learning_rate)), values


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name")
    parser.add_argument("generation", choices=("keras3", "tf_keras"))
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--float64", action="store_true", help="compute what FOLDER holds in float64")
    parser.add_argument("--float64-losses", action="store_true", help="the same with the steps")
    arguments = parser.parse_args()
    started = time.time()
    work = exact if arguments.float64 else exact_losses if arguments.float64_losses else make
    work(arguments.name, arguments.generation, arguments.folder)
    print(f"{arguments.name} {arguments.generation}: {time.time() - started:.0f} s")


def pictures(model, size):
    """A few pictures as the network wants them, and a class for each."""
    batch = BATCH if size == SMALL else 2
    random = np.random.default_rng(SEED)
    x = random.uniform(-1.0, 1.0, (batch, size, size, 3)).astype("float32")
    # Pictures are smooth; noise alone would leave deep layers nothing to tell apart.
    for axis in (1, 2):
        x = (x + np.roll(x, 1, axis) + np.roll(x, 2, axis) + np.roll(x, 3, axis)) / 2
    # And they differ in contrast and colour.
    x = x * random.uniform(0.4, 1.6, (batch, 1, 1, 1)) + random.uniform(-1.0, 1.0, (batch, 1, 1, 3))
    x = x.astype("float32")
    labels = random.integers(0, CLASSES, batch).astype("int32")
    if any(type(layer).__name__ in ("Rescaling", "Normalization") for layer in model._flatten_layers()):
        x = np.clip(x * 40 + 127.5, 0, 255)
    return x, labels


def stored(generation, folder):
    return folder / ("model.keras" if generation == "keras3" else "model.h5")


def leaves(model):
    """Every layer that holds no others, however deep it lies."""
    for layer in model.layers:
        if hasattr(layer, "layers"):
            yield from leaves(layer)
        else:
            yield layer


def reopened(keras, name, generation, folder, size, floats):
    """The network of FOLDER with numbers of the type `floats`."""
    keras.backend.set_floatx(floats)
    model = build(keras, name, size)
    model.load_weights(str(stored(generation, folder)))
    for layer in leaves(model):
        if type(layer).__name__ == "Normalization":
            layer.finalize_state()
        if type(layer).__name__ == "Rescaling" and floats == "float64":
            # tf_keras rounds Python's numbers to float32 first.
            layer.scale, layer.offset = (np.asarray(v, "float64") for v in (layer.scale, layer.offset))
    assert all(w.dtype == floats for w in model.get_weights() if w.dtype.kind == "f")
    return model


def exact(name, generation, folder):
    """The same network in float64, and how near Keras itself comes to it in float32."""
    keras = library(generation)
    size = SIZES.get(name, SMALL)
    x, y = np.load(folder / "x.npy"), np.load(folder / "y.npy")
    model = reopened(keras, name, generation, folder, size, "float32")
    came = {
        "call": np.array(model(x, training=False)),
        "predict": model.predict(x, verbose=0),
        "alone": np.concatenate([np.array(model(x[i : i + 1], training=False)) for i in range(len(x))]),
    }
    assert np.array_equal(came["call"], y), "the network of the folder gives another output than it did"
    twin = reopened(keras, name, generation, folder, size, "float64")
    truth = np.array(twin(x.astype("float64"), training=False))
    assert truth.dtype == np.float64
    np.save(folder / "y64.npy", truth)
    off = {way: float(np.abs(values - truth).max() / np.abs(truth).max()) for way, values in came.items()}
    (folder / "exact.json").write_text(json.dumps(off, indent=1))


def sample_variance(layer):
    """Lets a normalisation move towards the variance that the fused op of float32 gives."""
    assign = layer._assign_moving_average
    count = BATCH * int(np.prod(layer.input_shape[1:-1]))

    def corrected(variable, value, momentum, inputs_size):
        wider = count / (count - 1) if variable is layer.moving_variance else 1.0
        return assign(variable, value * wider, momentum, inputs_size)

    layer._assign_moving_average = corrected


def exact_losses(name, generation, folder):
    """The steps once more in float64, and in both of Keras's ways in float32."""
    import tensorflow as tf

    assert generation == "tf_keras", "of Keras 3 no network has needed it"
    keras = library(generation)
    size = SIZES.get(name, SMALL)
    x, labels = np.load(folder / "x.npy"), np.load(folder / "labels.npy").astype("int32")
    case = json.loads((folder / "case.json").read_text())
    found = {}
    for way, floats, run in (
        ("call", "float32", lambda step: step),
        ("graph", "float32", tf.function),
        ("float64", "float64", lambda step: step),
    ):
        model = reopened(keras, name, generation, folder, size, floats)
        still(model)
        for layer in model.layers:
            if floats == "float64" and type(layer).__name__ == "BatchNormalization":
                sample_variance(layer)
        _, found[way] = descended(
            keras, model, case["trained"], x.astype(floats), labels, case["from_logits"], case["rate"], run)
    assert np.allclose(found["call"], case["losses"], rtol=1e-6), "other losses than the folder has"
    (folder / "exact-losses.json").write_text(json.dumps(found, indent=1))


def make(name, generation, folder):
    keras = library(generation)
    size = SIZES.get(name, SMALL)
    model = build(keras, name, size)
    x, labels = pictures(model, size)
    seed(model, x)
    y = telling(model, x)
    folder.mkdir(parents=True, exist_ok=True)
    model.save(str(stored(generation, folder)))
    np.save(folder / "x.npy", x)
    np.save(folder / "y.npy", y)
    np.save(folder / "labels.npy", labels.astype("float32"))
    case = {
        "name": name,
        "generation": generation,
        "layers": summary(model, generation),
        "total": int(model.count_params()),
        "trainable": count(model.trainable_weights),
        "from_logits": bool(bare(y)),
    }
    still(model)
    case["trained"], case["rate"], case["losses"] = losses(
        keras, model, x, labels, case["from_logits"])
    (folder / "case.json").write_text(json.dumps(case, indent=1))


if __name__ == "__main__":
    main()
