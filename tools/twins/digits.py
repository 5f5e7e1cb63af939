"""The work of graphs/digits*.json: digits of a CSV through VGG16, and the article's MLP on its features.

--dropout puts in the three Dropouts that the article makes but never adds; --inside runs VGG16
inside every epoch, as the article's way of freezing the first layers (--freeze 8) must. --features
keeps what VGG16 makes of the digits in an .npy file, which later runs read.
"""

import csv
import pathlib

import common

import keras
import numpy as np
from keras import layers
from keras.applications.vgg16 import preprocess_input


def read(data, take, size, pictures):
    with open(data / "train.csv", newline="") as file:
        rows = list(csv.DictReader(file))[:take]
    labels = keras.utils.to_categorical(np.array([int(row["label"]) for row in rows]), 10)
    if not pictures:
        return None, labels
    x = np.empty((len(rows), size, size, 3), np.float32)
    for i, row in enumerate(rows):
        image = keras.utils.load_img(data / "Images/train" / row["filename"], target_size=(size, size))
        x[i] = keras.utils.img_to_array(image)
    return preprocess_input(x), labels


def split(count, fraction, seed):
    order = np.random.RandomState(seed).permutation(count)
    held = int(fraction * count)
    return order[:-held], order[-held:]


def mlp(dropout):
    drop = (lambda rate: [layers.Dropout(rate)]) if dropout else (lambda rate: [])
    return [layers.Dense(1000, activation="relu", kernel_initializer="uniform"), *drop(0.3),
            layers.Dense(500, activation="sigmoid"), *drop(0.4),
            layers.Dense(150, activation="sigmoid"), *drop(0.2), layers.Dense(10, activation="softmax")]


def main():
    given = common.arguments(__doc__, weights=pathlib.Path, take=7000, size=224, epochs=20, freeze=0,
                             rate=1e-3, dropout=False, inside=False, features=pathlib.Path)
    keras.utils.set_random_seed(given.seed)
    kept = given.features if given.features and given.features.exists() else None
    x, y = read(given.data, given.take, given.size, pictures=kept is None)
    train, held = split(len(y), 0.3, 42)
    trunk = keras.applications.VGG16(weights=None, include_top=False, input_shape=(given.size, given.size, 3))
    trunk.load_weights(given.weights)
    results = common.Results()
    with results.part("train") as part:
        if given.freeze or given.inside:
            for layer in trunk.layers[:given.freeze] if given.freeze else trunk.layers:
                layer.trainable = False
            model = keras.Sequential([keras.Input(x.shape[1:]), trunk, layers.Flatten(), *mlp(given.dropout)])
            features = x
        else:
            features = np.load(kept) if kept else trunk.predict(x, verbose=0).reshape(len(x), -1)
            if given.features and not kept:
                np.save(given.features, features)
            model = keras.Sequential([keras.Input(features.shape[1:]), *mlp(given.dropout)])
        model.compile(loss="categorical_crossentropy", optimizer=keras.optimizers.Adam(given.rate), metrics=["accuracy"])
        fitted = model.fit(features[train], y[train], epochs=given.epochs, batch_size=128, verbose=2,
                           validation_data=(features[held], y[held]))
    part.tested(fitted.history["val_loss"][-1], fitted.history["val_accuracy"][-1],
                best=max(fitted.history["val_accuracy"]))
    results.write(given.out)


if __name__ == "__main__":
    main()
