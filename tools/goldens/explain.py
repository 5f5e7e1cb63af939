"""Goldens of explanations: Grad-CAM and integrated gradients with real Keras, and ResNet50's plan.

Run: python tools/goldens/explain.py   (writes src/test/resources/goldens/explain)

"nested" is a Sequential around a trunk with concatenations, as Keras users build for transfer; its
references go into the trunk by hand, and its integrated gradients follow the probability.

Both references follow the examples of keras.io: "Grad-CAM class activation visualization" (gradient
of the class score before the softmax with respect to the last feature map, averaged over its
places, weighted sum of the channels, ReLU, divided by the largest) and "Model interpretability with
Integrated Gradients" (black baseline, trapezoids between interpolated inputs).
"""

import hashlib
import json
import os
import pathlib
import shutil

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import tensorflow as tf

SEED, STEPS = 7, 20
FOLDER = pathlib.Path(__file__).parents[2] / "src/test/resources/goldens/explain"


def residual(units, activation):
    """A small residual network: convolutions, batch normalisation, a sum, a pool, a head."""
    layers = keras.layers
    x = inputs = keras.Input((24, 20, 3), name="image")
    x = layers.Conv2D(6, 3, padding="same", name="first")(x)
    x = layers.BatchNormalization(name="norm")(x)
    x = y = layers.ReLU(name="relu")(x)
    x = layers.Conv2D(6, 3, padding="same", activation="tanh", name="second")(x)
    x = layers.Add(name="sum")([x, y])
    x = layers.MaxPooling2D(2, name="pool")(x)
    x = layers.Conv2D(8, 3, strides=2, padding="same", name="last")(x)
    x = layers.Activation("relu", name="last_relu")(x)
    x = layers.GlobalAveragePooling2D(name="mean")(x)
    x = layers.Dense(7, activation="tanh", name="hidden")(x)
    x = layers.Dense(units, activation=activation, name="head")(x)
    return keras.Model(inputs, x, name=f"residual_{activation}")


def scores(model, activation):
    """The model before its last activation; a sigmoid unit is two classes, the first its negative."""
    bare = keras.models.clone_model(model)
    bare.set_weights(model.get_weights())
    bare.layers[-1].activation = None
    return lambda x, c: (
        bare(x)[:, c] if activation == "softmax" else bare(x)[:, 0] * (1 if c == 1 else -1)
    ), bare


def grad_cam(model, activation, photo, c):
    score, bare = scores(model, activation)
    both = keras.Model(bare.inputs, [bare.get_layer("last_relu").output, bare.output])
    with tf.GradientTape() as tape:
        maps, out = both(photo[None])
        value = out[:, c] if activation == "softmax" else out[:, 0] * (1 if c == 1 else -1)
    gradient = tape.gradient(value, maps)
    weights = tf.reduce_mean(gradient, axis=(1, 2))[0]
    heat = tf.nn.relu(tf.reduce_sum(maps[0] * weights, axis=-1))
    return (heat / tf.reduce_max(heat)).numpy()


def integrated(model, activation, photo, baseline, c):
    score, _ = scores(model, activation)
    alphas = tf.linspace(0.0, 1.0, STEPS + 1)[:, None, None, None]
    inputs = baseline + alphas * (photo - baseline)
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        value = score(inputs, c)
    gradients = tape.gradient(value, inputs)
    mean = tf.reduce_mean((gradients[:-1] + gradients[1:]) / 2, axis=0)
    return ((photo - baseline) * mean).numpy()


def dense_trunk():
    """Convolutions whose maps are joined, then normalised: the last map is that of "last_relu"."""
    layers = keras.layers
    x = inputs = keras.Input((24, 20, 3), name="pixels")
    x = y = layers.Conv2D(4, 3, padding="same", activation="relu", name="first")(x)
    x = layers.SeparableConv2D(4, 3, padding="same", activation="relu", name="second")(x)
    x = layers.Concatenate(name="join")([y, x])
    x = layers.MaxPooling2D(2, name="pool")(x)
    y = layers.Conv2D(3, 3, padding="same", dilation_rate=2, name="last")(x)
    x = layers.Concatenate(name="join_last")([x, y])
    x = layers.BatchNormalization(name="norm")(x)
    x = layers.ReLU(name="last_relu")(x)
    return keras.Model(inputs, x, name="trunk")


