"""The work of graphs/flowers-*.json: article 001's program in tf_keras, with its ImageDataGenerator.

--scenario extractor, fine-tune, truncated or from-scratch; --application vgg16 or vgg19. With
--steps N it takes N steps in fixed order and without chance from the weights in --start (made when
absent), and writes the loss of each to OUT/losses.json.
"""

import json
import pathlib

import common

import h5py
import numpy as np
import tf_keras as keras
from tf_keras import layers
from tf_keras.preprocessing.image import ImageDataGenerator

AUGMENT = {"horizontal_flip": True, "fill_mode": "nearest", "zoom_range": 0.3, "width_shift_range": 0.3,
           "height_shift_range": 0.3, "rotation_range": 30}


def load_by_layer(model, path):
    """The article's loop: each layer's weights out of the file, by name."""
    with h5py.File(path) as file:
        root = file["model_weights"] if "model_weights" in file else file
        for layer in model.layers:
            if layer.name in root and layer.weights:
                names = root[layer.name].attrs["weight_names"]
                layer.set_weights([root[layer.name][name][()] for name in names])


def network(scenario, application, weights, size, classes, dropout=0.5):
    make = {"vgg16": keras.applications.VGG16, "vgg19": keras.applications.VGG19}[application]
    trunk = make(weights=None, include_top=False, input_shape=(size, size, 3))
    if scenario == "truncated":
        trunk = keras.Model(trunk.input, trunk.get_layer("block2_pool").output)
    if scenario != "from-scratch" and weights:
        load_by_layer(trunk, weights)
    frozen = {"extractor": trunk.layers, "truncated": trunk.layers, "fine-tune": trunk.layers[:5]}
    for layer in frozen.get(scenario, []):
        layer.trainable = False
    x = layers.GlobalAveragePooling2D()(trunk.output) if scenario == "truncated" else layers.Flatten()(trunk.output)
    x = layers.Dense(1024, activation="relu")(x)
    if dropout:
        x = layers.Dropout(dropout)(x)
    x = layers.Dense(1024, activation="relu")(x)
    model = keras.Model(trunk.input, layers.Dense(classes, activation="softmax")(x))
    model.compile(loss="categorical_crossentropy", metrics=["acc"],
                  optimizer=keras.optimizers.legacy.SGD(learning_rate=1e-4, momentum=0.9))
    return model


def folder(data, *names):
    for name in names:
        if (data / name).is_dir():
            return data / name
    raise SystemExit(f"{data}: none of {', '.join(names)} is in it")


def fixed_steps(given):
    """Losses of --steps steps, in the files' order, pictures only rescaled: nothing is left to chance."""
    flow = ImageDataGenerator(rescale=1.0 / 255).flow_from_directory(
        folder(given.data, "train"), target_size=(given.size, given.size), batch_size=given.batch,
        class_mode="categorical", shuffle=False)
    model = network(given.scenario, given.application, given.weights, given.size, flow.num_classes, dropout=0)
    given.out.mkdir(parents=True, exist_ok=True)
    model.save(given.out / "start.h5", include_optimizer=False)
    losses = []
    for _ in range(given.steps):
        x, y = next(flow)
        losses.append(float(model.train_on_batch(x, y, return_dict=True)["loss"]))
        print(losses[-1], flush=True)
    (given.out / "losses.json").write_text(json.dumps(losses) + "\n")


def main():
    given = common.arguments(__doc__, scenario="extractor", application="vgg16", weights=pathlib.Path,
                             size=96, batch=16, epochs=6, steps=0)
    keras.utils.set_random_seed(given.seed)
    if given.steps:
        return fixed_steps(given)
    size = (given.size, given.size)
    flow = {}
    for part, names, batch in (("train", ("train",), given.batch), ("val", ("val", "validation"), 32)):
        flow[part] = ImageDataGenerator(rescale=1.0 / 255, **AUGMENT).flow_from_directory(
            folder(given.data, *names), target_size=size, batch_size=batch, class_mode="categorical", seed=given.seed)
    model = network(given.scenario, given.application, given.weights, given.size, flow["train"].num_classes)
    given.out.mkdir(parents=True, exist_ok=True)
    results = common.Results()
    with results.part("train") as part:
        fitted = model.fit(flow["train"], epochs=given.epochs, validation_data=flow["val"], verbose=2, callbacks=[
            keras.callbacks.ModelCheckpoint(str(given.out / "best.h5"), monitor="val_acc", save_best_only=True),
            keras.callbacks.EarlyStopping(monitor="val_acc", patience=10),
            keras.callbacks.LearningRateScheduler(lambda epoch, lr: lr if epoch < 10 else lr * 0.95),
            keras.callbacks.TensorBoard(str(given.out / "logs"))])
    part.tested(fitted.history["val_loss"][-1], fitted.history["val_acc"][-1], best=max(fitted.history["val_acc"]))
    results.write(given.out)


if __name__ == "__main__":
    main()