def nested(trunk):
    layers = keras.layers
    head = [
        keras.Input((24, 20, 3), name="image"),
        trunk,
        layers.GlobalAveragePooling2D(keepdims=True, name="mean"),
        layers.Conv2D(5, 1, name="scores"),
        layers.Flatten(name="flat"),
        layers.Softmax(name="probabilities"),
    ]
    return keras.Sequential(head, name="nested")


def explain_nested(model, photo, baseline, c):
    trunk = model.get_layer("trunk")

    def behind(maps):
        for layer in model.layers[1:-1]:
            maps = layer(maps)
        return maps

    with tf.GradientTape() as tape:
        maps = trunk(photo[None])
        tape.watch(maps)
        value = behind(maps)[:, c]
    weights = tf.reduce_mean(tape.gradient(value, maps), axis=(1, 2))[0]
    heat = tf.nn.relu(tf.reduce_sum(maps[0] * weights, axis=-1))
    inputs = baseline + tf.linspace(0.0, 1.0, STEPS + 1)[:, None, None, None] * (photo - baseline)
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        value = model(inputs)[:, c]
    gradients = tape.gradient(value, inputs)
    mean = tf.reduce_mean((gradients[:-1] + gradients[1:]) / 2, axis=0)
    return (heat / tf.reduce_max(heat)).numpy(), ((photo - baseline) * mean).numpy()


def main():
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    random = np.random.default_rng(SEED)
    photo = random.uniform(-1, 1, (24, 20, 3)).astype("float32")
    baseline = np.full_like(photo, -1)
    arrays = {"photo": photo, "baseline": baseline}
    for activation, units, c in (("softmax", 4, 2), ("sigmoid", 1, 0)):
        keras.utils.set_random_seed(SEED)
        model = residual(units, activation)
        for weight in model.weights:
            low, high = (0.5, 1.5) if "variance" in weight.path else (-0.6, 0.6)
            weight.assign(random.uniform(low, high, weight.shape).astype("float32"))
        model.save(FOLDER / f"{activation}.keras")
        arrays[activation + "_cam"] = grad_cam(model, activation, photo, c)
        arrays[activation + "_integrated"] = integrated(model, activation, photo, baseline, c)
        assert arrays[activation + "_cam"].max() == 1
    keras.utils.set_random_seed(SEED)
    model = nested(dense_trunk())
    for weight in model.weights:
        low, high = (0.5, 1.5) if "variance" in weight.path else (-0.6, 0.6)
        weight.assign(random.uniform(low, high, weight.shape).astype("float32"))
    model.get_layer("trunk").save(FOLDER / "trunk.keras")
    kernel, bias = model.get_layer("scores").get_weights()
    arrays["nested_kernel"], arrays["nested_bias"] = kernel, bias
    c = int(np.argmax(model(photo[None])[0]))
    arrays["nested_cam"], arrays["nested_integrated"] = explain_nested(model, photo, baseline, c)
    arrays["nested_scores"] = model(photo[None]).numpy()[0]
    for name, values in arrays.items():
        np.save(FOLDER / f"{name}.npy", values)
    plan = keras.applications.ResNet50(weights=None).to_json()
    (FOLDER / "resnet50.json").write_text(plan + "\n")
    manifest = {"keras": keras.__version__, "tensorflow": tf.__version__, "seed": SEED, "sha256": {}}
    for file in sorted(FOLDER.iterdir()):
        manifest["sha256"][file.name] = hashlib.sha256(file.read_bytes()).hexdigest()
    (FOLDER / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")


main()
